#include "codex/telemetry/testing_capture.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <ostream>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace codex::telemetry {

// ---- log records ----

struct LogCapture::State {
  explicit State(std::size_t most) : capacity(most) {}
  const std::size_t capacity;
  std::mutex mutex;
  std::vector<LogRecord> records;
  std::size_t dropped = 0;

  void keep(const LogRecord& record) {
    const std::lock_guard lock(mutex);
    if (records.size() < capacity) {
      records.push_back(record);
    } else {
      ++dropped;
    }
  }
};

LogCapture::LogCapture(Logger& logger, std::size_t capacity)
    : state_(std::make_shared<State>(capacity)),
      logger_(logger),
      id_(logger.attach([state = state_](const LogRecord& record) { state->keep(record); })) {}

LogCapture::~LogCapture() { logger_.detach(id_); }

std::vector<LogRecord> LogCapture::records() const {
  const std::lock_guard lock(state_->mutex);
  return state_->records;
}

std::vector<std::string> LogCapture::messages() const {
  std::vector<std::string> messages;
  for (const LogRecord& record : records()) {
    messages.push_back(std::string(level_name(record.level)) + " " + record.message());
  }
  return messages;
}

std::size_t LogCapture::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->records.size();
}

std::size_t LogCapture::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

void LogCapture::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->records.clear();
  state_->dropped = 0;
}

// ---- spans ----

struct SpanCapture::State {
  explicit State(std::size_t most) : capacity(most) {}
  const std::size_t capacity;
  mutable std::mutex mutex;
  std::vector<CapturedSpan> spans;
  std::vector<CapturedTrace> traces;
  std::unordered_map<std::string, std::size_t> place;  // of a span that has not ended
  std::size_t dropped = 0;
};

SpanCapture::SpanCapture(std::size_t capacity) : state_(std::make_unique<State>(capacity)) {}
SpanCapture::~SpanCapture() = default;

void SpanCapture::on_trace_start(const Trace& trace) {
  CapturedTrace kept{trace.id(), false, trace.exported()};
  const std::lock_guard lock(state_->mutex);
  if (state_->traces.size() < state_->capacity) {
    state_->traces.push_back(std::move(kept));
  } else {
    ++state_->dropped;
  }
}

void SpanCapture::on_trace_end(const Trace& trace) {
  const std::lock_guard lock(state_->mutex);
  for (CapturedTrace& kept : state_->traces) {
    if (kept.id == trace.id()) kept.ended = true;
  }
}

void SpanCapture::on_span_start(const Span& span) {
  CapturedSpan kept{std::string(span.id()), std::string(span.trace_id()), {}, false,
                    span.exported()};
  if (const json::Value* parent = kept.exported.find("parent_id")) kept.parent_id = parent->text();
  const std::lock_guard lock(state_->mutex);
  if (state_->spans.size() < state_->capacity) {
    state_->place[kept.id] = state_->spans.size();
    state_->spans.push_back(std::move(kept));
  } else {
    ++state_->dropped;
  }
}

void SpanCapture::on_span_end(const Span& span) {
  json::Object exported = span.exported();
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->place.find(std::string(span.id()));
  if (found == state_->place.end()) return;  // it was dropped at its start, or cleared
  CapturedSpan& kept = state_->spans[found->second];
  kept.exported = std::move(exported);
  kept.ended = true;
  state_->place.erase(found);
}

std::vector<CapturedSpan> SpanCapture::spans() const {
  const std::lock_guard lock(state_->mutex);
  return state_->spans;
}

std::vector<CapturedTrace> SpanCapture::traces() const {
  const std::lock_guard lock(state_->mutex);
  return state_->traces;
}

std::size_t SpanCapture::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->spans.size();
}

std::size_t SpanCapture::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

void SpanCapture::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->spans.clear();
  state_->traces.clear();
  state_->place.clear();
  state_->dropped = 0;
}

// ---- in words ----

std::string CapturedSpan::label() const {
  const json::Value* data = exported.find("span_data");
  const json::Value* type = data != nullptr ? data->get("type") : nullptr;
  // Python exports tasks and turns as custom spans that say so.
  const json::Value* inner = data != nullptr ? data->get("data") : nullptr;
  const json::Value* own = inner != nullptr ? inner->get("sdk_span_type") : nullptr;
  if (own != nullptr && own->is_string()) {
    type = own;
    data = inner;
  }
  std::string text(type != nullptr ? type->text("?") : "?");
  const json::Value* name = data != nullptr ? data->get("name") : nullptr;
  const json::Value* turn = data != nullptr ? data->get("turn") : nullptr;
  if (name != nullptr && !name->text().empty()) text += " " + *name->string();
  if (turn != nullptr && type == own) text += " " + json::python_str(*turn);
  if (!ended) text += " [open]";
  const json::Value* error = exported.find("error");
  if (error != nullptr && !error->is_null()) text += " [error]";
  return text;
}

