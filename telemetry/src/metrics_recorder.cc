#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "codex/telemetry/metrics.h"
#include "codex/telemetry/registry.h"
#include "sampling.h"

namespace codex::telemetry {
namespace {

using Clock = std::chrono::system_clock;

// What began and has not ended, and threads whose tokens are known: of more, any one is forgotten.
constexpr std::size_t kMostOpen = 65536;

std::string_view last_word(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

std::string_view text_at(const json::Object& metadata, std::string_view key) {
  const json::Value* value = metadata.find(key);
  return value == nullptr ? std::string_view() : value->text();
}

// What the event's series of a metric is told apart by: the values of the metric's labels.
struct LabelValues {
  std::string_view first, second;
};

LabelValues label_values(const MetricInfo& info, const Event& event) {
  LabelValues values;
  for (std::size_t i = 0; i < info.labels.size(); ++i) {
    const std::string_view label = info.labels[i];
    std::string_view value;
    if (label == "event") {
      value = event.name;
    } else if (label == "outcome") {
      const std::string_view word = last_word(event.name);
      value = word == "stop" ? "completed" : word == "exception" ? "failed" : word;
    } else if (label == "state") {
      value = last_word(event.name);
    } else if (label == "type") {
      const json::Value* item = event.metadata.find("item");
      const json::Value* type = item == nullptr ? nullptr : item->get("type");
      value = type == nullptr ? std::string_view() : type->text();
    } else {
      value = text_at(event.metadata, label);  // tool, method
    }
    (i == 0 ? values.first : values.second) = value;
  }
  return values;
}

// What an event's begin and end have in common.
std::string key_of(std::string_view family, const Event& event) {
  const Correlation& ids = event.correlation;
  std::string key(family);
  const auto add = [&key](std::string_view id) { key.append(1, '\0').append(id); };
  add(ids.session);
  if (family == "codex.session") return key;
  add(ids.thread);
  if (family == "codex.thread") return key;
  add(ids.turn);
  if (family == "codex.turn") return key;
  add(ids.item);
  add(ids.call);
  if (const json::Value* request = event.metadata.find("request_id")) add(json::dump(*request));
  return key;
}

// How far the wall clock is ahead of the one that nobody sets: another number when it was set.
std::chrono::nanoseconds wall_clock_lead() {
  return Clock::now().time_since_epoch() - std::chrono::steady_clock::now().time_since_epoch();
}
// Less than that is between the two readings, or a clock that is drawn right little by little.
constexpr std::chrono::seconds kSet{1};

template <typename Map>
void make_room(Map& map) {
  if (map.size() >= kMostOpen) map.erase(map.begin());
}

// The metric that tells how many of the family there are right now.
std::string_view active_metric(std::string_view family) {
  if (family == "codex.session") return "codex.sessions.active";
  if (family == "codex.thread") return "codex.threads.active";
  if (family == "codex.turn") return "codex.turns.active";
  if (family == "codex.tool") return "codex.tool.calls.active";
  if (family == "codex.approval") return "codex.approvals.waiting";
  return {};
}

}  // namespace

struct MetricsRecorder::State {
  explicit State(Metrics& target) : metrics(target) {}

  struct Open {
    Clock::time_point time;
    std::chrono::nanoseconds lead;
    Counter* active;  // null: none
    std::string session, thread;
  };
  // Two without ids of their own are alike: any of them ends first.
  using Begun = std::unordered_multimap<std::string, Open>;

  Metrics& metrics;
  std::mutex mutex;  // guards what follows
  Begun begun;
  std::unordered_map<std::string, std::map<std::string, std::int64_t, std::less<>>> tokens;

  void see(const Event& event) {
    metrics.counter("codex.events", {event.name}).add();
    const EventInfo* const info = find_event(event.name);
    if (info == nullptr) return;
    const EventRole role = event_role(event.name);
    const std::string_view family = event_family(event.name);
    std::optional<std::uint64_t> duration;
    if (role == EventRole::kBegin) begin(family, event);
    if (role == EventRole::kEnd) duration = end(family, event);
    for (const std::string_view name : info->metrics)
      feed(name, event, duration);
  }

