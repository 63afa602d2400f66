// Starts and ends paired: the spans and traces of a run, not yet in a tree.
#ifndef HARNESS_NORMALIZE_SPAN_RECORDS_H_
#define HARNESS_NORMALIZE_SPAN_RECORDS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"

namespace codex::harness {

// A trace or a span. Which of its exports is missing is null.
struct SpanRecord {
  json::Value start;
  json::Value end;
  std::string id;
  std::string trace;        // the id of the trace that it belongs to; a trace's own
  std::string parent;       // empty: none
  json::Value task;         // that it was started (or else ended) in

  // A string of the start, or where that is missing of the end; empty when there is none.
  std::string_view text(std::string_view key) const;
};

struct SpanRecords {
  std::vector<SpanRecord> traces;  // in order of arrival, as are spans
  std::vector<SpanRecord> spans;
  std::vector<std::string> trace_ids;  // in order of appearance, of traces and of spans
};

// Nothing is lost: a second start, a second end and an end without a start are records of their
// own. What is not well-formed stays in `observations`.
SpanRecords take_records(std::vector<Observation>& observations);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_SPAN_RECORDS_H_
