// Mutation tests of the harness: what a side shows is changed at one place, and the verdict must say
// so, and where.
//
// The sessions run once, with the real client and the real C++ worker. Each mutant then goes the way
// of `replay` (cli::run_job, matrix::build_report): runs with one change, normalized, judged against
// the golden.
//
//   python   what the client showed, changed between its worker and normalization
//   cpp      what C++ emits, changed in a build of its worker that has a hook (edited_cpp_worker.cc)
//   golden   a value or an observation of the golden, its footer made anew
//   header   a value of the golden's header
//   bytes    one byte of the golden's file
//   tape     a value of a line of the tape, which cpp reads
//   driver   a value of the tape's driver
#ifndef TESTS_MUTATIONS_MUTATION_BENCH_H_
#define TESTS_MUTATIONS_MUTATION_BENCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/session_job.h"
#include "harness/subject/cpp_subject.h"
#include "tests/mutations/edit_draw.h"
#include "tests/support/temp_folder.h"

namespace codex::test {

struct MutantResult {
  std::string side;  // see above
  std::string session;
  std::string channel;  // of the observation; of a tape and a header: "file"
  std::string kind;     // of the change
  std::string lane, name;
  std::string place;    // JSON pointer, in the observation or in the line
  std::string verdict;  // "unreadable" where the file is refused
  bool red = false;     // the run's exit status is 1, or 2 for a file that is refused
  std::string told;     // what names the place: a path, "observation", a note; empty: nothing does
  std::string hidden_by;  // of one that is not red: the rule; "nothing" where no rule says so
};
json::Value to_json(const MutantResult& result);
// What is recorded of a hidden change: {"rule","channel","place"}, the place with "*" for indices;
// one line of data/hidden.jsonl.
std::string hidden_line(const MutantResult& result);

class MutationBench {
 public:
  struct Programs {
    std::string cpp_worker, edited_cpp_worker, py_worker, peer;
    std::string venv;
  };
  // The sessions run here. `tapes` have goldens in the folder `goldens`.
  MutationBench(const cli::JobData& data, std::vector<harness::Tape> tapes, std::string goldens,
                const Programs& programs);

  // The sessions that do not match as they are, which have no mutants.
  const std::vector<std::string>& left_out() const { return left_out_; }
  std::size_t sessions() const { return cases_.size(); }

  // `count` mutants of a side, by turns of every channel that it has. The same seed, the same mutants.
  std::vector<MutantResult> run(const std::string& side, std::size_t count, std::uint64_t seed);

 private:
  struct Case {
    harness::Tape tape;
    std::vector<harness::SubjectRun> runs;  // cpp, then the client
    cli::SessionOutcome outcome;            // of these
    std::string golden_text;
  };
  cli::SessionOutcome judge(const harness::Tape& tape,
                            const std::vector<std::shared_ptr<harness::Subject>>& subjects,
                            const std::string& goldens, bool& unreadable, std::string& why) const;
  std::vector<std::shared_ptr<harness::Subject>> recorded(const Case& one, bool cpp,
                                                          bool python) const;
  std::map<std::string, std::vector<const Case*>> by_channel(bool cpp) const;

  MutantResult of_observation(const Case& one, const DrawnEdit& drawn, bool cpp);
  MutantResult of_golden(const Case& one, const DrawnEdit& drawn) const;
  MutantResult of_golden_text(const Case& one, const std::string& side, const std::string& text,
                              const ValueChange& change) const;
  MutantResult of_tape(const Case& one, const std::string& side, const std::string& text,
                       const ValueChange& change);
  std::optional<MutantResult> draw_file(const std::string& side, Draw& draw);
  static void tell_place(const cli::SessionOutcome& outcome, const std::string& lane,
                         MutantResult& result);
  std::string hiding_rule(const Case& one, const cli::SessionOutcome& outcome,
                          const std::string& subject, const std::string& lane,
                          const DrawnEdit& drawn, const MutantResult& result) const;

  const cli::JobData& data_;
  const std::string goldens_;
  const TempFolder folder_;
  std::vector<Case> cases_;
  std::vector<std::string> left_out_;
  harness::CppSubject cpp_;         // as it is
  harness::CppSubject edited_cpp_;  // with the hook
};

}  // namespace codex::test

#endif  // TESTS_MUTATIONS_MUTATION_BENCH_H_
