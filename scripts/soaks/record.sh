# 6 min
#: records every session anew with the real codex, and compares with harness/sessions

# Records $tape from $script into $made and compares, lane by lane; what differs is in $made.diff.
record_once() {
  local options
  : >"$made.diff"
  case $tape in
    raw/*) options=(--raw) ;;
    *-app-server.*) options=(--transport app-server) ;;
    *) options=(--transport exec --short) ;;
  esac
  .venv/bin/python scripts/record.py "${options[@]}" "$script" -o "$(dirname "$made")" >/dev/null &&
    .venv/bin/python scripts/compare_tapes.py --lanes --width 240 "harness/sessions/$tape" "$made" \
      >"$made.diff"
}

# Every session anew, once per transport that the corpus has it in; each must say what its tape says.
# On a busy machine a command's output may come in other pieces: what differs is recorded once more.
run() {
  local script name tape made differ=0 count=0 again=0
  for script in harness/recordings/*.json; do
    name=$(basename "$script" .json)
    for tape in "$name.tape.jsonl" "$name-app-server.tape.jsonl" "raw/$name.exec.jsonl"; do
      [ -e "harness/sessions/$tape" ] || continue
      made=$out/$tape
      count=$((count + 1))
      mkdir -p "$(dirname "$made")"
      if record_once; then
        cat "$made.diff"
      elif mv "$made.diff" "$made.first.diff" && record_once; then
        ctd_say "$tape is the same the second time only, see $made.first.diff"
        again=$((again + 1))
      else
        cat "$made.diff"
        ctd_say "$tape differs, see above and $made"
        differ=$((differ + 1))
      fi
      [ -s "$made.diff" ] || rm -f "$made.diff"
    done
    [ -e "harness/sessions/$name.tape.jsonl" ] || [ -e "harness/sessions/$name-app-server.tape.jsonl" ] \
      || [ -e "harness/sessions/raw/$name.exec.jsonl" ] \
      || { ctd_say "$script: harness/sessions has no tape of it"; differ=$((differ + 1)); }
  done
  ctd_say "$count sessions recorded, $differ differ, $again needed a second time"
  [ "$differ" = 0 ] && [ "$count" != 0 ]
}
