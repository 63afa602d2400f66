#include "cli/subjects.h"

#include <algorithm>

#include "cli/places.h"
#include "harness/subject/cpp_subject.h"
#include "harness/subject/hosted_subject.h"

namespace codex::cli {
namespace {

using harness::Transport;

// A Python client; nothing where it was not asked for.
std::shared_ptr<harness::Subject> host_of(const SubjectChoice& choice, Transport transport) {
  harness::HostOptions options;
  options.subject = reference_subject(transport);
  options.transport = transport;
  if (!selected(choice, options.subject)) return nullptr;
  options.worker_path = program("codex-telemetry-py-worker");
  // Where there is none the worker says so of this one, and how to make it.
  options.venv = choice.venv.empty() ? ".venv" : choice.venv;
  options.peer_path = program("codex-telemetry-peer");
  return std::make_shared<harness::HostedSubject>(options);
}

}  // namespace

const std::vector<std::string>& subject_names() {
  static const std::vector<std::string> names = {"cpp", "agents", "codex-sdk"};
  return names;
}

std::vector<std::string> reference_subjects() {
  std::vector<std::string> names = subject_names();
  std::erase(names, "cpp");
  return names;
}

std::string reference_subject(harness::Transport transport) {
  return transport == harness::Transport::kExec ? "agents" : "codex-sdk";
}

bool selected(const SubjectChoice& choice, const std::string& name) {
  return choice.names.empty() ||
         std::find(choice.names.begin(), choice.names.end(), name) != choice.names.end();
}

harness::MakeSubjects make_subjects(const SubjectChoice& choice) {
  const std::shared_ptr<harness::Subject> agents = host_of(choice, Transport::kExec);
  const std::shared_ptr<harness::Subject> codex_sdk = host_of(choice, Transport::kAppServer);
  const bool cpp = selected(choice, "cpp");
  return [agents, codex_sdk, cpp] {
    std::vector<std::shared_ptr<harness::Subject>> subjects;
    if (cpp) {
      harness::CppOptions options;
      options.worker_path = program("codex-telemetry-cpp-worker");
      options.version = CTD_VERSION;
      subjects.push_back(std::make_shared<harness::CppSubject>(options));
    }
    if (agents) subjects.push_back(agents);
    if (codex_sdk) subjects.push_back(codex_sdk);
    return subjects;
  };
}

}  // namespace codex::cli
