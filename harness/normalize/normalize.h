// From what a subject sent to what is compared.
//
// raw observations → scrub → guard → span trees → identities → rules → transcript. Every step is a
// pure function of the tape and the observations, and idempotent, except the guard: it marks raw
// text that looks like a placeholder, so it looks at raw text only.
#ifndef HARNESS_NORMALIZE_NORMALIZE_H_
#define HARNESS_NORMALIZE_NORMALIZE_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/model/observation.h"
#include "harness/model/result.h"
#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Does an observation stem from what the tape's wire says, or from the driver alone?
enum class Origin { kWire, kDriver };

struct RuleUse {
  std::string rule;    // of rules.json, or "identity-" and the kind of an id
  std::string lane;
  std::string path;    // JSON pointer in the observation, e.g. /data/start/started_at
  std::string before;  // compact JSON of the value that the rule replaced
};

struct TranscriptLine {
  Observation observation;  // normalized
  Origin origin = Origin::kDriver;
  bool operator==(const TranscriptLine&) const = default;
};

// A subject's normalized lanes for one tape. Lines are grouped by lane; lanes are in natural order
// (call:2 before call:10).
struct Transcript {
  std::string session;
  SubjectInfo subject;
  Outcome outcome = Outcome::kCompleted;
  std::vector<TranscriptLine> lines;
  std::vector<RuleUse> uses;                     // for --explain; not part of what is written
  std::map<std::string, std::size_t> scrubbed;   // scrub rule → count
};

// The named rules, from rules.json. Immutable after loading; safe to share between threads.
class RuleSet {
 public:
  static Result<RuleSet> load(const std::string& path);
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  const std::string& version() const;  // "rules/1", part of every golden's header
  Transcript normalize(const Tape& tape, const SubjectRun& run) const;
  // Of what is normalized already: changes nothing.
  Transcript normalize(const Tape& tape, const Transcript& normalized) const;
  // True when `text` stands, whole, for a value that a rule masked ("<time>"): its content is not
  // compared. Identities ("<span:2>") are compared, so they are no masks. Gives the rule's name.
  bool is_mask(const json::Value& value, std::string* rule = nullptr) const;

 private:
  struct Impl;
  explicit RuleSet(Impl* impl);
  Impl* impl_;
};

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_NORMALIZE_H_
