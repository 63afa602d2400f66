# 6 min
#: changes one value of what the client or C++ shows, of a golden, a tape or a driver, 2,000 times: the
#: verdict must be red and name the place, but for what tests/mutations/data/hidden.jsonl has

build() {
  ctd_build dev programs && ctd_link && ctd_build dev ctd_mutations
}

run() {
  build/dev/bin/ctd_mutations 2000 "${CTD_SEED:-1}" "$out" | tee "$out/score.txt"
}
