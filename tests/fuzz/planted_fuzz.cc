// Three bugs on purpose: that a fuzz target can fail (tests/fuzz/run_test.py).
#include <limits>
#include <memory>

#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  if (input.size() < 4 || input[0] != 'B' || input[1] != 'U' || input[2] != 'G') return;
  if (input[3] == 'A') {
    const std::unique_ptr<char[]> one(new char[input.size()]);
    volatile char* const behind = one.get() + input.size();
    *behind = 0;
  }
  if (input[3] == 'U') {
    volatile int most = std::numeric_limits<int>::max();
    most = most + 1;
  }
  check(input[3] != 'C', "the third byte is not followed by a C");
}

std::vector<std::string> seeds() { return {"BU"}; }

}  // namespace

const Target kPlanted{"planted", run, seeds, 16};

}  // namespace codex::fuzz
