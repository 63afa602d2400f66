// `codex-telemetry-cpp-worker` with a hook between what C++ emits and what is sent: a test build.
//
// The hook does to a session's observations what the file beside this program says, PROGRAM.edit:
// {"session":NAME,"edit":{…}} (tests/mutations/observation_edit.h). Other sessions stay as they are.
#include <fcntl.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "harness/agent_run/cpp_session.h"
#include "harness/sdk_run/sdk_session.h"
#include "harness/worker/serve.h"
#include "tests/mutations/observation_edit.h"

namespace {

using codex::harness::Observation;
using codex::harness::Tape;

constexpr int kControl = 3;

void apply_file(const std::string& path, const std::string& session,
                std::vector<Observation>& observations) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const codex::json::ParseResult parsed = codex::json::parse(text);
  if (!parsed || parsed.value().get("session")->text() != session) return;
  codex::test::apply(codex::test::edit_from_json(*parsed.value().get("edit")), observations);
}

}  // namespace

int main(int, char** argv) {
  ::fcntl(kControl, F_SETFD, FD_CLOEXEC);
  ::signal(SIGPIPE, SIG_IGN);
  const std::string edits = std::string(argv[0]) + ".edit";
  return codex::harness::serve(
      kControl, [&](const Tape& tape, std::chrono::milliseconds patience,
                    const std::function<void(const Observation&)>& emit,
                    codex::json::Value& extra) {
        std::vector<Observation> observations;
        const auto keep = [&](const Observation& shown) { observations.push_back(shown); };
        if (tape.transport == codex::harness::Transport::kExec) {
          codex::harness::run_cpp_session(tape, patience, keep, extra);
        } else {
          codex::harness::run_sdk_session(tape, keep, extra);
        }
        apply_file(edits, tape.name, observations);
        for (const Observation& each : observations) emit(each);
      });
}
