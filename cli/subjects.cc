#include "cli/subjects.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>

#include "cli/places.h"
#include "harness/subject/cpp_subject.h"

namespace codex::cli {
namespace {

harness::CppOptions cpp_options() {
  harness::CppOptions options;
  options.worker_path = program("codex-telemetry-cpp-worker");
  options.version = CTD_VERSION;
  return options;
}

}  // namespace

using harness::Transport;

harness::SubjectInfo cpp_info() { return harness::CppSubject(cpp_options()).info(); }

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

std::string package_of(const std::string& subject) {
  return subject == "agents" ? "openai-agents" : "openai-codex";
}

std::optional<std::string> installed_version(const std::string& venv, const std::string& package) {
  namespace fs = std::filesystem;
  // lib/python3.11/site-packages/openai_agents-0.24.0.dist-info
  std::string start = package + "-";
  std::replace(start.begin(), start.end() - 1, '-', '_');
  constexpr std::string_view kEnd = ".dist-info";
  std::error_code error;
  for (const auto& python : fs::directory_iterator(fs::path(venv) / "lib", error)) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(python.path() / "site-packages", none)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(start) && name.ends_with(kEnd)) {
        return name.substr(start.size(), name.size() - start.size() - kEnd.size());
      }
    }
  }
  return std::nullopt;
}

bool is_asked_for(const std::string& venv, const std::string& subject) {
  if (installed_version(venv, package_of(subject))) return true;
  return std::none_of(
      reference_subjects().begin(), reference_subjects().end(),
      [&](const std::string& each) { return installed_version(venv, package_of(each)).has_value(); });
}

std::vector<std::vector<matrix::Column>> further_columns(const SubjectChoice& choice) {
  std::vector<std::vector<matrix::Column>> all;
  std::map<std::string, int> seen;
  for (const std::string& subject : reference_subjects()) {
    const auto version = installed_version(choice.venv, package_of(subject));
    if (version) ++seen[subject + "@" + *version];
  }
  for (const std::string& venv : choice.further) {
    std::vector<matrix::Column>& columns = all.emplace_back();
    for (const std::string& subject : reference_subjects()) {
      if (!selected(choice, subject) || !is_asked_for(venv, subject)) continue;
      matrix::Column column;
      column.subject = subject;
      column.package = package_of(subject);
      column.version = installed_version(venv, column.package).value_or("none");
      column.further = true;
      column.name = subject + "@" + column.version;
      const int times = ++seen[column.name];
      if (times > 1) column.name += "#" + std::to_string(times);
      columns.push_back(std::move(column));
    }
  }
  return all;
}

std::shared_ptr<harness::HostedSubject> host_of(const std::string& venv, Transport transport,
                                                std::size_t environment) {
  harness::HostOptions options;
  options.environment = environment;
  options.subject = reference_subject(transport);
  options.transport = transport;
  options.worker_path = program("codex-telemetry-py-worker");
  // Where there is none the worker says so of this one, and how to make it.
  options.venv = venv.empty() ? ".venv" : venv;
  options.peer_path = program("codex-telemetry-peer");
  // The imports take three seconds of a processor; a machine that has too much to do may have none.
  options.start_timeout = std::chrono::seconds(240);
  return std::make_shared<harness::HostedSubject>(options);
}

harness::MakeSubjects make_subjects(const SubjectChoice& choice) {
  std::vector<std::shared_ptr<harness::Subject>> hosts;
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    if (selected(choice, reference_subject(transport))) {
      hosts.push_back(host_of(choice.venv, transport));
    }
  }
  for (std::size_t i = 0; i < choice.further.size(); ++i) {
    for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
      const std::string subject = reference_subject(transport);
      if (!selected(choice, subject) || !is_asked_for(choice.further[i], subject)) continue;
      hosts.push_back(host_of(choice.further[i], transport, i + 1));
    }
  }
  const bool cpp = selected(choice, "cpp");
  return [hosts, cpp] {
    std::vector<std::shared_ptr<harness::Subject>> subjects;
    if (cpp) subjects.push_back(std::make_shared<harness::CppSubject>(cpp_options()));
    subjects.insert(subjects.end(), hosts.begin(), hosts.end());
    return subjects;
  };
}

}  // namespace codex::cli
