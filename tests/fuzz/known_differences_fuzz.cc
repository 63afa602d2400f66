// Known differences: an entry whose patterns are plain texts finds its own difference, and no
// entry finds another.
#include "matrix/known_differences.h"

#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

bool is_plain(std::string_view pattern) {
  return pattern.find_first_of("*?[]\\{}") == std::string_view::npos;
}

void run(std::string_view input) {
  const auto known = matrix::KnownDifferences::parse(input, "a", "2026-01-01");
  if (!known) {
    check(known.error().file == "a" && !known.error().message.empty(),
          "an error names the file and the reason");
    return;
  }
  for (const matrix::KnownDifference& entry : known->entries()) {
    check(!entry.id.empty() && !entry.reason.empty() && !entry.link.empty(),
          "an entry has id, reason and link");
    golden::Difference difference;
    difference.lane = entry.lane;
    difference.name = entry.name.value_or("any");
    difference.path = entry.path;
    difference.expected = entry.expected;
    difference.actual = entry.actual;
    if (is_plain(entry.session) && is_plain(entry.lane)) {
      check(known->find(entry.session, difference) == entry.id, "an entry finds its own difference");
    }
    difference.path += "/x";
    const auto other = known->find(entry.session, difference);
    check(!other || other != entry.id, "and no other");
    (void)known->missing(entry.session, {});
  }
  (void)known->unmatched({"a", "b/c"});
}

std::vector<std::string> seeds() {
  std::vector<std::string> all = files_of_tree("matrix", "known_differences.jsonl", 100'000);
  all.push_back(
      R"({"id":"a","session":"odd/exec/*","lane":"span/*","name":"n","path":"/data/a","expected":1,)"
      R"("actual":{"$":"nan"},"reason":"r","link":"https://x/y","expires":"2027-12-31"})" "\n"
      R"({"id":"b","session":"s","lane":"event/run","path":"","expected":[1.5,"x"],"reason":"r","link":"l"})"
      "\n# comment\n");
  return all;
}

}  // namespace

const Target kKnownDifferences{"known_differences", run, seeds};

}  // namespace codex::fuzz
