#include "cli/subjects.h"

#include <algorithm>

#include "cli/places.h"
#include "harness/subject/cpp_subject.h"
#include "harness/subject/hosted_subject.h"

namespace codex::cli {

const std::vector<std::string>& subject_names() {
  static const std::vector<std::string> names = {"cpp", "agents"};
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
  std::shared_ptr<harness::Subject> agents;
  if (selected(choice, "agents")) {
    harness::HostOptions options;
    options.subject = "agents";
    options.worker_path = program("codex-telemetry-py-worker");
    // Where there is none the worker says so of this one, and how to make it.
    options.venv = choice.venv.empty() ? ".venv" : choice.venv;
    options.peer_path = program("codex-telemetry-peer");
    agents = std::make_shared<harness::HostedSubject>(options);
  }
  const bool cpp = selected(choice, "cpp");
  return [agents, cpp] {
    std::vector<std::shared_ptr<harness::Subject>> subjects;
    if (cpp) {
      harness::CppOptions options;
      options.worker_path = program("codex-telemetry-cpp-worker");
      options.version = CTD_VERSION;
      subjects.push_back(std::make_shared<harness::CppSubject>(options));
    }
    if (agents) subjects.push_back(agents);
    return subjects;
  };
}

}  // namespace codex::cli
