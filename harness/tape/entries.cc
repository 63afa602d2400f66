#include "harness/tape/entries.h"

#include <utility>

#include "harness/model/base64.h"
#include "harness/tape/process_event.h"

namespace codex::harness {
namespace {

bool is_json_rpc(const json::Value& value) {
  return value.get("method") != nullptr || value.get("id") != nullptr;
}

std::optional<Error> check_argv(const json::Value& message) {
  if (auto wrong = check_keys(*message.object(), "\">\"", {"argv", "stdin"})) return wrong;
  const json::Value* argv = message.get("argv");
  if (!argv->is_array()) return Error{.message = "\"argv\" is not a list of strings"};
  for (const json::Value& argument : *argv->array()) {
    if (!argument.is_string()) return Error{.message = "\"argv\" is not a list of strings"};
  }
  const json::Value* input = message.get("stdin");
  if (input != nullptr && !input->is_string()) return Error{.message = "\"stdin\" is not a string"};
  return std::nullopt;
}

// The bytes of `<`, `<raw` and `<b64`.
Result<FromCodex> output_of(const ParsedLine& line) {
  if (line.action == Action::kFromCodex) return FromCodex{std::string(line.slice) + "\n"};
  const bool is_raw = line.action == Action::kRaw;
  if (!line.value.is_string()) {
    return Error{.message = std::string(is_raw ? "\"<raw\"" : "\"<b64\"") + " is not a string"};
  }
  if (is_raw) return FromCodex{std::string(line.value.text())};
  std::optional<std::string> bytes = base64_decode(line.value.text());
  if (!bytes) {
    return Error{.message = "\"<b64\" is not base64",
                 .hint = "the standard alphabet, with its padding"};
  }
  return FromCodex{std::move(*bytes)};
}

}  // namespace

std::optional<Transport> transport_of(const ParsedLine& line) {
  if (line.action == Action::kToCodex && line.value.get("argv") != nullptr) {
    return Transport::kExec;
  }
  if ((line.action == Action::kToCodex || line.action == Action::kFromCodex) &&
      is_json_rpc(line.value)) {
    return Transport::kAppServer;
  }
  return std::nullopt;
}

std::optional<Error> EntryBuilder::check_to_codex(const ParsedLine& line) const {
  if (!line.value.is_object()) return Error{.message = "\">\" is not an object"};
  const bool has_argv = line.value.get("argv") != nullptr;
  if (!is_exec()) {
    if (line.process) return Error{.message = "\"p\" belongs to tapes of exec"};
    if (!has_argv) return std::nullopt;
    return Error{.message = "\">\" with argv in a tape of app-server",
                 .hint = "a tape has one transport"};
  }
  if (has_argv) {
    if (line.process && *line.process != processes_.size() + 1) {
      return Error{.message = "\"p\" of this \">\" is " + std::to_string(*line.process) +
                              ", but it starts process " + std::to_string(processes_.size() + 1)};
    }
    return check_argv(line.value);
  }
  if (is_json_rpc(line.value)) {
    return Error{.message = "\">\" with JSON-RPC in a tape of exec",
                 .hint = "a tape has one transport"};
  }
  return Error{.message = "\">\" without argv",
               .hint = "in a tape of exec it is {\"argv\":[…],\"stdin\":\"…\"}"};
}

Result<std::size_t> EntryBuilder::process_of(const ParsedLine& line) const {
  if (!is_exec()) {
    if (line.process) return Error{.message = "\"p\" belongs to tapes of exec"};
    return std::size_t{0};
  }
  if (processes_.empty()) {
    return Error{.message = "codex does something before any \">\" has started it"};
  }
  if (!line.process) return processes_.size();
  if (*line.process <= processes_.size()) return *line.process;
  return Error{.message = "\"p\" is " + std::to_string(*line.process) + ", but only " +
                          std::to_string(processes_.size()) +
                          (processes_.size() == 1 ? " process was" : " processes were") +
                          " started so far"};
}

// What may still come from the process, and what this entry ends.
std::optional<Error> EntryBuilder::follow(const Entry& entry, bool is_output) {
  Process& process = is_exec() ? processes_[entry.process - 1] : server_;
  if (process.ended_line != 0) {
    return Error{.message = "the process has " + std::string(process.ended_by) + " in line " +
                            std::to_string(process.ended_line) + ", nothing can follow from it"};
  }
  if (is_output) {
    if (process.eof_line == 0) return std::nullopt;
    return Error{.message = "the process has closed its output in line " +
                            std::to_string(process.eof_line)};
  }
  const auto& event = std::get<ProcessEvent>(entry.what);
  if (event.exit) process.ended_by = "exited";
  if (event.signal) process.ended_by = "died";
  if (event.stall) process.ended_by = "stalled";
  if (!process.ended_by.empty()) process.ended_line = entry.line;
  if (event.eof) process.eof_line = entry.line;
  return std::nullopt;
}

Result<Entry> EntryBuilder::add(ParsedLine line, std::size_t number) {
  Entry entry;
  entry.line = number;
  entry.at_ms = line.at_ms;
  if (line.action == Action::kToCodex) {
    if (auto wrong = check_to_codex(line)) return *wrong;
    if (is_exec()) processes_.emplace_back();
    entry.process = processes_.size();
    entry.what = ToCodex{std::move(line.value)};
    return entry;
  }
  const Result<std::size_t> process = process_of(line);
  if (!process) return process.error();
  entry.process = process.value();
  const bool is_output = line.action != Action::kProcess;
  if (is_output) {
    Result<FromCodex> output = output_of(line);
    if (!output) return output.error();
    entry.what = std::move(output.value());
  } else {
    Result<ProcessEvent> event = read_process_event(line.value);
    if (!event) return event.error();
    entry.what = std::move(event.value());
  }
  if (auto wrong = follow(entry, is_output)) return *wrong;
  return entry;
}

}  // namespace codex::harness
