// Tapes: the first byte says which suffix the file has.
#include <variant>

#include "harness/tape/tape.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  if (input.empty()) return;
  const char kind = input.front();
  input.remove_prefix(1);
  const std::string path = kind == 'x'   ? "a/b.exec.jsonl"
                           : kind == 'l' ? "a/b.jsonl"
                                         : "a/b.tape.jsonl";
  const auto tape = harness::parse_tape(input, path, "a");
  if (!tape) {
    check(kind != 'x', "a raw log replays whatever it holds");
    check(tape.error().file == path && !tape.error().message.empty(),
          "an error names the file and the reason");
    return;
  }
  check(tape->name == "b" && tape->digest.size() == 64, "name and digest");
  std::size_t line = 0;
  std::string out;
  for (const harness::Entry& entry : tape->entries) {
    check(entry.line >= line, "entries stand in the order of their lines");
    line = entry.line;
    check(entry.process <= tape->processes, "an entry's process is one of the tape's");
    if (const auto* bytes = std::get_if<harness::FromCodex>(&entry.what)) out += bytes->bytes;
  }
  check(kind != 'x' || out == input, "a raw log is replayed byte for byte");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const std::string& tape : files_of_tree("harness/sessions", ".tape.jsonl", 3000))
    all.push_back("t" + tape);
  for (const std::string& log : files_of_tree("harness/sessions", ".exec.jsonl", 3000)) {
    all.push_back("x" + log);
    all.push_back("l" + log);
  }
  return all;
}

}  // namespace

const Target kTapes{"tapes", run, seeds};

}  // namespace codex::fuzz
