// Judges one session: golden, cpp and Python, three ways.
#ifndef GOLDEN_VERDICT_H_
#define GOLDEN_VERDICT_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "golden/compare.h"
#include "golden/coverage.h"
#include "golden/observability.h"
#include "golden/transcript_file.h"
#include "golden/verdict_name.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// A known difference that is wrong by now.
struct StaleEntry {
  std::string id;
  std::string file;
  std::size_t line = 0;
  std::string why;  // "did not occur in session …", "matches no tape"
};

// What is known (matrix/known_differences.h), as the judgement asks for it.
class Known {
 public:
  virtual ~Known() = default;
  // The id of the entry that is exactly this difference.
  virtual std::optional<std::string> find(const std::string& session,
                                          const Difference& difference) const = 0;
  // Entries whose session pattern matches and that are not among `occurred`.
  virtual std::vector<StaleEntry> missing(const std::string& session,
                                          const std::set<std::string>& occurred) const = 0;
};

// What became of a subject in this session.
struct SubjectSide {
  enum class State { kNotSelected, kUnavailable, kRan };
  State state = State::kNotSelected;
  std::string name;                                 // "cpp", "agents", …
  const harness::Transcript* transcript = nullptr;  // when it ran; must outlive the call
  std::string reason;                               // when it is unavailable

  static SubjectSide not_selected() { return {}; }
  static SubjectSide unavailable(std::string name, std::string reason);
  // Of a transcript whose outcome is `unavailable`: unavailable.
  static SubjectSide ran(const harness::Transcript& transcript);
};

struct SessionInput {
  std::string session;
  SubjectSide cpp;
  SubjectSide python;                        // the reference subject of the tape's transport
  const StoredTranscript* golden = nullptr;  // null: none, or not wanted
  Provenance today;                          // of this tape, driver and rule set
  std::string reference;        // name of the reference subject; a golden of another one is stale
  Observability observability;  // of the reference subject: what cpp is excused for showing more
  IsMask is_mask;
  const Known* known = nullptr;  // null: nothing is known
  bool require_golden = false;   // nightly, golden check: say golden-missing
  bool want_coverage = false;    // fill Judgement::coverage; nothing is paid without
};

struct JudgedDifference {
  std::string subject;  // whose value is `actual`
  std::string against;  // whose value is `expected`: "golden", or the Python subject's name
  Difference difference;
  Verdict kind = Verdict::kDifference;
  std::optional<std::string> known;  // id; then `kind` is kKnownDifference
};

struct Judgement {
  Verdict verdict = Verdict::kMatch;
  // Everything that was found, the verdict being the worst of it.
  std::set<Verdict> causes;
  // cpp's against the golden, Python's against the golden, cpp's against Python; each in the
  // order of its lanes.
  std::vector<JudgedDifference> differences;
  // Leaves of the comparison that judges cpp (Python where cpp did not run); empty where nothing
  // was compared.
  std::map<std::string, LaneLeaves, LaneLess> lanes;
  // By subject, of those that were compared: with the golden, else (cpp) with Python.
  std::map<std::string, Coverage> coverage;
  std::vector<StaleEntry> stale_entries;
  // Sentences for people: why the golden is stale, who is unavailable, that nothing was compared.
  std::vector<std::string> notes;
};

// Known differences are taken out first. With a golden each difference is judged at its place
// (three_way.h); one whose tape, driver, rules or subject is not today's judges nobody: its
// differences are golden-stale, and cpp and Python are compared directly as well. Without a
// golden they are compared directly. A session in which nothing could be compared, though no
// subject is unavailable (one subject, no golden), is golden-missing: it is never a match.
// What Python shows beyond its declaration is excused for cpp, and not for Python: there it is new.
Judgement judge(const SessionInput& input);

struct Totals {
  std::size_t sessions = 0;
  std::map<Verdict, std::size_t> by_verdict;
  std::size_t stale_entries = 0;       // known differences that match no tape of a whole corpus
  std::size_t matrix_regressions = 0;  // cells of the accepted matrix that got worse
  void add(Verdict verdict);
};

// 1 when anything differs, is stale or missing; else 3 when a subject could not run; else 0. No
// session at all is 2. (70 and 130 are for the caller to know.)
int exit_code(const Totals& totals);

}  // namespace codex::golden

#endif  // GOLDEN_VERDICT_H_
