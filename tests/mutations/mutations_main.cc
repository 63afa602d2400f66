// ctd_mutations COUNT SEED OUTPUT: mutants of the whole corpus, for scripts/soak mutations.
//
// Writes OUTPUT/mutants.jsonl (a line each) and OUTPUT/hidden.jsonl (what is hidden, by rule and
// place). Exit status 1: one was neither seen nor is it recorded in data/hidden.jsonl, or the report
// does not name its place.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

#include "cli/session_job.h"
#include "tests/mutations/mutation_bench.h"
#include "tests/mutations/mutation_score.h"

namespace {

constexpr const char* kSource = CTD_SOURCE_DIR "/";
constexpr const char* kBin = CTD_BIN_DIR "/";

}  // namespace

int main(int argc, char** argv) {
  using namespace codex;
  if (argc != 4) {
    std::cerr << "usage: ctd_mutations COUNT SEED OUTPUT\n";
    return 2;
  }
  const std::string source = kSource;
  const std::string bin = kBin;
  const std::string output = argv[3];
  const auto data = cli::JobData::load();
  cli::JobOptions options;
  options.paths = {source + "harness/sessions"};
  cli::SelectedTapes selected = cli::select_tapes(options);
  if (!data || !selected.errors.empty()) {
    std::cerr << (data ? selected.errors.front().text() : data.error().text()) << '\n';
    return 2;
  }
  test::MutationBench bench(data.value(), std::move(selected.tapes), source + "golden/transcripts",
                            {.cpp_worker = bin + "codex-telemetry-cpp-worker",
                             .edited_cpp_worker = bin + "ctd_edited_cpp_worker",
                             .py_worker = bin + "codex-telemetry-py-worker",
                             .peer = bin + "codex-telemetry-peer",
                             .venv = source + ".venv"});
  std::cout << bench.sessions() << " sessions, " << bench.left_out().size() << " left out\n";
  const test::MutationScore score = test::run_mutations(
      bench, std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10),
      test::expected_hidden(source + "tests/mutations/data/hidden.jsonl"));
  std::ofstream mutants(output + "/mutants.jsonl");
  std::ofstream hidden(output + "/hidden.jsonl");
  std::set<std::string> lines;
  for (const test::MutantResult& each : score.results) {
    mutants << json::dump(to_json(each), json::kCompact) << '\n';
    if (!each.red) lines.insert(hidden_line(each));
  }
  for (const std::string& line : lines) hidden << line << '\n';
  std::cout << score.table() << score.complaints();
  return score.problems.empty() ? 0 : 1;
}
