// Which subjects there are, and how this program runs them.
#ifndef CLI_SUBJECTS_H_
#define CLI_SUBJECTS_H_

#include <memory>
#include <string>
#include <vector>

#include "harness/runner/runner.h"
#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::cli {

struct SubjectChoice {
  std::vector<std::string> names;  // as asked for; empty: all that apply
  std::string venv;                // the environment with the clients
};

// Every subject's name: "cpp", "agents", "codex-sdk".
const std::vector<std::string>& subject_names();
// Those that goldens come from: all but "cpp".
std::vector<std::string> reference_subjects();
// The Python client that a tape's goldens come from.
std::string reference_subject(harness::Transport transport);
bool selected(const SubjectChoice& choice, const std::string& name);

// One cpp worker per job; the Python hosts are shared by all jobs.
harness::MakeSubjects make_subjects(const SubjectChoice& choice);

}  // namespace codex::cli

#endif  // CLI_SUBJECTS_H_
