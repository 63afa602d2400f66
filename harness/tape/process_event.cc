#include "harness/tape/process_event.h"

#include <csignal>
#include <optional>
#include <string>

#include "harness/tape/line.h"

namespace codex::harness {
namespace {

constexpr double kLongestSleepMs = 3600 * 1000;

Error wrong_type(std::string_view key, std::string_view what, const json::Value& value) {
  return {.message = "\"" + std::string(key) + "\" is not " + std::string(what) + ": " +
                     json::dump(value)};
}

std::optional<Error> read_member(const std::string& key, const json::Value& value,
                                 ProcessEvent& event) {
  const std::optional<std::int64_t> number = value.as_int64();
  if (key == "exit") {
    if (!number || *number < 0 || *number > 255)
      return wrong_type(key, "a status, 0 to 255", value);
    event.exit = static_cast<int>(*number);
  } else if (key == "signal") {
    if (!number || *number < 1 || *number > SIGRTMAX) {
      return wrong_type(key, "the number of a signal", value);
    }
    event.signal = static_cast<int>(*number);
  } else if (key == "sleep_ms") {
    event.sleep_ms = number_of(value);
    if (!event.sleep_ms || !(*event.sleep_ms >= 0 && *event.sleep_ms <= kLongestSleepMs)) {
      return wrong_type(key, "a time in milliseconds, an hour at most", value);
    }
  } else if (key == "stderr") {
    if (!value.is_string()) return wrong_type(key, "a string", value);
    event.stderr_text = value.text();
  } else {
    if (value.boolean() == nullptr || !*value.boolean()) return wrong_type(key, "true", value);
    (key == "eof" ? event.eof : event.stall) = true;
  }
  return std::nullopt;
}

}  // namespace

Result<ProcessEvent> read_process_event(const json::Value& value) {
  if (!value.is_object()) return Error{.message = "\"!\" is not an object"};
  const json::Object& object = *value.object();
  if (auto wrong =
          check_keys(object, "\"!\"", {"exit", "signal", "stderr", "eof", "sleep_ms", "stall"})) {
    return *wrong;
  }
  ProcessEvent event;
  for (const auto& [key, member] : object) {
    if (auto wrong = read_member(key, member, event)) return *wrong;
  }
  const int ends = (event.exit ? 1 : 0) + (event.signal ? 1 : 0);
  const int others = (event.sleep_ms ? 1 : 0) + (event.eof ? 1 : 0) + (event.stall ? 1 : 0);
  const bool has_stderr = object.find("stderr") != nullptr;
  if (ends + others > 1 || (others > 0 && has_stderr)) {
    return Error{.message = "\"!\" says several things at once",
                 .hint = "only \"stderr\" may come with \"exit\" or \"signal\""};
  }
  if (ends + others == 0 && !has_stderr) return Error{.message = "\"!\" says nothing"};
  return event;
}

}  // namespace codex::harness
