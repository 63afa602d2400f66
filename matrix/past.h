// The nights before, as plain data: what standing.h judges a night by.
#ifndef MATRIX_PAST_H_
#define MATRIX_PAST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "golden/cause.h"
#include "golden/verdict_name.h"
#include "matrix/column.h"
#include "matrix/night.h"

namespace codex::matrix {

// What became of one column in one session of a night.
struct PastColumn {
  std::string_view column;
  std::string_view outcome;  // harness::outcome_name
  bool further = false;
  bool accepted = false;                              // FurtherReport::accepted
  golden::Verdict verdict = golden::Verdict::kMatch;  // of the first environment: the session's
};

struct PastSession {
  std::string_view session;
  std::string_view path;
  std::string_view tape_digest, golden_digest;        // empty: none, or not asked for
  golden::Verdict verdict = golden::Verdict::kMatch;  // of the first environment
  std::vector<PastColumn> columns;                    // by name
};

// Those that were known then are not among them.
struct PastDifference {
  std::string_view fingerprint;
  std::string_view session;
  std::string_view column;
  std::string_view against;
  std::string_view cause;  // id
  std::size_t count = 1;   // that many of this fingerprint
};

struct PastCluster {
  std::string_view cause;  // id
  std::string_view column;
  std::string_view against;
  golden::Verdict kind = golden::Verdict::kDifference;
  std::size_t differences = 0;
  std::string since;
};

struct PastNight {
  std::int64_t number = 0;  // in the order in which they were recorded
  NightPoint point;
  std::string tool, rules;
  bool whole_corpus = false;
  std::vector<Column> columns;
  std::vector<PastSession> sessions;        // by name
  std::vector<PastDifference> differences;  // by fingerprint
  std::vector<PastCluster> clusters;        // by cause, column, against, kind
};

struct Past {
  std::vector<PastNight> nights;                // oldest first; the last few
  std::vector<NightPoint> trend;                // of whole corpora, oldest first; more of them
  std::map<std::string, golden::Cause> causes;  // of the nights' clusters, by id; long texts are cut
  // What the views above look at, where it is of a history; nights have most of it in common.
  std::shared_ptr<const std::set<std::string, std::less<>>> texts;
};

}  // namespace codex::matrix

#endif  // MATRIX_PAST_H_
