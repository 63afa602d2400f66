# 20 min
#: replays the corpus 50 times, with 1 and 4 jobs by turns: every report must be the same

build() {
  ctd_build dev programs && ctd_link
}

run() {
  local round jobs status first='' this differ=0
  for round in $(seq 50); do
    jobs=$((round % 2 ? 1 : 4))
    status=0
    "$ctd_program" replay harness/sessions --jobs "$jobs" --format json -o "$out/$round.json" \
      || status=$?
    this="$status $(digest "$out/$round.json")"
    : "${first:=$this}"
    if [ "$this" = "$first" ]; then
      [ "$round" = 1 ] || rm "$out/$round.json"
    else
      ctd_say "round $round ($jobs jobs): exit and report differ from round 1, see $out"
      differ=$((differ + 1))
    fi
  done
  ctd_say "50 rounds, $differ differ from the first (exit and digest $first)"
  [ "$differ" = 0 ]
}
