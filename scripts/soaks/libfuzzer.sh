# 3 h; 15 min a target
#: fuzzes every parser with both sanitizers (docs/parser-fuzzing.md), a million executions or 15 minutes each;
#: CTD_FUZZ_RUNS, CTD_FUZZ_SECONDS, CTD_FUZZ_SEED and CTD_FUZZ_TARGETS say otherwise

build() {
  ctd_build libfuzzer ctd_parser_fuzz
}

# Findings stay in $out/TARGET as crash-*, with its log and corpus.
run() {
  # shellcheck disable=SC2086
  "$ctd_python" -I tests/fuzz/run_targets.py --program build/libfuzzer/bin/ctd_parser_fuzz --output "$out" \
    --runs "${CTD_FUZZ_RUNS:-1000000}" --seconds "${CTD_FUZZ_SECONDS:-900}" --seed "${CTD_FUZZ_SEED:-1}" \
    ${CTD_FUZZ_TARGETS:-} | tee "$out/targets.txt"
}
