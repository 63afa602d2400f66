// How many mutants were seen, and which were not.
#ifndef TESTS_MUTATIONS_MUTATION_SCORE_H_
#define TESTS_MUTATIONS_MUTATION_SCORE_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/mutations/mutation_bench.h"

namespace codex::test {

struct MutationScore {
  std::vector<MutantResult> results;
  // Of `results`: hidden where that is not expected, or not told where they are; and what about.
  std::vector<std::pair<const MutantResult*, std::string>> problems;

  // By side and channel: mutants, red, hidden by rule.
  std::string table() const;
  std::string complaints() const;
};

// The lines of data/hidden.jsonl: what normalization and comparison are allowed to hide.
std::set<std::string> expected_hidden(const std::string& file);

// What is wrong with it; empty: nothing.
std::string problem_of(const MutantResult& result, const std::set<std::string>& expected);

// `count` mutants in all: a third and more of each side's observations, the rest of files.
MutationScore run_mutations(MutationBench& bench, std::size_t count, std::uint64_t seed,
                            const std::set<std::string>& expected);

}  // namespace codex::test

#endif  // TESTS_MUTATIONS_MUTATION_SCORE_H_
