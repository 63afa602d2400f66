// The observer of `codex exec`: the same events however its output is cut, each as the registry
// says.
#include <algorithm>

#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/registry.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

// Reading as the pipe gives it. The first byte says how the process ends; what stands behind the
// first NUL goes to stderr.
std::string events(std::string_view input, Cuts* cuts) {
  Recorded recorded;
  telemetry::ExecObserver::Options options;
  options.listener = recorded.listener("exec");
  telemetry::ExecObserver observer(recorded.hub(), options);
  observer.started({"codex", "exec"}, "hello");
  const char end = input.front();
  input.remove_prefix(1);
  const std::size_t split = std::min(input.find('\0'), input.size());
  std::string_view out = input.substr(0, split);
  std::string_view err = input.substr(split);
  while (!out.empty() || !err.empty()) {
    for (std::string_view* bytes : {&out, &err}) {
      const std::size_t size = cuts == nullptr ? bytes->size() : cuts->next(40);
      const std::string_view piece = bytes->substr(0, size);
      bytes->remove_prefix(piece.size());
      if (bytes == &out) {
        observer.standard_output(piece);
      } else {
        observer.standard_error(piece);
      }
    }
  }
  if (end == 's') {
    observer.ended(std::nullopt, 9);
  } else {
    observer.ended(end & 3);
  }
  return recorded.text();
}

void run(std::string_view input) {
  if (input.empty()) return;
  Cuts cuts(input);
  check(events(input, nullptr) == events(input, &cuts), "events do not depend on the cuts");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const char* ending : {".exec.jsonl", "-exec.tape.jsonl"}) {
    for (const std::string& tape : files_of_tree("harness/sessions", ending, 3000))
      all.push_back("0" + codex_side(tape));
  }
  for (const std::string& tape : files_of_tree("harness/sessions/odd/exec", ".jsonl", 3000))
    all.push_back("s" + codex_side(tape));
  return all;
}

}  // namespace

const Target kExec{"exec", run, seeds};

}  // namespace codex::fuzz
