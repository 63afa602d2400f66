# 30 s
#: a real OpenTelemetry Collector gets all that the library can send, and one trace that goes on in the
#: real codex, also through `observe`; the first time 4 min, because it builds the collector (needs go 1.21 or later)

build() {
  ctd_build dev programs && ctd_link && ctd_build dev telemetry_examples && ctd_build dev ctd_emit_everything
}

# The collector that scripts/exporters/collector_build.yaml describes, in $collector.
build_collector() {
  local manifest=scripts/exporters/collector_build.yaml tools=build/soak-tools digest
  digest=$(sha256sum <"$manifest")
  collector=$tools/collector/otelcol
  [ "$(cat "$tools/.collector" 2>/dev/null)" != "$digest" ] || return 0
  command -v go >/dev/null || ctd_stop "building the collector needs go 1.21 or later"
  ctd_say "building the OpenTelemetry Collector, once"
  mkdir -p "$tools/collector"
  cp "$manifest" "$tools/collector/build.yaml"
  (cd "$tools" && GOBIN=$PWD GOFLAGS=-mod=mod go install go.opentelemetry.io/collector/cmd/builder@v0.155.0 &&
    cd collector && ../builder --config build.yaml) >"$tools/collector.log" 2>&1 ||
    { tail -n 20 "$tools/collector.log" >&2; ctd_stop "the collector could not be built, see $tools/collector.log"; }
  printf '%s\n' "$digest" >"$tools/.collector"
}

# What arrives must be what was sent; of what is changed on the way, the check must say so.
run() {
  local collector change check
  build_collector
  ctd_venv_of build/soak-tools/venv scripts/exporters/requirements.lock
  check=(build/soak-tools/venv/bin/python scripts/exporters/check_collector.py --output "$out"
    --collector "$collector" --emitter build/dev/bin/ctd_emit_everything)
  "${check[@]}" || return
  for change in span log metric lost; do
    must_fail "${check[@]}" --wrong "$change" || return
  done
  check=(build/soak-tools/venv/bin/python scripts/exporters/check_trace.py --output "$out"
    --collector "$collector" --examples build/dev/bin/examples)
  "${check[@]}" | tee "$out/trace.txt" || return
  for change in trace parent; do
    must_fail "${check[@]}" --wrong "$change" || return
  done
  check+=(--program build/codex-telemetry-diff)
  "${check[@]}" | tee "$out/trace-observe.txt" || return
  for change in trace parent observer; do
    must_fail "${check[@]}" --wrong "$change" || return
  done
}
