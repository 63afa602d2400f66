#include "codex/telemetry/exec_observer.h"

#include <utility>

#include "codex/telemetry/event_names.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kStderrKept = 64U << 10U;

struct Kind {
  std::string_view wire;
  std::string_view event;
};
constexpr Kind kKinds[] = {
    {"thread.started", event::kThreadStart},   {"turn.started", event::kTurnStart},
    {"turn.completed", event::kTurnCompleted}, {"turn.failed", event::kTurnFailed},
    {"item.started", event::kItemStarted},     {"item.updated", event::kItemUpdated},
    {"item.completed", event::kItemCompleted}, {"error", event::kThreadException},
};

void measure_usage(const json::Value* usage, json::Object& measurements) {
  if (usage == nullptr || !usage->is_object()) return;
  for (const auto& [key, value] : *usage->object()) {
    if (value.integer() != nullptr) measurements.set(key, value);
  }
}

}  // namespace

ExecObserver::ExecObserver(Hub& hub, Options options)
    : hub_(hub), options_(std::move(options)), correlation_(options_.correlation) {}

void ExecObserver::started(const std::vector<std::string>& argv, std::string_view standard_input) {
  json::Array arguments(argv.begin(), argv.end());
  emit(event::kSessionStart,
       {{"transport", "exec"}, {"argv", std::move(arguments)}, {"stdin", standard_input}}, {}, {});
}

void ExecObserver::standard_output(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (buffer_.size() + piece.size() > options_.max_line) {
      overlong_ = true;
    } else if (end != std::string_view::npos && buffer_.empty() && !overlong_) {
      line(piece);
      bytes.remove_prefix(end + 1);
      continue;
    } else {
      buffer_.append(piece);
    }
    if (end == std::string_view::npos) return;
    const std::string whole = std::exchange(buffer_, {});
    if (std::exchange(overlong_, false)) {
      emit(event::kSessionMalformed, {{"reason", "line too long"}, {"line", whole}}, {}, whole);
    } else {
      line(whole);
    }
    bytes.remove_prefix(end + 1);
  }
}

void ExecObserver::standard_error(std::string_view bytes) {
  stderr_tail_.append(bytes);
  if (stderr_tail_.size() > kStderrKept) {
    stderr_tail_.erase(0, stderr_tail_.size() - kStderrKept);
  }
}

void ExecObserver::ended(std::optional<int> exit_code, std::optional<int> signal) {
  if (!buffer_.empty()) {
    const std::string rest = std::exchange(buffer_, {});
    line(rest);
  }
  json::Object metadata{{"exit_code", exit_code ? json::Value(*exit_code) : json::Value()},
                        {"signal", signal ? json::Value(*signal) : json::Value()},
                        {"stderr", stderr_tail_},
                        {"completed", turn_completed_}};
  emit(event::kSessionStop, std::move(metadata), {}, {});
}

void ExecObserver::line(std::string_view bytes) {
  json::ParseResult parsed = json::parse(bytes);
  if (!parsed) {
    emit(event::kSessionMalformed, {{"reason", parsed.error().text()}, {"line", bytes}}, {}, bytes);
    return;
  }
  json::Object* object = parsed.value().object();
  if (object == nullptr) {
    emit(event::kSessionMalformed, {{"reason", "not an object"}, {"line", bytes}}, {}, bytes);
    return;
  }
  const json::Value* type = object->find("type");
  const std::string_view text = type == nullptr ? std::string_view() : type->text();
  for (const Kind& kind : kKinds) {
    if (text != kind.wire || type->string() == nullptr) continue;
    object->erase("type");
    known(kind.event, std::move(*object), bytes);
    return;
  }
  json::Value shown = type == nullptr ? json::Value() : *type;
  emit(event::kSessionUnknown, {{"type", std::move(shown)}, {"payload", std::move(*object)}}, {},
       bytes);
}

void ExecObserver::known(std::string_view name, json::Object object, std::string_view bytes) {
  json::Object measurements;
  if (name == event::kThreadStart) {
    if (const json::Value* id = object.find("thread_id"); id != nullptr && id->is_string()) {
      correlation_.thread = *id->string();
    }
  } else if (name == event::kTurnStart) {
    correlation_.turn = std::to_string(++turns_);
    turn_completed_ = turn_failed_ = false;
  } else if (name == event::kTurnCompleted) {
    turn_completed_ = true;
    measure_usage(object.find("usage"), measurements);
  } else if (name == event::kTurnFailed) {
    turn_failed_ = true;
  }
  correlation_.item.clear();
  if (const json::Value* item = object.find("item")) {
    if (const json::Value* id = item->get("id"); id != nullptr && id->is_string()) {
      correlation_.item = *id->string();
    }
  }
  emit(name, std::move(object), std::move(measurements), bytes);
  correlation_.item.clear();
}

void ExecObserver::emit(std::string_view name, json::Object metadata, json::Object measurements,
                        std::string_view line) {
  Event event{name, std::move(measurements), std::move(metadata), correlation_,
              std::chrono::system_clock::now()};
  if (!options_.listener) {
    hub_.emit(std::move(event));
    return;
  }
  hub_.emit(event);
  try {
    options_.listener(event, line);
  } catch (...) {  // a listener's failure is its own
  }
}

}  // namespace codex::telemetry
