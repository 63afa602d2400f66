// Which subjects there are, and how this program runs them.
#ifndef CLI_SUBJECTS_H_
#define CLI_SUBJECTS_H_

#include <memory>
#include <string>
#include <vector>

#include "harness/runner/runner.h"
#include "harness/subject/hosted_subject.h"
#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::cli {

struct SubjectChoice {
  std::vector<std::string> names;  // as asked for; empty: all that apply
  std::string venv;                // the environment with the clients
};

// Every subject's name: "cpp", "agents", "codex-sdk".
const std::vector<std::string>& subject_names();
// The Python clients, which goldens come from.
const std::vector<std::string>& reference_subjects();
// The one that a tape's goldens come from.
std::string reference_subject(harness::Transport transport);
bool selected(const SubjectChoice& choice, const std::string& name);

// The Python client for a transport. Starts nothing until it is used.
std::shared_ptr<harness::HostedSubject> host_of(const std::string& venv,
                                                harness::Transport transport);
// One cpp worker per job; the Python hosts are shared by all jobs.
harness::MakeSubjects make_subjects(const SubjectChoice& choice);

}  // namespace codex::cli

#endif  // CLI_SUBJECTS_H_
