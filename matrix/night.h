// What a nightly run says beside its sessions: causes, changes since the last night, the trend, the
// matrix. A pure function of results, history and data makes it; every report shows it.
#ifndef MATRIX_NIGHT_H_
#define MATRIX_NIGHT_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "golden/cause.h"
#include "golden/verdict_name.h"
#include "matrix/parity_matrix.h"

namespace codex::matrix {

// Of a difference or a cluster, against the last night that is in the history.
enum class Standing {
  kNew,
  kPersistent,
  kFlaky,  // came and went at least twice over the last nights, with nothing else changed
  kKnown,  // taken out by an entry of the known differences
  kFixed,  // was there in the last night, and its session ran without it in this one
};
const char* standing_name(Standing standing);

// Differences of one cause: one decision, however many sessions show it.
struct Cluster {
  golden::Cause cause;
  golden::Verdict kind = golden::Verdict::kDifference;
  std::string column;                 // whose value is the actual one; empty: of no single one
  std::string against;                // "golden", or a subject; empty where nothing was compared
  bool accepted = false;              // FurtherReport::accepted: no session's verdict has it
  std::size_t differences = 0;        // 0: what a session as a whole is red for
  std::size_t before = 0;             // differences of the last night that showed it
  std::vector<std::string> sessions;  // by name
  Standing standing = Standing::kNew;
  std::string since;  // RFC 3339, begin of the first night of the unbroken row that shows it
};

// A session whose verdict is another than in the last night.
struct VerdictChange {
  std::string session;
  std::string was;  // a verdict's name, or "absent"
  std::string now;  // the same; absent: vanished from the corpus
};

// What is another than in the last night and may explain the rest: "tool", "rules", a column's
// package; a golden's or a tape's digest.
struct InputChange {
  std::string what;  // "agents (openai-agents)", "tool", "rules", "golden odd/x", "tape odd/x"
  std::string was;
  std::string now;
};

struct NightPoint {
  std::string started;  // RFC 3339
  std::map<std::string, std::size_t> verdicts;
  double seconds = 0;
  int exit = 0;
};

struct Night {
  ParityMatrix matrix;
  std::vector<Cluster> clusters;      // the worst kind first, then the most sessions
  std::optional<std::string> before;  // when the last night began; nothing: there is none
  std::size_t differences_new = 0, differences_persistent = 0, differences_fixed = 0;
  std::size_t differences_flaky = 0, differences_known = 0;
  std::size_t stale_entries = 0;  // of the known differences: of a session, or of no tape at all
  // Of each difference of this night, by fingerprint (standing.h).
  std::map<std::string, Standing> standings;
  std::vector<Cluster> fixed;           // causes of the last night that are gone
  std::vector<VerdictChange> changed;   // by session; new ones and vanished ones too
  std::vector<InputChange> inputs;
  std::vector<NightPoint> trend;        // oldest first, this night last
};

}  // namespace codex::matrix

#endif  // MATRIX_NIGHT_H_
