# 1 min
#: 10,000 sessions, made from the goldens, through history and every report: time, memory, size

build() {
  ctd_build dev ctd_reports_soak
}

# The program checks what the reports say; how long they took is for people to read.
run() {
  build/dev/bin/ctd_reports_soak golden/transcripts "$out" 10000 2>&1 | tee "$out/reports.txt"
}
