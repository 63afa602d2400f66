#include "harness/normalize/span_records.h"

#include <algorithm>
#include <map>
#include <utility>

namespace codex::harness {
namespace {

constexpr std::string_view kRawLane = "span/run";

std::string_view text_of(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value == nullptr ? std::string_view() : value->text();
}

enum class Moment { kNone, kTraceStart, kTraceEnd, kSpanStart, kSpanEnd };

Moment moment_of(const Observation& observation) {
  if (observation.lane != kRawLane) return Moment::kNone;
  const json::Value* exported = observation.data.get("export");
  if (exported == nullptr || !exported->is_object()) return Moment::kNone;
  if (observation.name == "trace.start") return Moment::kTraceStart;
  if (observation.name == "trace.end") return Moment::kTraceEnd;
  if (observation.name == "span.start") return Moment::kSpanStart;
  if (observation.name == "span.end") return Moment::kSpanEnd;
  return Moment::kNone;
}

class Pairing {
 public:
  explicit Pairing(std::vector<SpanRecord>& records) : records_(records) {}

  SpanRecord& start(json::Value exported, json::Value task) {
    SpanRecord& record = add(exported, std::move(task));
    open_[record.id] = records_.size() - 1;
    record.start = std::move(exported);
    return record;
  }

  SpanRecord& end(json::Value exported, json::Value task) {
    const auto open = open_.find(text_of(exported, "id"));
    SpanRecord& record =
        open == open_.end() ? add(exported, std::move(task)) : records_[open->second];
    if (open != open_.end()) open_.erase(open);
    record.end = std::move(exported);
    return record;
  }

 private:
  SpanRecord& add(const json::Value& exported, json::Value task) {
    SpanRecord& record = records_.emplace_back();
    record.id = text_of(exported, "id");
    record.parent = text_of(exported, "parent_id");
    record.task = std::move(task);
    return record;
  }

  std::vector<SpanRecord>& records_;
  std::map<std::string, std::size_t, std::less<>> open_;  // started and not ended
};

}  // namespace

std::string_view SpanRecord::text(std::string_view key) const {
  return text_of(start.is_null() ? end : start, key);
}

SpanRecords take_records(std::vector<Observation>& observations) {
  SpanRecords records;
  Pairing traces(records.traces);
  Pairing spans(records.spans);
  std::vector<Observation> others;
  for (Observation& observation : observations) {
    const Moment moment = moment_of(observation);
    if (moment == Moment::kNone) {
      others.push_back(std::move(observation));
      continue;
    }
    json::Value exported = std::move(*observation.data.object()->find("export"));
    const json::Value* given = observation.data.get("task");
    json::Value task = given == nullptr ? json::Value() : *given;
    const bool is_trace = moment == Moment::kTraceStart || moment == Moment::kTraceEnd;
    const bool is_start = moment == Moment::kTraceStart || moment == Moment::kSpanStart;
    std::string trace(text_of(exported, is_trace ? "id" : "trace_id"));
    Pairing& pairing = is_trace ? traces : spans;
    SpanRecord& record = is_start ? pairing.start(std::move(exported), std::move(task))
                                  : pairing.end(std::move(exported), std::move(task));
    if (is_start || record.start.is_null()) record.trace = trace;
    if (std::find(records.trace_ids.begin(), records.trace_ids.end(), trace) ==
        records.trace_ids.end()) {
      records.trace_ids.push_back(std::move(trace));
    }
  }
  observations = std::move(others);
  return records;
}

}  // namespace codex::harness
