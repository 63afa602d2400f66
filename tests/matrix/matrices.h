// Reports with coverage and inventories in short, for the tests of the matrix.
#ifndef TESTS_MATRIX_MATRICES_H_
#define TESTS_MATRIX_MATRICES_H_

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "matrix/accepted.h"
#include "matrix/parity_matrix.h"
#include "matrix/report.h"

namespace codex::matrix::testing {

// An event that the client `agents` declares, at {"event", NAME, "/data"}.
inline InventoryEntry event_entry(const std::string& name, const std::vector<std::string>& fields) {
  InventoryEntry entry{.id = "agents/exec-event/" + name,
                       .kind = "exec-event",
                       .source = "events:" + name,
                       .places = {{"event", name, "/data"}},
                       .fields = {}};
  for (const std::string& field : fields) entry.fields.push_back({field, "/" + field});
  return entry;
}

inline Inventory inventory(std::vector<InventoryEntry> entries, std::string version = "1.0") {
  return {.subject = "agents",
          .package = "openai-agents",
          .version = std::move(version),
          .entries = std::move(entries)};
}

inline golden::ShapeTally compared(std::size_t leaves) {
  golden::ShapeTally tally;
  tally.compared = leaves;
  return tally;
}
inline golden::ShapeTally differing(std::size_t leaves) {
  golden::ShapeTally tally = compared(leaves);
  tally.differing = leaves;
  return tally;
}
inline golden::ShapeTally known(std::size_t leaves) {
  golden::ShapeTally tally = compared(leaves);
  tally.known = leaves;
  return tally;
}
inline golden::ShapeTally not_observed(std::size_t leaves) {
  golden::ShapeTally tally;
  tally.not_observed = leaves;
  return tally;
}

// A session of `agents` in which cpp reached this, and the client the same without a difference.
inline SessionReport reaching(const std::string& name, golden::Coverage coverage) {
  SessionReport session;
  session.session = name;
  session.subjects["cpp"].outcome = harness::Outcome::kCompleted;
  session.subjects["agents"].outcome = harness::Outcome::kCompleted;
  for (const auto& [shape, tally] : coverage) {
    if (tally.not_observed == 0) session.coverage["agents"][shape] = compared(tally.compared);
  }
  session.coverage["cpp"] = std::move(coverage);
  return session;
}

inline Report report(std::vector<SessionReport> sessions, std::vector<Inventory> inventories) {
  Report report;
  report.subjects["cpp"] = {"cpp", "codex-telemetry-diff", "0.1"};
  report.subjects["agents"] = {"agents", "openai-agents", "1.0"};
  report.sessions = std::move(sessions);
  report.inventories = std::move(inventories);
  return report;
}

inline Areas areas() {
  auto areas = Areas::parse(
      R"({"areas":[{"area":"items","features":["*/item.*"]},{"area":"lifecycle","features":["*"]}]})",
      "areas.json");
  EXPECT_TRUE(areas) << areas.error().text();
  return areas.value();
}

inline ParityMatrix matrix_of(const Report& report, const AcceptedMatrix& accepted = {},
                              bool whole_corpus = true) {
  auto matrix = compute_matrix(report, areas(), accepted, whole_corpus);
  EXPECT_TRUE(matrix) << matrix.error().text();
  return matrix.value();
}

// "FEATURE [FIELD] COLUMN STATE SESSIONS: EVIDENCE", a line for each cell.
inline std::vector<std::string> told(const ParityMatrix& matrix) {
  std::vector<std::string> lines;
  const auto cells = [&](const std::string& what, const Cells& of) {
    for (const auto& [column, cell] : of) {
      std::string line = what + " " + column + " " + cell_state_name(cell.state) + " " +
                         std::to_string(cell.sessions) + ":";
      for (const std::string& name : cell.evidence) line += " " + name;
      lines.push_back(line);
    }
  };
  for (const Feature& feature : matrix.features) {
    const std::string name = feature.id.substr(feature.id.rfind('/') + 1);
    cells(name, feature.cells);
    for (const FeatureField& field : feature.fields) cells(name + " " + field.name, field.cells);
  }
  return lines;
}

// "FEATURE FIELD COLUMN WAS -> NOW"
inline std::vector<std::string> told(const std::vector<MatrixRegression>& changes) {
  std::vector<std::string> lines;
  for (const MatrixRegression& each : changes) {
    lines.push_back(each.feature.substr(each.feature.rfind('/') + 1) + " " + each.field + " " +
                    each.column + " " + each.was + " -> " + each.now);
  }
  return lines;
}

}  // namespace codex::matrix::testing

#endif  // TESTS_MATRIX_MATRICES_H_
