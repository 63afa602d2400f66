#include "codex/telemetry/exec_observer.h"

#include <cstring>
#include <utility>

#include "codex/telemetry/event_names.h"
#include "codex_items.h"
#include "hub_internals.h"
#include "pipe_text.h"
#include "python_utf8.h"
#include "scratch.h"

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

// True: whatever stands in the line, it is none of those that an observer remembers, which are of
// threads and turns. An escape may stand for a letter of their names.
bool tells_of_items_alone(std::string_view line) {
  const auto holds = [line](std::string_view text) {
    return memmem(line.data(), line.size(), text.data(), text.size()) != nullptr;
  };
  return !holds("turn.") && !holds("thread.") && !holds("\\u");
}

void measure_usage(const Value* usage, json::Object& measurements) {
  if (usage == nullptr || !usage->is_object()) return;
  for (const auto& [key, value] : *usage->object()) {
    if (value.integer() != nullptr && key != "duration") measurements.set(key, value);
  }
}

}  // namespace

struct ExecObserver::Pipes {
  LineCutter output;
  TextTail errors;
};

ExecObserver::ExecObserver(Hub& hub, Options options)
    : hub_(hub),
      options_(std::move(options)),
      correlation_(options_.correlation),
      pipes_(new Pipes{LineCutter(options_.max_line), TextTail(options_.max_stderr)}) {}

ExecObserver::~ExecObserver() = default;

void ExecObserver::started(const std::vector<std::string>& argv, std::string_view standard_input) {
  json::Array arguments(argv.begin(), argv.end());
  emit(event::kSessionStart,
       {{"transport", "exec"}, {"argv", std::move(arguments)}, {"stdin", standard_input}}, {}, {});
}

void ExecObserver::standard_output(std::string_view bytes) {
  pipes_->output.feed(
      bytes, [this](std::string_view text, bool whole) { line(text, whole, true); });
}

void ExecObserver::standard_error(std::string_view bytes) { pipes_->errors.add(bytes); }

void ExecObserver::ended(std::optional<int> exit_code, std::optional<int> signal) {
  pipes_->output.end([this](std::string_view text, bool whole) { line(text, whole, false); });
  json::Object metadata{{"exit_code", exit_code ? Value(*exit_code) : Value()},
                        {"signal", signal ? Value(*signal) : Value()},
                        {"stderr", pipes_->errors.text()},
                        {"completed", turn_completed_ || turn_failed_}};
  emit(event::kSessionStop, std::move(metadata), {}, {});
}

void ExecObserver::line(std::string_view bytes, bool whole, bool terminated) {
  if (!options_.listener && !hub_.active() && tells_of_items_alone(bytes)) return;
  if (!whole) {
    emit(event::kSessionMalformed, {{"reason", kLineTooLong}, {"line", bytes}}, {}, bytes);
    return;
  }
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
  if (!options_.listener) {
    if (!hub_.active()) return;
    Scratch<Event> used_again;  // with the ids of the event before, whose memory serves these
    used_again->name = name;
    used_again->measurements = std::move(measurements);
    used_again->metadata = std::move(metadata);
    used_again->correlation = correlation_;
    used_again->time = std::chrono::system_clock::now();
    HubInternals::emit(hub_, *used_again);
    return;
  }
  const Event event{name, std::move(measurements), std::move(metadata), correlation_,
                    std::chrono::system_clock::now()};
  hub_.emit(event);
  try {
    options_.listener(event, line);
  } catch (...) {  // a listener's failure is its own
  }
}

}  // namespace codex::telemetry
