// The sessions of a report as the page lists them.
#ifndef MATRIX_HTML_LISTED_H_
#define MATRIX_HTML_LISTED_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "golden/leaf_compare.h"
#include "matrix/report.h"

namespace codex::matrix::html {

struct Listed {
  const SessionReport* session = nullptr;
  std::string id;  // of its part of the page: unique, and of no characters but letters and digits
  golden::Verdict verdict = golden::Verdict::kMatch;
  std::string transport;  // "exec", "app-server", or empty where no client says
  std::string outcome;  // "completed", or where they are not all so "cpp failed, agents completed"
  std::size_t differences = 0;
  std::vector<std::string> columns;  // in which it differs
  golden::LeafTally leaves;
  bool has_details = false;  // its differences are in the page
};

// The worst verdict first, then by name.
std::vector<Listed> listed(const Report& report);

// Of the first environment, then of each further column. `column`: whose value is the actual one.
using UseDifference =
    std::function<void(const std::string& column, const golden::JudgedDifference& judged)>;
void for_differences(const SessionReport& session, const UseDifference& use);

// Session name → the id of its details; only of those that have them.
using Anchors = std::map<std::string, std::string>;
Anchors anchors(const std::vector<Listed>& sessions);
// The session's name, linked where it has details.
std::string linked(const std::string& session, const Anchors& anchors);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_LISTED_H_
