// Tapes, runs and lanes in the short form that tests want.
#ifndef TESTS_SUPPORT_HOSTED_H_
#define TESTS_SUPPORT_HOSTED_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::test {

// A tape in memory, path "t.tape.jsonl"; fails the test where it can't be read.
harness::Tape tape_of(const std::string& text);
// `>` of ["exec","-"].
std::string start_line(const std::string& input = "hi");
// A header whose driver has one message step for each of these, and what else is given.
std::string header_line(const std::vector<std::string>& messages,
                        const std::string& more_driver = "");

harness::SubjectRun run(harness::Subject& subject, const harness::Tape& tape,
                        double timeout_seconds = 5);

// What was observed in the lane, "NAME DATA" each, data as compact JSON.
std::vector<std::string> lane(const harness::SubjectRun& run, std::string_view lane);
// The pid that every fake session tells first; 0 where it told none.
pid_t session_pid(const harness::SubjectRun& run);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_HOSTED_H_
