// Times as those who wait need them.
#ifndef HARNESS_SUBJECT_TIMEOUT_H_
#define HARNESS_SUBJECT_TIMEOUT_H_

#include <atomic>
#include <chrono>
#include <string>

#include "harness/subject/subject.h"

namespace codex::harness {

// The options' timeout, at least 0 and at most so much that sums of it do not overflow.
std::chrono::nanoseconds timeout_of(const SubjectOptions& options);

// For poll(): rounded up, 0 where nothing is left, a minute at most (who waits looks again).
int poll_time(std::chrono::nanoseconds left);
// The same for one who has to see `stop` (null: nobody has) a tenth of a second after it became
// true.
int poll_time(std::chrono::nanoseconds left, const std::atomic<bool>* stop);
inline bool is_stopped(const std::atomic<bool>* stop) { return stop != nullptr && *stop; }

// "0.4 s", "10 s"
std::string seconds_text(std::chrono::nanoseconds time);

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_TIMEOUT_H_
