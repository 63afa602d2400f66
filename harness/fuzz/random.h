// The chance of generated sessions: the same numbers from the same seed on every machine and with
// every library, which the distributions of <random> do not promise.
#ifndef HARNESS_FUZZ_RANDOM_H_
#define HARNESS_FUZZ_RANDOM_H_

#include <cstddef>
#include <cstdint>

namespace codex::harness::fuzz {

// SplitMix64. Not for secrets.
class Random {
 public:
  // Two that differ in either number have nothing in common.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(mixed(seed) ^ mixed(~stream)) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mixed(state_);
  }
  // 0 to `bound` - 1; 0 where there is no choice.
  std::size_t below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(next() % bound);
  }
  // True once in `times`.
  bool once_in(std::size_t times) { return below(times) == 0; }
  // One of a container that is not empty.
  template <typename Container>
  auto& one_of(Container& choices) {
    return choices[below(choices.size())];
  }

 private:
  static std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }
  std::uint64_t state_;
};

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_RANDOM_H_
