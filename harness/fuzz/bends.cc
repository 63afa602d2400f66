#include "harness/fuzz/bends.h"

namespace codex::harness::fuzz {

const Bend& choose_bend(Random& random) {
  static const std::vector<Bend> all = [] {
    std::vector<Bend> joined;
    for (const auto* list : {&line_bends(), &value_bends(), &byte_bends(), &process_bends(),
                             &driver_bends(), &protocol_bends()}) {
      joined.insert(joined.end(), list->begin(), list->end());
    }
    return joined;
  }();
  std::size_t sum = 0;
  for (const Bend& bend : all) sum += bend.weight;
  std::size_t left = random.below(sum);
  for (const Bend& bend : all) {
    if (left < bend.weight) return bend;
    left -= bend.weight;
  }
  return all.back();
}

}  // namespace codex::harness::fuzz
