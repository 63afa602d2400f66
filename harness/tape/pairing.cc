#include "harness/tape/pairing.h"

#include <algorithm>

namespace codex::harness {
namespace {

constexpr std::string_view kSchemaFlag = "--output-schema";

bool is_schema_file(std::string_view path) {
  const std::size_t folder = path.find("/codex-output-schema");
  return folder != std::string_view::npos && path.ends_with("/schema.json");
}

bool is_taken(const std::vector<std::size_t>& taken, std::size_t index) {
  return std::find(taken.begin(), taken.end(), index) != taken.end();
}

std::vector<std::string> taped_argv(const json::Value& message) {
  std::vector<std::string> out;
  const json::Value* argv = message.get("argv");
  if (argv != nullptr && argv->is_array()) {
    for (const json::Value& word : *argv->array()) out.emplace_back(word.text());
  }
  return out;
}

std::string shown(const std::vector<std::string>& argv) {
  return json::dump(json::Value(json::Array(argv.begin(), argv.end())), json::kCompactUnicode);
}

}  // namespace

bool same_argv(const std::vector<std::string>& used, const std::vector<std::string>& taped) {
  if (used.size() != taped.size()) return false;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] == taped[i]) continue;
    const bool schema = i > 0 && used[i - 1] == kSchemaFlag && is_schema_file(used[i]) &&
                        is_schema_file(taped[i]);
    if (!schema) return false;
  }
  return true;
}

std::optional<std::size_t> pair_process(const Tape& tape, const std::vector<std::size_t>& taken,
                                        const std::vector<std::string>& argv,
                                        std::string_view standard_input) {
  if (tape.raw) return is_taken(taken, kRawProcess) ? std::nullopt : std::optional(kRawProcess);
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    const auto* start = std::get_if<ToCodex>(&tape.entries[i].what);
    if (start == nullptr || is_taken(taken, i)) continue;
    if (!same_argv(argv, taped_argv(start->message))) continue;
    const json::Value* text = start->message.get("stdin");
    if (text != nullptr && text->text() == standard_input) return i;
    if (!first) first = i;
  }
  return first;
}

std::size_t unpaired_line(const Tape& tape, const std::vector<std::size_t>& taken) {
  std::size_t last = tape.raw ? 1 : 0;
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    if (!std::holds_alternative<ToCodex>(tape.entries[i].what)) continue;
    last = tape.entries[i].line;
    if (!is_taken(taken, i)) return last;
  }
  return last;
}

std::string unpaired_reason(const Tape& tape, const std::vector<std::size_t>& taken,
                            const std::vector<std::string>& argv) {
  const std::string place = tape.path + ":" + std::to_string(unpaired_line(tape, taken)) + ": ";
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    const auto* start = std::get_if<ToCodex>(&tape.entries[i].what);
    if (start == nullptr || is_taken(taken, i)) continue;
    return place + "the client started codex with " + shown(argv) + ", the tape has " +
           shown(taped_argv(start->message));
  }
  return place + "the client started codex once more, with " + shown(argv) +
         ", than the tape has processes";
}

}  // namespace codex::harness
