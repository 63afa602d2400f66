#include "cli/subjects.h"

#include <algorithm>

#include "cli/places.h"
#include "harness/subject/cpp_subject.h"

namespace codex::cli {

using harness::Transport;

const std::vector<std::string>& subject_names() {
  static const std::vector<std::string> names = {"cpp", "agents", "codex-sdk"};
  return names;
}

const std::vector<std::string>& reference_subjects() {
  static const std::vector<std::string> names = {"agents", "codex-sdk"};
  return names;
}

std::string reference_subject(harness::Transport transport) {
  return transport == harness::Transport::kExec ? "agents" : "codex-sdk";
}

bool selected(const SubjectChoice& choice, const std::string& name) {
  return choice.names.empty() ||
         std::find(choice.names.begin(), choice.names.end(), name) != choice.names.end();
}

std::shared_ptr<harness::HostedSubject> host_of(const std::string& venv, Transport transport) {
  harness::HostOptions options;
  options.subject = reference_subject(transport);
  options.transport = transport;
  options.worker_path = program("codex-telemetry-py-worker");
  // Where there is none the worker says so of this one, and how to make it.
  options.venv = venv.empty() ? ".venv" : venv;
  options.peer_path = program("codex-telemetry-peer");
  return std::make_shared<harness::HostedSubject>(options);
}

harness::MakeSubjects make_subjects(const SubjectChoice& choice) {
  std::vector<std::shared_ptr<harness::Subject>> hosts;
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    if (selected(choice, reference_subject(transport))) {
      hosts.push_back(host_of(choice.venv, transport));
    }
  }
  const bool cpp = selected(choice, "cpp");
  return [hosts, cpp] {
    std::vector<std::shared_ptr<harness::Subject>> subjects;
    if (cpp) {
      harness::CppOptions options;
      options.worker_path = program("codex-telemetry-cpp-worker");
      options.version = CTD_VERSION;
      subjects.push_back(std::make_shared<harness::CppSubject>(options));
    }
    subjects.insert(subjects.end(), hosts.begin(), hosts.end());
    return subjects;
  };
}

}  // namespace codex::cli
