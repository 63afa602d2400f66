# 30 s
#: one trace across our examples and the real codex: its spans must hang under ours

build() {
  ctd_build dev telemetry_examples
}

# With the right trace context all must fit, with a changed one the checks must say so.
run() {
  local change status log run=(.venv/bin/python scripts/trace_codex.py --examples build/dev/bin/examples)
  "${run[@]}" | tee "$out/trace.txt" || return
  for change in trace parent; do
    status=0 log=$out/wrong-$change.txt
    "${run[@]}" --wrong "$change" >"$log" 2>&1 || status=$?
    if [ "$status" != 1 ]; then
      ctd_say "codex was given another $change and that was not seen: exit $status, see $log"
      return 1
    fi
    ctd_say "codex given another $change: $(grep -c '^trace_codex: ' "$log") problems found, as it must be"
  done
}
