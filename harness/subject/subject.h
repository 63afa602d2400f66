// A subject: something that is driven by a tape and lets its user observe a session.
#ifndef HARNESS_SUBJECT_SUBJECT_H_
#define HARNESS_SUBJECT_SUBJECT_H_

#include <atomic>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Terminal outcomes, CONTRACT 4. kCompleted and kFailed are told by the subject's own
// `outcome/run` observation; the others by whoever watches it.
enum class Outcome { kCompleted, kFailed, kHang, kCrash, kOffScript, kUnavailable };
const char* outcome_name(Outcome outcome);

struct SubjectInfo {
  std::string name;     // cpp, agents, codex-sdk
  std::string package;  // openai-agents, …; the tool's own name for cpp
  std::string version;
  bool operator==(const SubjectInfo&) const = default;
};

// One run. Observations are in the order of arrival, raw (not normalized, not yet scrubbed), and
// end with one in lane `outcome/run`, whoever made it.
struct SubjectRun {
  SubjectInfo info;
  Outcome outcome = Outcome::kCrash;
  std::string reason;  // for hang, crash, off-script, unavailable: what was seen, where
  std::vector<Observation> observations;
  json::Value extra;      // what the subject says beside its observations (report only), or null
  std::size_t environment = 0;  // HostOptions::environment
  double seconds = 0;     // wall time; goes under `run` alone
};

struct SubjectOptions {
  double timeout_seconds = 10;
  // Looked at often: once it is true the run is over at once, and what it gave is not to be used.
  const std::atomic<bool>* stop = nullptr;
};

// Thread-safety: one object is used by one thread at a time unless it says otherwise.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual SubjectInfo info() = 0;
  virtual bool applies(const Tape& tape) const = 0;
  // Never throws and never hangs longer than the timeout plus a grace of two seconds.
  virtual SubjectRun run(const Tape& tape, const SubjectOptions& options) = 0;
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_SUBJECT_H_
