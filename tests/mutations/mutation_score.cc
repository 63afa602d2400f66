#include "tests/mutations/mutation_score.h"

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

namespace codex::test {
namespace {

// Of 100 mutants.
constexpr std::array<std::pair<const char*, std::size_t>, 7> kShares = {{{"python", 35},
                                                                         {"cpp", 35},
                                                                         {"golden", 12},
                                                                         {"header", 3},
                                                                         {"bytes", 3},
                                                                         {"tape", 7},
                                                                         {"driver", 5}}};

}  // namespace

std::set<std::string> expected_hidden(const std::string& file) {
  std::ifstream stream(file);
  std::set<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

std::string problem_of(const MutantResult& result, const std::set<std::string>& expected) {
  if (result.red) return result.told.empty() ? "red, and nothing names the place" : "";
  if (result.hidden_by == "nothing") return "not seen, and no rule hides it";
  if (!expected.contains(hidden_line(result))) return "hidden, and data/hidden.jsonl has no such line";
  return "";
}

MutationScore run_mutations(MutationBench& bench, std::size_t count, std::uint64_t seed,
                            const std::set<std::string>& expected) {
  MutationScore score;
  for (const auto& [side, share] : kShares) {
    for (MutantResult& each : bench.run(side, (count * share + 99) / 100, seed)) {
      score.results.push_back(std::move(each));
    }
  }
  for (const MutantResult& each : score.results) {
    const std::string problem = problem_of(each, expected);
    if (!problem.empty()) score.problems.emplace_back(&each, problem);
  }
  return score;
}

std::string MutationScore::table() const {
  struct Sum {
    std::size_t all = 0, red = 0, told = 0;
    std::map<std::string, std::size_t> hidden;
  };
  std::map<std::string, Sum> sums;
  for (const MutantResult& each : results) {
    for (const std::string& row : {each.side + " " + each.channel, each.side + " in all"}) {
      Sum& sum = sums[row];
      ++sum.all;
      if (each.red) ++sum.red;
      if (each.red && !each.told.empty()) ++sum.told;
      if (!each.red) ++sum.hidden[each.hidden_by];
    }
  }
  std::ostringstream text;
  for (const auto& [row, sum] : sums) {
    text << row << ": " << sum.all << " mutants, " << sum.red << " red, " << sum.told << " named";
    for (const auto& [rule, times] : sum.hidden) text << "; " << times << " hidden by " << rule;
    text << '\n';
  }
  return text.str();
}

std::string MutationScore::complaints() const {
  std::string text;
  for (const auto& [result, problem] : problems) {
    text += problem + ": " + json::dump(to_json(*result), json::kCompact) + "\n";
  }
  return text;
}

}  // namespace codex::test
