# 15 min
#: kill -9, ENOSPC and EIO at every system call that touches files, of golden update and accept, matrix
#: --accept, a night and its reports, and a report: wholly old or wholly new, and the next run heals

build() {
  ctd_build dev programs && ctd_build dev ctd_sample_results
}

run() {
  CTD_EVERY_CALL=1 CTD_PROGRAM=$ctd_root/build/dev/bin/codex-telemetry-diff \
    CTD_SAMPLE_RESULTS=$ctd_root/build/dev/bin/ctd_sample_results CTD_VENV=$ctd_root/.venv \
    "$ctd_python" -B -m unittest discover --top-level-directory "$ctd_root" \
    --start-directory tests/crash_safety --pattern '*_[st]*.py' 2>&1 | tee "$out/crash_safety.txt"
}
