// Writes the results file of a night that never was, so that merge and matrix have one to read:
//   ctd_sample_results FILE TOOL RULES    as the program's --version says
#include <fstream>
#include <iostream>

#include "matrix/results_file.h"
#include "tests/support/sample_reports.h"

int main(int count, char** arguments) {
  using namespace codex;
  if (count != 4) {
    std::cerr << "usage: ctd_sample_results FILE TOOL RULES\n";
    return 2;
  }
  matrix::ShardResults results;
  results.report = test::green_night();
  results.report.night.reset();
  results.report.whole_corpus = true;
  results.report.tool = arguments[2];
  results.report.rules = arguments[3];
  results.covers_corpus = true;
  for (const matrix::SessionReport& each : results.report.sessions)
    results.corpus.push_back(each.session);
  for (const matrix::Column& column : results.report.columns) {
    if (column.subject == "cpp") continue;
    matrix::InventoryEntry entry{.id = column.subject + "/usage/sample",
                                 .kind = "usage",
                                 .source = "none",
                                 .places = {{"event", "codex.turn.started", ""}},
                                 .fields = {{"turn_id", "/turn_id"}}};
    results.report.inventories.push_back(
        {.subject = column.subject, .package = column.package, .version = column.version,
         .entries = {entry}});
  }
  std::ofstream file(arguments[1], std::ios::binary);
  file << matrix::print_results(results);
  if (file.flush()) return 0;
  std::cerr << arguments[1] << ": cannot be written\n";
  return 1;
}
