// Results files, which `merge` reads back: a text that is taken prints as the same text again.
#include "matrix/results_file.h"

#include "matrix/report.h"
#include "tests/fuzz/sealed.h"
#include "tests/fuzz/target.h"
#include "tests/support/sample_reports.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  const auto raw = matrix::parse_results(input, "a");
  check(raw.ok() || (raw.error().file == "a" && raw.error().line != 0 &&
                     !raw.error().message.empty()),
        "an error names file, line and reason");
  const auto results = matrix::parse_results(sealed_results(input), "a");
  if (!results) return;
  const std::string printed = matrix::print_results(results.value());
  const auto again = matrix::parse_results(printed, "a");
  check(static_cast<bool>(again), "what is printed is read");
  check(matrix::print_results(again.value()) == printed, "and prints as the same text");
  check(matrix::render_json(again->report) == matrix::render_json(results->report),
        "and makes the same report");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (matrix::Report report : {test::green_night(), test::red_night(), test::large_night(3)}) {
    matrix::ShardResults results;
    results.inputs = {{"corpus", "1"}, {"goldens", "2"}};
    for (const matrix::SessionReport& each : report.sessions) results.corpus.push_back(each.session);
    report.night.reset();
    results.report = std::move(report);
    all.push_back(matrix::print_results(results));
  }
  return all;
}

}  // namespace

const Target kResults{"results", run, seeds, 16384};

}  // namespace codex::fuzz