std::vector<std::string> span_tree(const std::vector<CapturedSpan>& spans) {
  std::unordered_set<std::string> ids;
  std::unordered_map<std::string, std::vector<const CapturedSpan*>> children;
  for (const CapturedSpan& span : spans) ids.insert(span.id);
  struct Open {
    const CapturedSpan* span;
    std::size_t depth;
  };
  std::vector<Open> open;
  for (const CapturedSpan& span : spans) {
    if (!span.parent_id.empty() && ids.contains(span.parent_id)) {
      children[span.parent_id].push_back(&span);
    } else {
      open.push_back({&span, 0});
    }
  }
  std::vector<std::string> lines;
  std::reverse(open.begin(), open.end());
  while (!open.empty()) {
    const auto [span, depth] = open.back();
    open.pop_back();
    lines.push_back(std::string(2 * depth, ' ') + span->label());
    if (depth == 0 && !span->parent_id.empty()) lines.back() += " [parent missing]";
    // Taken out: a span that is its own ancestor, which no provider makes, would never end.
    const auto below = children.extract(span->id);
    if (below.empty()) continue;
    for (auto child = below.mapped().rbegin(); child != below.mapped().rend(); ++child) {
      open.push_back({*child, depth + 1});
    }
  }
  return lines;
}

// ---- metrics ----

namespace {

// Calls `visit` with each series of `name` that has these label values; all where none are named.
template <typename Visit>
void for_each_series(const Metrics& metrics, std::string_view name,
                     const std::vector<std::string>& labels, const Visit& visit) {
  for (const MetricSample& sample : metrics.snapshot()) {
    if (sample.info->name != name) continue;
    for (const MetricPoint& point : sample.points) {
      const bool same = std::equal(labels.begin(), labels.end(), point.labels.begin(),
                                   point.labels.end(), [](const auto& value, const auto& label) {
                                     return value == label.second;
                                   });
      if (labels.empty() || same) visit(point);
    }
  }
}

}  // namespace

MetricCapture::MetricCapture(Hub& hub) : recorder_(hub, metrics_) {}

std::int64_t MetricCapture::value(std::string_view name,
                                  const std::vector<std::string>& labels) const {
  std::int64_t sum = 0;
  for_each_series(metrics_, name, labels, [&](const MetricPoint& point) { sum += point.value; });
  return sum;
}

HistogramValue MetricCapture::histogram(std::string_view name,
                                        const std::vector<std::string>& labels) const {
  HistogramValue sum;
  for_each_series(metrics_, name, labels, [&](const MetricPoint& point) {
    sum.count += point.histogram.count;
    sum.sum += point.histogram.sum;
    sum.buckets.resize(std::max(sum.buckets.size(), point.histogram.buckets.size()));
    for (std::size_t i = 0; i < point.histogram.buckets.size(); ++i) {
      sum.buckets[i] += point.histogram.buckets[i];
    }
  });
  return sum;
}

std::string series_text(const MetricInfo& info, const MetricPoint& point) {
  std::string text(info.name);
  for (std::size_t i = 0; i < point.labels.size(); ++i) {
    text += i == 0 ? "{" : ",";
    text += point.labels[i].first;
    text += '=';
    text += json::dump(point.labels[i].second, json::kCompact);
  }
  if (!point.labels.empty()) text += '}';
  return text;
}

const json::Value* member_at(const json::Object& object, std::string_view place) {
  if (!place.starts_with('/')) return object.find(place);
  const json::Value* at = nullptr;
  bool first = true;
  while (!place.empty() && (first || at != nullptr)) {
    place.remove_prefix(1);
    const std::string_view step = place.substr(0, place.find('/'));
    place.remove_prefix(step.size());
    if (std::exchange(first, false)) {
      at = object.find(step);
    } else if (const json::Array* array = at->array()) {
      std::size_t index = array->size();
      const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
      const bool whole = read.ec == std::errc() && read.ptr == step.data() + step.size();
      at = whole && index < array->size() ? &(*array)[index] : nullptr;
    } else {
      at = at->get(step);
    }
  }
  return at;
}

std::ostream& operator<<(std::ostream& stream, const Event& event) {
  stream << event.name;
  const Correlation& ids = event.correlation;
  const std::pair<const char*, const std::string*> known[] = {
      {"session", &ids.session}, {"thread", &ids.thread}, {"turn", &ids.turn},
      {"item", &ids.item},       {"call", &ids.call},     {"trace", &ids.trace.trace_id},
      {"span", &ids.trace.span_id}};
  for (const auto& [name, id] : known) {
    if (!id->empty()) stream << ' ' << name << '=' << json::dump(*id, json::kCompact);
  }
  if (!event.metadata.empty()) stream << ' ' << json::dump(event.metadata, json::kCompact);
  if (!event.measurements.empty()) {
    stream << " measured " << json::dump(event.measurements, json::kCompact);
  }
  return stream;
}

std::ostream& operator<<(std::ostream& stream, const LogRecord& record) {
  stream << level_name(record.level) << ' ' << json::dump(record.message(), json::kCompact);
  if (!record.exception.empty()) stream << " with " << record.exception;
  return stream;
}

std::ostream& operator<<(std::ostream& stream, const MetricSample& sample) {
  for (const MetricPoint& point : sample.points) {
    if (&point != &sample.points.front()) stream << '\n';
    stream << series_text(*sample.info, point) << ' ';
    if (sample.info->kind == MetricKind::kHistogram) {
      stream << "count " << point.histogram.count << " sum " << point.histogram.sum;
    } else {
      stream << point.value;
    }
  }
  return stream;
}

std::ostream& operator<<(std::ostream& stream, const CapturedSpan& span) {
  stream << span.label() << ' ' << span.id;
  if (!span.parent_id.empty()) stream << " under " << span.parent_id;
  return stream;
}

}  // namespace codex::telemetry
