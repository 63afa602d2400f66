# 20 s
#: a real statsd_exporter counts as we do, over UDP and a Unix socket, hostile names included; the first
#: time 1 min, because it builds the server (needs go 1.19 or later)

build() {
  ctd_build dev telemetry_examples
}

# statsd_exporter as scripts/exporters/statsd_exporter/go.sum pins it, in $server.
build_statsd_exporter() {
  local tools=$PWD/build/soak-tools module=scripts/exporters/statsd_exporter digest
  digest=$(cat "$module"/go.* | sha256sum)
  server=$tools/statsd_exporter
  [ "$(cat "$tools/.statsd_exporter" 2>/dev/null)" != "$digest" ] || return 0
  command -v go >/dev/null || ctd_stop "building statsd_exporter needs go 1.19 or later (Debian: golang-go)"
  ctd_say "building statsd_exporter, once"
  mkdir -p "$tools"
  (cd "$module" && GOFLAGS=-mod=readonly go build -o "$server" github.com/prometheus/statsd_exporter) \
    >"$tools/statsd_exporter.log" 2>&1 ||
    { tail -n 20 "$tools/statsd_exporter.log" >&2; ctd_stop "statsd_exporter could not be built"; }
  printf '%s\n' "$digest" >"$tools/.statsd_exporter"
}

run() {
  local server change check
  build_statsd_exporter
  ctd_venv_of build/soak-tools/metrics-venv scripts/exporters/metrics_requirements.lock
  check=(build/soak-tools/metrics-venv/bin/python scripts/exporters/check_statsd.py --output "$out"
    --example build/dev/bin/examples/export_metrics --server "$server")
  "${check[@]}" | tee "$out/statsd.txt" || return
  for change in value forged; do
    must_fail "${check[@]}" --wrong "$change" || return
  done
}
