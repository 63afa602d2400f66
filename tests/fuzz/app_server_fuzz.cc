// The observer of `codex app-server`: lines that begin with ">" come from the client. The same
// events however each line is cut, each as the registry says.
#include <algorithm>
#include <chrono>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/registry.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

std::string events(std::string_view input, Cuts* cuts) {
  Recorded recorded;
  telemetry::AppServerObserver::Options options;
  options.listener = recorded.listener("app-server");
  options.clock = [] { return std::chrono::nanoseconds(0); };
  telemetry::AppServerObserver observer(recorded.hub(), options);
  observer.started({"codex", "app-server"});
  while (!input.empty()) {
    const bool is_client = input.front() == '>';
    if (is_client) input.remove_prefix(1);
    std::string_view line = input.substr(0, std::min(input.find('\n'), input.size() - 1) + 1);
    if (input.empty()) line = {};
    input.remove_prefix(line.size());
    while (!line.empty()) {
      const std::string_view piece = line.substr(0, cuts == nullptr ? line.size() : cuts->next(40));
      line.remove_prefix(piece.size());
      if (is_client) {
        observer.client_output(piece);
      } else {
        observer.standard_output(piece);
      }
    }
  }
  observer.ended(0);
  return recorded.text();
}

void run(std::string_view input) {
  Cuts cuts(input);
  check(events(input, nullptr) == events(input, &cuts), "events do not depend on the cuts");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const char* folder : {"harness/sessions/odd/app-server", "harness/sessions/generated",
                             "harness/sessions/ways"}) {
    for (const std::string& tape : files_of_tree(folder, ".tape.jsonl", 4000))
      all.push_back(both_sides(tape));
  }
  return all;
}

}  // namespace

const Target kAppServer{"app_server", run, seeds};

}  // namespace codex::fuzz
