// What the tests of normalization share: small tapes, runs and spans.
#ifndef TESTS_HARNESS_NORMALIZE_SUPPORT_H_
#define TESTS_HARNESS_NORMALIZE_SUPPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "harness/normalize/normalize.h"

namespace codex::harness {

json::Value parsed(std::string_view text);
const RuleSet& shipped_rules();

// Thread ids as codex makes them; thread 1 starts first on every tape.
inline constexpr std::string_view kThread1 = "01a206d6-b566-7953-9338-b9b28818e34a";
inline constexpr std::string_view kThread2 = "01a206d6-b566-7953-9338-b9b28818e34b";
Tape exec_tape(const std::vector<std::string>& lines);
Tape two_threads();  // kThread1 and kThread2

SubjectRun run_of(std::vector<Observation> observations, Outcome outcome = Outcome::kCompleted);
Transcript normalized(std::vector<Observation> observations, const Tape& tape = two_threads());
// "LANE NAME DATA" of each line.
std::vector<std::string> texts(const Transcript& transcript);
// The data of the only line in the lane with this name.
json::Value data_of(const Transcript& transcript, std::string_view lane, std::string_view name);
std::string at(const json::Value& value, std::string_view pointer);  // compact JSON there

// Ids as the client makes them, the same for the same number.
std::string trace_id(int number);
std::string span_id(int number);
std::string group_id(int number);
std::string time_at(int second);

struct SpanText {
  int id = 1;
  int parent = 0;  // 0: none
  std::string name = "task";
  int task = 0;
  int trace = 1;
  int started = 10;
  int ended = 20;
  std::string output = {};  // of the end export
};
Observation trace_start(int trace = 1);
Observation trace_end(int trace = 1);
Observation start_of(const SpanText& span);
Observation end_of(const SpanText& span);

}  // namespace codex::harness

#endif  // TESTS_HARNESS_NORMALIZE_SUPPORT_H_
