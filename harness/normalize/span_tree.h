// Span trees from the starts and ends that a tracing processor was told.
#ifndef HARNESS_NORMALIZE_SPAN_TREE_H_
#define HARNESS_NORMALIZE_SPAN_TREE_H_

#include <functional>
#include <string>
#include <vector>

#include "harness/model/observation.h"

namespace codex::harness {

// What a parent that is no span of its trace becomes.
inline constexpr const char* kMissingSpan = "<span:missing>";

struct SpanForest {
  // Lane by lane: "trace" {"start":…,"end":…}, then its spans depth first, each
  // {"start":…,"end":…}; null where one never came.
  std::vector<Observation> lines;
  // The ids that a subject made, each once, numbered from 1 by where they are: traces as their
  // lanes are, spans depth first over all lanes, groups as their traces are.
  std::vector<std::string> traces;
  std::vector<std::string> spans;
  std::vector<std::string> groups;
};

// Makes of a span's observation, whose ids and times were taken out, what of it is compared.
using Content = std::function<void(Observation& observation)>;

// Takes trace.start, trace.end, span.start and span.end of lane span/run out of `observations`;
// what is malformed stays there. Siblings of one task are in start order. The tasks among them are
// ordered by `content`, so that which of two parallel calls was first makes no difference.
SpanForest take_spans(std::vector<Observation>& observations, const Content& content);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_SPAN_TREE_H_