  void feed(std::string_view name, const Event& event, std::optional<std::uint64_t> duration) {
    const MetricInfo* const info = find_metric(name);
    // All events count above; what there is right now is known from what began and ended.
    if (info == nullptr || name == "codex.events" || info->kind == MetricKind::kUpDownCounter)
      return;
    const LabelValues labels = label_values(*info, event);
    if (info->kind == MetricKind::kHistogram) {
      if (duration) metrics.histogram(name, {labels.first, labels.second}).record(*duration);
    } else if (name == "codex.tokens") {
      add_tokens(event);
    } else {
      metrics.counter(name, {labels.first, labels.second}).add();
    }
  }

  Counter* active(std::string_view family, const Event& event) {
    const std::string_view name = active_metric(family);
    const MetricInfo* const info = name.empty() ? nullptr : find_metric(name);
    if (info == nullptr) return nullptr;
    return &metrics.counter(name, {label_values(*info, event).first});
  }

  void begin(std::string_view family, const Event& event) {
    Open open{event.time, wall_clock_lead(), active(family, event), event.correlation.session,
              event.correlation.thread};
    if (open.active != nullptr) open.active->add(1);
    const std::lock_guard lock(mutex);
    make_room(begun);
    begun.emplace(key_of(family, event), std::move(open));
  }

  // How long it took, as the event says or else since it began, in ns.
  std::optional<std::uint64_t> end(std::string_view family, const Event& event) {
    std::optional<std::int64_t> took;
    const std::lock_guard lock(mutex);
    if (const auto found = begun.find(key_of(family, event)); found != begun.end()) {
      const Open& open = found->second;
      const std::chrono::nanoseconds set_by = wall_clock_lead() - open.lead;
      const bool was_set = std::chrono::abs(set_by) >= kSet;
      const std::chrono::nanoseconds passed = event.time - open.time;
      took = (was_set ? passed - set_by : passed).count();
      close(found);
    }
    if (family == "codex.session") close_all(event.correlation);
    if (const json::Value* told = event.measurements.find("duration")) {
      if (told->as_int64()) took = told->as_int64();
    }
    if (!took || *took < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*took);
  }

  Begun::iterator close(Begun::iterator open) {
    if (open->second.active != nullptr) open->second.active->add(-1);
    return begun.erase(open);
  }

  // What a process leaves open ends with it.
  void close_all(const Correlation& ids) {
    for (auto open = begun.begin(); open != begun.end();) {
      const bool its_own = open->second.session == ids.session &&
                           open->second.thread == ids.thread && !ids.thread.empty();
      open = its_own ? close(open) : std::next(open);
    }
  }

  void add_tokens(const Event& event) {
    const std::lock_guard lock(mutex);
    const std::string thread = event.correlation.session + '\0' + event.correlation.thread;
    if (!tokens.contains(thread)) make_room(tokens);
    auto& known = tokens[thread];
    for (const auto& [kind, value] : event.measurements) {
      const std::optional<std::int64_t> count = value.as_int64();
      if (!kind.ends_with("_tokens") || !count || *count < 0) continue;
      std::int64_t& before = known[kind];
      // Less than before: the count has begun again.
      const std::int64_t added = *count >= before ? *count - before : *count;
      before = *count;
      if (added == 0) continue;
      const std::string_view name = kind;
      metrics.counter("codex.tokens", {name.substr(0, name.rfind('_'))}).add(added);
    }
  }
};

MetricsRecorder::MetricsRecorder(Hub& hub, Metrics& metrics)
    : state_(std::make_shared<State>(metrics)),
      hub_(hub),
      id_(hub.attach("", [state = state_](const Event& event) { state->see(event); })) {}

MetricsRecorder::~MetricsRecorder() {
  hub_.detach(id_);
}

}  // namespace codex::telemetry
