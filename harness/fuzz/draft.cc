#include "harness/fuzz/draft.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/codex_sdk_profile.h"
#include "codex/telemetry/event.h"
#include "codex/telemetry/event_names.h"
#include "harness/model/base64.h"
#include "harness/model/utf8.h"
#include "harness/tape/raw_log.h"
#include "harness/tape/rpc.h"

namespace codex::harness::fuzz {
namespace {

const char* key_of(Action action) {
  switch (action) {
    case Action::kHeader:
      return "tape";
    case Action::kToCodex:
      return ">";
    case Action::kFromCodex:
      return "<";
    case Action::kRaw:
      return "<raw";
    case Action::kBase64:
      return "<b64";
    case Action::kProcess:
      return "!";
  }
  return "";
}

std::string quoted(std::string_view text) {
  return json::dump(json::Value(text), json::kCompactUnicode);
}

bool answers_turn_start(const Tape& tape, std::size_t index) {
  for (const ResponseId& id : response_ids(tape, index)) {
    const auto& request = std::get<ToCodex>(tape.entries[id.request].what).message;
    const std::string method = rpc_method(request);
    if (method == "turn/start" || method == "review/start") return true;
  }
  return false;
}

// Does the answer to a turn/start come in one write with more? The client's caller then subscribes to
// the turn while its reader goes on.
bool runs_on_after_turn_start(const Tape& tape, std::size_t index) {
  const auto* output = std::get_if<FromCodex>(&tape.entries[index].what);
  if (output == nullptr) return false;
  // One line, as Python's universal newlines have it.
  const std::string_view bytes = output->bytes;
  const std::size_t end = bytes.find_first_of("\r\n");
  if (end == std::string_view::npos || end + 1 == bytes.size() || bytes.substr(end) == "\r\n") {
    return false;
  }
  return answers_turn_start(tape, index);
}

// Does the answer to a turn/start become a line only where the output ends? Its reader ends all turns
// while its caller subscribes to this one.
bool ends_with_turn_start(const Tape& tape, std::size_t index) {
  const auto* output = std::get_if<FromCodex>(&tape.entries[index].what);
  if (output == nullptr || output->bytes.find_first_of("\r\n") != std::string::npos) return false;
  for (std::size_t i = index + 1; i < tape.entries.size(); ++i) {
    if (std::holds_alternative<FromCodex>(tape.entries[i].what)) return false;
  }
  return answers_turn_start(tape, index);
}

// How deep the brackets of a text stand in one another, those in strings not counted.
std::size_t depth_of(std::string_view text) {
  std::size_t deepest = 0;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

// Deeper than this, the frames of whoever calls json.loads decide, and not the client (json.h,
// ParseOptions).
constexpr std::size_t kMostDepth = 870;

bool is_too_deep(const Tape& tape, std::size_t index) {
  const auto* output = std::get_if<FromCodex>(&tape.entries[index].what);
  return output != nullptr && depth_of(output->bytes) > kMostDepth;
}

// Words on stderr that are no UTF-8, behind others: the client's thread has read those by then, or
// not.
bool spoils_stderr(const Tape& tape, std::size_t index) {
  const auto words = [&](std::size_t i) -> std::string_view {
    const auto* event = std::get_if<ProcessEvent>(&tape.entries[i].what);
    return event == nullptr ? std::string_view() : std::string_view(event->stderr_text);
  };
  if (find_invalid_utf8(words(index)) == std::string_view::npos) return false;
  for (std::size_t i = 0; i < index; ++i) {
    if (!words(i).empty()) return true;
  }
  return false;
}

// Do the client's models take these params of a turn/completed?
bool is_readable_end(const json::Value& turn_id, const json::Object& params) {
  using telemetry::CodexSdkProfile;
  bool is_read = false;
  CodexSdkProfile::Listener listener;
  listener.turn_event = [&](const std::string&, std::string_view name, const json::Value&) {
    is_read = is_read || name == telemetry::event::kTurnCompleted;
  };
  CodexSdkProfile::Options options;
  options.scrubbing = telemetry::Scrubbing::off();
  CodexSdkProfile profile(std::move(listener), options);
  const auto write = [&](json::Object message) {
    profile.standard_output(json::dump(json::Value(std::move(message))) + "\n");
  };
  profile.request("start", "turn/start",
                  json::Object{{"threadId", "t"}, {"input", json::Array{}}});
  write({{"id", "start"},
         {"result", json::Object{{"turn", json::Object{{"id", turn_id},
                                                       {"items", json::Array{}},
                                                       {"status", "inProgress"}}}}}});
  write({{"method", "turn/completed"}, {"params", params}});
  return is_read;
}

// Does a turn end in a way that its consumers do not take for an end: unreadably, or once more? What
// they show then follows from who is first: openai_codex/_message_router.py, _TurnSubscription.next,
// raises where nothing more is there yet, and else shows what is.
bool ends_a_turn_oddly(const Tape& tape) {
  bool is_odd = false;
  std::set<std::string> ended;
  telemetry::Hub hub(telemetry::Scrubbing::off());
  hub.attach("", [&](const telemetry::Event& event) {
    if (event.name == telemetry::event::kTurnCompleted) {
      const json::Value* turn = event.metadata.find("turn");
      const json::Value* id = turn == nullptr ? nullptr : turn->get("id");
      is_odd = is_odd || id == nullptr || !ended.emplace(id->text()).second ||
               !is_readable_end(*id, event.metadata);
    } else if (event.name == telemetry::event::kSessionInvalid ||
               event.name == telemetry::event::kSessionUnknown) {
      const json::Value* type = event.metadata.find("type");
      is_odd = is_odd || (type != nullptr && type->text() == "turn/completed");
    }
  });
  telemetry::AppServerObserver observer(hub);
  for (const Entry& entry : tape.entries) {
    if (const auto* output = std::get_if<FromCodex>(&entry.what)) {
      observer.standard_output(output->bytes);
    }
  }
  return is_odd;
}

}  // namespace

std::optional<json::Value> DraftLine::value() const {
  json::ParseResult parsed = json::parse(text);
  if (!parsed) return std::nullopt;
  return std::move(parsed.value());
}

void DraftLine::set_value(const json::Value& value) {
  text = json::dump(value, json::kCompactUnicode);
}

std::string DraftLine::bytes() const {
  if (action == Action::kFromCodex) return text + "\n";
  if (!is_output()) return {};
  const std::optional<json::Value> written = value();
  if (!written) return {};
  if (action == Action::kRaw) return std::string(written->text());
  return base64_decode(written->text()).value_or("");
}

void DraftLine::set_bytes(std::string_view bytes) {
  const bool is_line = !bytes.empty() && bytes.find('\n') == bytes.size() - 1;
  const std::string_view line = bytes.substr(0, bytes.size() - (is_line ? 1 : 0));
  const bool is_text = find_invalid_utf8(bytes) == std::string_view::npos;
  // White space beside the value is no part of it, and would be lost.
  if (is_line && is_text && line == json::strip(line) &&
      line.find('\r') == std::string_view::npos && json::parse(line).ok()) {
    action = Action::kFromCodex;
    text = line;
  } else if (is_text) {
    action = Action::kRaw;
    text = quoted(bytes);
  } else {
    action = Action::kBase64;
    text = quoted(base64_encode(bytes));
  }
}

std::string Draft::text(std::string_view title) const {
  json::Object header;
  header.append("tape", 1);
  header.append("transport", transport == Transport::kExec ? "exec" : "app-server");
  if (!title.empty()) header.append("title", std::string(title));
  if (!driver.empty()) header.append("driver", driver);
  std::string out = json::dump(json::Value(std::move(header)), json::kCompactUnicode) + "\n";
  for (const DraftLine& line : lines) {
    out += "{\"" + std::string(key_of(line.action)) + "\":" + line.text;
    if (line.process) out += ",\"p\":" + std::to_string(*line.process);
    out += "}\n";
  }
  return out;
}

bool is_playable(const Draft& draft) {
  if (draft.lines.empty() || draft.lines.front().action != Action::kToCodex) return false;
  const Result<Tape> tape = parse_tape(draft.text(), "draft.tape.jsonl", "");
  if (!tape) return false;
  if (tape.value().transport == Transport::kExec) return true;
  if (ends_a_turn_oddly(tape.value())) return false;
  for (std::size_t i = 0; i < tape.value().entries.size(); ++i) {
    if (runs_on_after_turn_start(tape.value(), i)) return false;
    if (ends_with_turn_start(tape.value(), i)) return false;
    if (is_too_deep(tape.value(), i) || spoils_stderr(tape.value(), i)) return false;
  }
  return true;
}

Result<Draft> read_draft(std::string_view bytes, const std::string& path) {
  if (is_raw_log(bytes, path)) return Error{.message = "a raw log has no `>`", .file = path};
  const Result<Tape> tape = parse_tape(bytes, path, "");
  if (!tape) return tape.error();
  Draft draft;
  draft.transport = tape.value().transport;
  for (const TextLine& each : split_lines(bytes)) {
    Result<ParsedLine> line = parse_line(each);
    if (!line) return line.error();
    if (line->action == Action::kHeader) {
      const json::Value* driver = line->value.get("driver");
      if (driver != nullptr && driver->is_object()) draft.driver = *driver->object();
      continue;
    }
    draft.lines.push_back({line->action, std::string(line->slice), line->process});
  }
  return draft;
}

}  // namespace codex::harness::fuzz
