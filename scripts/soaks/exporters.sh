# 5 min
#: 10 million events and 10 million counts to receivers that fail in every way: emitted = exported + dropped;
#: 1,000 shutdowns of each: none later than its deadline + 50 ms (on a machine that has nothing else to do)

build() {
  ctd_build dev ctd_soak_otlp && ctd_build dev ctd_soak_metrics
}

run() {
  build/dev/bin/ctd_soak_otlp --events 10000000 | tee "$out/otlp-events.txt" &&
    build/dev/bin/ctd_soak_otlp --shutdowns 1000 | tee "$out/otlp-shutdowns.txt" &&
    build/dev/bin/ctd_soak_metrics --events 10000000 | tee "$out/statsd-events.txt" &&
    build/dev/bin/ctd_soak_metrics --shutdowns 1000 | tee "$out/metrics-shutdowns.txt"
}
