#include "codex/telemetry/exec_observer.h"

#include <utility>

#include "codex/telemetry/event_names.h"
#include "codex_items.h"
#include "python_utf8.h"

namespace codex::telemetry {
namespace {

using json::Kind;
using json::Value;

constexpr unsigned bit(Kind kind) { return 1U << static_cast<unsigned>(kind); }

// What a line of a type holds, as the registry documents it.
struct Held {
  std::string_view event;
  std::string_view field;
  unsigned kinds;
  bool required;
};
constexpr Held kHeld[] = {
    {event::kItemCompleted, "item", bit(Kind::kObject) | bit(Kind::kNull), false},
    {event::kItemStarted, "item", bit(Kind::kObject) | bit(Kind::kNull), false},
    {event::kItemUpdated, "item", bit(Kind::kObject) | bit(Kind::kNull), false},
    {event::kTurnCompleted, "usage", bit(Kind::kObject) | bit(Kind::kNull), false},
    {event::kTurnFailed, "error", bit(Kind::kObject), false},
    {event::kThreadStart, "thread_id", bit(Kind::kString), true},
    {event::kThreadException, "message", bit(Kind::kString), false},
};

// Why a line of a known type does not fit, empty when it does.
std::string misfit(std::string_view name, const json::Object& object) {
  for (const Held& held : kHeld) {
    if (held.event != name) continue;
    const Value* value = object.find(held.field);
    if (value == nullptr) return held.required ? std::string(held.field) + " is missing" : "";
    if ((held.kinds >> static_cast<unsigned>(value->kind()) & 1U) != 0) return "";
    return std::string(held.field) + " is of another type";
  }
  return "";
}

// Fills in what stands for a field that the line does not have.
void complete(std::string_view name, json::Object& object) {
  if (name == event::kTurnFailed) {
    if (object.find("error") == nullptr) object.append("error", json::Object{});
  } else if (name == event::kThreadException) {
    if (object.find("message") == nullptr) object.append("message", "");
  } else if (name == event::kItemStarted || name == event::kItemUpdated ||
             name == event::kItemCompleted) {
    const Value* item = object.find("item");
    if (item == nullptr || item->is_null()) object.set("item", json::Object{{"type", "unknown"}});
  }
}

void measure_usage(const Value* usage, json::Object& measurements) {
  if (usage == nullptr || !usage->is_object()) return;
  for (const auto& [key, value] : *usage->object()) {
    if (value.integer() != nullptr && key != "duration") measurements.set(key, value);
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
    const bool whole = end != std::string_view::npos && buffer_.empty() && !overlong_;
    if (whole && piece.size() <= options_.max_line) {
      line(piece, true);
    } else {
      const std::size_t room = options_.max_line - buffer_.size();
      overlong_ = overlong_ || piece.size() > room;
      buffer_.append(piece.substr(0, room));
      if (end == std::string_view::npos) return;
      buffered_line(true);
    }
    bytes.remove_prefix(end + 1);
  }
}

void ExecObserver::buffered_line(bool terminated) {
  const std::string bytes = std::exchange(buffer_, {});
  if (std::exchange(overlong_, false)) {
    emit(event::kSessionMalformed, {{"reason", kLineTooLong}, {"line", bytes}}, {}, bytes);
  } else {
    line(bytes, terminated);
  }
}

void ExecObserver::standard_error(std::string_view bytes) {
  stderr_tail_.append(bytes);
  // Not on each call, and a character more than is told: where one begins is seen at the end.
  const std::size_t kept = options_.max_stderr + 4;
  if (stderr_tail_.size() / 2 > kept) stderr_tail_.erase(0, stderr_tail_.size() - kept);
}

// The end of standard error, from the begin of a character.
std::string_view ExecObserver::standard_error_tail() const {
  std::string_view tail = stderr_tail_;
  if (tail.size() <= options_.max_stderr) return tail;
  tail.remove_prefix(tail.size() - options_.max_stderr);
  for (int i = 0; i < 3 && !tail.empty(); ++i) {
    if ((static_cast<unsigned char>(tail.front()) & 0xC0) != 0x80) break;
    tail.remove_prefix(1);
  }
  return tail;
}

void ExecObserver::ended(std::optional<int> exit_code, std::optional<int> signal) {
  if (!buffer_.empty() || overlong_) buffered_line(false);
  json::Object metadata{{"exit_code", exit_code ? Value(*exit_code) : Value()},
                        {"signal", signal ? Value(*signal) : Value()},
                        {"stderr", standard_error_tail()},
                        {"completed", turn_completed_ || turn_failed_}};
  emit(event::kSessionStop, std::move(metadata), {}, {});
}

void ExecObserver::line(std::string_view bytes, bool terminated) {
  json::ParseResult parsed = json::parse(bytes);
  // The parser lets surrogates pass that are encoded by themselves: ED A0..BF xx is no UTF-8.
  if (!parsed || bytes.find('\xED') != std::string_view::npos) {
    // Python decodes the line with its end, which tells a character that is cut from one that is
    // broken off.
    auto reason = utf8_decode_error(terminated ? std::string(bytes) + "\n" : std::string(bytes));
    if (!reason && !parsed) reason = parsed.error().text();
    if (reason) {
      emit(event::kSessionMalformed, {{"reason", *reason}, {"line", bytes}}, {}, bytes);
      return;
    }
  }
  json::Object* object = parsed.value().object();
  if (object == nullptr) {
    emit(event::kSessionMalformed, {{"reason", "not an object"}, {"line", bytes}}, {}, bytes);
    return;
  }
  const Value* type = object->find("type");
  Value shown = type == nullptr ? Value("unknown") : *type;
  const std::string_view name =
      type == nullptr ? std::string_view() : event_of_wire_type(type->text());
  if (name.empty()) {
    emit(event::kSessionUnknown, {{"type", std::move(shown)}, {"payload", std::move(*object)}}, {},
         bytes);
    return;
  }
  const std::string reason = misfit(name, *object);
  if (!reason.empty()) {
    emit(event::kSessionInvalid,
         {{"type", std::move(shown)}, {"reason", reason}, {"payload", std::move(*object)}}, {},
         bytes);
    return;
  }
  object->erase("type");
  complete(name, *object);
  known(name, std::move(*object), bytes);
}

void ExecObserver::known(std::string_view name, json::Object object, std::string_view bytes) {
  json::Object measurements;
  if (name == event::kThreadStart) {
    if (const Value* id = object.find("thread_id"); id != nullptr && id->is_string()) {
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
  if (const Value* item = object.find("item")) {
    if (const Value* id = item->get("id"); id != nullptr && id->is_string()) {
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
