# 100 min of processor time
#: replays the corpus ROUNDS times (default 200), each time otherwise: codex's output in pieces of any size and
#: late, processes stopped for moments, one core or all, 4 to 24 jobs, sessions in another order, another locale,
#: time zone, umask and HOME; every report must be the same. SESSIONS='PATTERN…' chooses some;
#: AT_ONCE (2) rounds run at a time, the first of them is FIRST (1)

build() {
  ctd_build dev programs && ctd_link
}

# one_of VARIABLE WORD…: here, because a command substitution would have chances of its own.
one_of() {
  local words=("${@:2}")
  printf -v "$1" '%s' "${words[RANDOM % ${#words[@]}]}"
}

# Stops processes of the session $1 for moments, until it is killed. Never between the two signals.
disturb() {
  local over='' all pid
  trap 'over=1' TERM
  while [ -z "$over" ]; do
    mapfile -t all < <(pgrep -s "$1")
    if [ "${#all[@]}" -gt 0 ]; then
      pid=${all[RANDOM % ${#all[@]}]}
      kill -STOP "$pid" 2>/dev/null || true
      sleep "0.0$((RANDOM % 40 + 10))" || true
      kill -CONT "$pid" 2>/dev/null || true
    fi
    sleep "0.$((RANDOM % 3))5" || true
  done
}

# replay_otherwise NUMBER REPORT VENV: what is different follows from NUMBER; says what it is.
replay_otherwise() {
  local number=$1 report=$2 venv=$3 home zone locale mask cores jobs options=() pattern status=0 run disturber
  RANDOM=$((number * 7919))
  home=$out/home-$number
  mkdir -p "$home"
  one_of zone UTC Asia/Kathmandu America/St_Johns Pacific/Kiritimati Africa/Casablanca
  one_of locale C C.UTF-8 POSIX de_DE.ISO-8859-1 tr_TR.UTF-8 ja_JP.EUC-JP
  one_of mask 0022 0077 0000 0027
  one_of cores 0 "0-$(($(nproc) - 1))"
  jobs=$((RANDOM % 21 + 4))
  for pattern in ${SESSIONS:-}; do options+=(--session "$pattern"); done
  printf '%s' "$zone $locale umask $mask cores $cores $jobs jobs" >"$report.how"
  (
    umask "$mask"
    exec env TZ="$zone" LANG="$locale" LC_ALL="$locale" HOME="$PWD/$home" CODEX_TELEMETRY_PERTURB="$number" \
      setsid taskset -c "$cores" "$ctd_program" replay harness/sessions "${options[@]}" --python "$venv" \
      --jobs "$jobs" --timeout 20 --format json -o "$report"
  ) &
  run=$!
  # setsid makes the session of the process that it is, which was not a leader.
  disturb "$run" &
  disturber=$!
  wait "$run" || status=$?
  kill "$disturber"
  wait "$disturber" || true
  rm -rf "$home"
  return "$status"
}

# judge: of the rounds in $pending, those that are over. The one that begins comes first.
judge() {
  local each status this waiting=()
  for each in "${pending[@]}"; do
    if [[ ! -e $out/$each.status || ( -z $first && $each != "$begin" ) ]]; then
      waiting+=("$each")
      continue
    fi
    status=$(cat "$out/$each.status")
    [ "$status" -le 1 ] || ctd_stop "round $each could not run: exit $status ($(cat "$out/$each.json.how"))"
    this="$status $(digest "$out/$each.json")"
    : "${first:=$this}"
    if [ "$this" = "$first" ]; then
      [ "$each" = "$begin" ] || rm "$out/$each.json" "$out/$each.json.how" "$out/$each.status"
    else
      ctd_say "round $each ($(cat "$out/$each.json.how")): exit and report differ from round $begin, see $out"
      differ=$((differ + 1))
    fi
    judged=$((judged + 1))
  done
  pending=("${waiting[@]}")
  echo "$judged, $differ differ" >"$out/progress.txt"
}

# rounds COUNT VENV: how many of them were not like the first is in $differ. Another begins where one
# ends: each waits at its end for sessions that hang.
rounds() {
  local begin=${FIRST:-1} number status first='' judged=0 pending=() at_once=${AT_ONCE:-2}
  local last=$((begin + $1 - 1))
  differ=0
  for ((number = begin; number <= last; ++number)); do
    {
      status=0
      replay_otherwise "$number" "$out/$number.json" "$2" || status=$?
      echo "$status" >"$out/$number.status.part"
      mv "$out/$number.status.part" "$out/$number.status"
    } &
    pending+=("$number")
    if [ "${#pending[@]}" -ge "$at_once" ]; then wait -n; fi
    judge
  done
  wait
  judge
  ctd_say "$judged rounds, $differ differ from the first (exit and digest $first)"
}

# A client that shows where it is: its span's name ends in the time zone.
changed_client() {
  local package
  cp -al .venv "$out/venv"
  package=$(echo "$out"/venv/lib/python3*/site-packages/agents/extensions/experimental/codex/codex_tool.py)
  sed 's/name="Codex command execution"/name="Codex command execution" + str(__import__("time").tzname)/' \
    "$package" >"$out/codex_tool.py"
  ! cmp -s "$package" "$out/codex_tool.py" || ctd_stop "codex_tool.py no longer has the words that are changed here"
  rm "$package"
  mv "$out/codex_tool.py" "$package"
}

run() {
  local differ wanted=${SESSIONS:-}
  changed_client
  SESSIONS=failing-command rounds 4 "$out/venv"
  [ "$differ" -gt 0 ] || { ctd_say "a client that shows the time zone was not seen"; return 1; }
  ctd_say "a client that shows the time zone is seen, as it must be"
  rm -f "$out"/*.json "$out"/*.how "$out"/*.status
  SESSIONS=$wanted rounds "${ROUNDS:-200}" .venv
  [ "$differ" = 0 ]
}
