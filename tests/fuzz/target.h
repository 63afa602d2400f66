// A fuzz target: one parser, what must hold of whatever it reads, and inputs to begin with.
#ifndef TESTS_FUZZ_TARGET_H_
#define TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace codex::fuzz {

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
  // The tree's own data, cut to a size that is quick to bend.
  std::vector<std::string> (*seeds)();
  std::size_t longest = 4096;  // bytes of an input
};

// One of each NAME_fuzz.cc.
extern const Target kAccepted, kAppServer, kExec, kGoldens, kHistory, kJson, kKnownDifferences,
    kMetricNames, kPlanted, kResults, kRules, kScrubber, kTapes, kTraceparent;

// Ends the process as a finding, with the sentence, where `holds` is false.
void check(bool holds, std::string_view sentence);

// Files of the repository that end so, below `folder`, in the order of their names. Longer ones
// are cut after the last line that fits.
std::vector<std::string> files_of_tree(std::string_view folder, std::string_view ending,
                                       std::size_t longest);

// The same numbers for the same input, so that a finding repeats.
class Cuts {
 public:
  explicit Cuts(std::string_view input);
  // From 1 to `most`.
  std::size_t next(std::size_t most);

 private:
  std::uint64_t state_ = 14695981039346656037U;
};

}  // namespace codex::fuzz

#endif  // TESTS_FUZZ_TARGET_H_
