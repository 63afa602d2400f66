// Which subjects there are, and how this program runs them.
#ifndef CLI_SUBJECTS_H_
#define CLI_SUBJECTS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/runner/runner.h"
#include "harness/subject/hosted_subject.h"
#include "harness/subject/subject.h"
#include "harness/tape/tape.h"
#include "matrix/column.h"

namespace codex::cli {

struct SubjectChoice {
  std::vector<std::string> names;  // as asked for; empty: all that apply
  std::string venv;                // the environment with the clients
  // Further ones, whose clients are driven beside it: columns of their own (matrix/column.h).
  std::vector<std::string> further = {};
};

// Every subject's name: "cpp", "agents", "codex-sdk".
const std::vector<std::string>& subject_names();
// The Python clients, which goldens come from.
const std::vector<std::string>& reference_subjects();
// The one that a tape's goldens come from.
std::string reference_subject(harness::Transport transport);
bool selected(const SubjectChoice& choice, const std::string& name);

// Of the cpp subject.
harness::SubjectInfo cpp_info();
// The PyPI package of a Python client.
std::string package_of(const std::string& subject);
// The version of a package in an environment, as its metadata says; nothing where it has none.
// Asks no Python: of a client that cannot be imported, too.
std::optional<std::string> installed_version(const std::string& venv, const std::string& package);
// Is the client of the subject looked for in this further environment? Not where only another one
// is installed: it is there for that one.
bool is_asked_for(const std::string& venv, const std::string& subject);
// A column per client of each further environment, in the order of `choice.further`; the n-th
// environment is SubjectRun::environment n (from 1). Names are unique: a second client of one
// version is "agents@0.24.0#2".
std::vector<std::vector<matrix::Column>> further_columns(const SubjectChoice& choice);

// The Python client for a transport. Starts nothing until it is used.
std::shared_ptr<harness::HostedSubject> host_of(const std::string& venv,
                                                harness::Transport transport,
                                                std::size_t environment = 0);
// One cpp worker per job; the Python hosts are shared by all jobs. Those of further environments
// come last.
harness::MakeSubjects make_subjects(const SubjectChoice& choice);

}  // namespace codex::cli

#endif  // CLI_SUBJECTS_H_
