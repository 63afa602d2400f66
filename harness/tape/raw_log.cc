#include "harness/tape/raw_log.h"

#include <string>
#include <utility>

#include "harness/tape/driver.h"
#include "harness/tape/line.h"

namespace codex::harness {
namespace {

constexpr std::string_view kSuffix = ".exec.jsonl";

// codex exec itself exits 1 after turn.failed.
int exit_status(std::string_view last_line) {
  const json::ParseResult parsed = json::parse(last_line);
  if (!parsed) return 0;
  const json::Value* type = parsed.value().get("type");
  return type != nullptr && type->text() == "turn.failed" ? 1 : 0;
}

}  // namespace

bool is_raw_log(std::string_view bytes, std::string_view path) {
  if (path.ends_with(kSuffix)) return true;
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = bytes.substr(begin);
  const json::ParseResult first = json::parse(rest.substr(0, rest.find('\n')));
  if (!first || first.value().get("type") == nullptr) return false;
  for (const char* key : {"tape", ">", "<", "<raw", "<b64", "!"}) {
    if (first.value().get(key) != nullptr) return false;
  }
  return true;
}

Result<Tape> read_raw_log(std::string_view bytes) {
  Tape tape;
  tape.raw = true;
  tape.processes = 1;
  Result<json::Value> driver = complete_driver({}, Transport::kExec);
  if (!driver) return driver.error();
  tape.driver = std::move(driver.value());

  std::string_view last_line;
  std::size_t number = 0;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view line =
        bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
    bytes.remove_prefix(line.size());
    if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) last_line = line;
    Entry entry;
    entry.line = ++number;
    entry.process = 1;
    entry.what = FromCodex{std::string(line)};
    tape.entries.push_back(std::move(entry));
  }
  Entry exit;
  exit.line = number == 0 ? 1 : number;
  exit.process = 1;
  exit.what = ProcessEvent{.exit = exit_status(last_line)};
  tape.entries.push_back(std::move(exit));
  return tape;
}

}  // namespace codex::harness
