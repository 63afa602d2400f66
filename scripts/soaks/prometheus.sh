# 20 s
#: a real Prometheus server scrapes an example of ours, promtool and PyPI's prometheus_client read it,
#: hostile names included; the first time it gets Debian's prometheus (nothing is installed)

build() {
  ctd_build dev telemetry_examples
}

# Of Debian's package without installing it: that would start the server. In $prometheus, $promtool.
get_prometheus() {
  local tools=build/soak-tools/prometheus
  prometheus=$(type -P prometheus) && promtool=$(type -P promtool) && return
  prometheus=$tools/usr/bin/prometheus promtool=$tools/usr/bin/promtool
  [ ! -x "$promtool" ] || return 0
  ctd_say "getting Debian's package prometheus, once"
  mkdir -p "$tools"
  (cd "$tools" && apt-get -qq download prometheus && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb) \
    >"$tools.log" 2>&1 || { tail -n 20 "$tools.log" >&2; ctd_stop "Debian's package prometheus could not be had"; }
}

run() {
  local prometheus promtool change check
  get_prometheus
  ctd_venv_of build/soak-tools/metrics-venv scripts/exporters/metrics_requirements.lock
  check=(build/soak-tools/metrics-venv/bin/python scripts/exporters/check_prometheus.py --output "$out"
    --example build/dev/bin/examples/export_metrics --prometheus "$prometheus" --promtool "$promtool")
  "${check[@]}" | tee "$out/prometheus.txt" || return
  for change in value help twice; do
    must_fail "${check[@]}" --wrong "$change" || return
  done
}
