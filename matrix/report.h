// What a run found, and its forms: one JSON object, JSON lines, text, JUnit, Markdown,
// HTML.
//
// Deterministic: sessions are sorted by name, and what depends on clock or host stands in
// `RunFacts` alone, which only JSON, JSON lines and HTML show.
#ifndef MATRIX_REPORT_H_
#define MATRIX_REPORT_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/coverage.h"
#include "golden/side_by_side.h"
#include "golden/verdict.h"
#include "harness/model/result.h"
#include "harness/subject/subject.h"
#include "matrix/column.h"
#include "matrix/invocation.h"
#include "matrix/inventory.h"
#include "matrix/night.h"

namespace codex::matrix {

struct SubjectReport {
  harness::Outcome outcome = harness::Outcome::kUnavailable;
  std::size_t observations = 0;
  std::string reason;                           // of hang, crash, off-script, unavailable
  std::map<std::string, std::size_t> scrubbed;  // what it would have let out, by scrub rule
  json::Value extra;                            // SubjectRun::extra
};

// A client of a further environment (column.h) in one session. Its differences are against the
// golden (without one: against the same client of the first environment), upstream-drift.
struct FurtherReport {
  SubjectReport subject;
  golden::Judgement judgement;
  golden::Coverage coverage;
  // The column stands in the accepted matrix, which judges it: its verdict is not the session's.
  bool accepted = false;
};

struct SessionReport {
  std::string session;
  std::string path;  // of the tape, as given
  std::map<std::string, SubjectReport> subjects;
  golden::Judgement judgement;  // of the first environment
  // By column, "cpp" and the reference client; what each was compared with is its reference.
  std::map<std::string, golden::Coverage> coverage;
  std::map<std::string, FurtherReport> further;  // by column
  std::vector<golden::LaneSides> sides;          // of lanes that differ; empty unless asked for
  std::string tape_digest, golden_digest;        // empty: none, or not asked for
  double seconds = 0;

  // The worst of the judgement and of those of further columns that are not accepted.
  golden::Verdict verdict() const;
  // Of the first environment, then of each further column.
  std::vector<const golden::JudgedDifference*> all_differences() const;
};

struct RunFacts {
  // Of the run, the same for all its shards and for every joining of them: a night is recorded
  // once by id (history.h). Empty: `started` is it.
  std::string id = {};
  std::string started;  // RFC 3339
  double seconds = 0;
  std::size_t jobs = 1;
  json::Object more;  // whatever else is a fact of this run or host
};

struct Report {
  RunFacts run;
  std::map<std::string, harness::SubjectInfo> subjects;
  std::vector<SessionReport> sessions;            // in any order
  std::vector<golden::StaleEntry> stale_entries;  // KnownDifferences::unmatched()
  std::map<std::string, std::string> known_links;  // id of a known difference → its link
  std::size_t matrix_regressions = 0;
  std::string tool, rules;    // versions; of nightly and merge
  bool whole_corpus = false;  // every tape of the corpus was wanted: what is not there, is gone
  // Sessions of the corpus that did not run (their shard is missing): they are not gone.
  std::vector<std::string> not_run;
  std::vector<Column> columns;              // empty: those of `subjects`
  std::vector<Inventory> inventories;       // of each Python column; nightly and matrix only
  // What nightly and merge went on without: tapes, goldens, shards. Red.
  std::vector<harness::Error> unreadable;
  std::optional<Night> night;               // of nightly and merge
  Invocation invocation;    // for the commands that follow (next_steps.h)
  std::optional<int> exit;  // where the caller knows better than the totals (70, 130)
};

golden::Totals totals(const Report& report);
int exit_code(const Report& report);
// Sorted by name.
std::vector<const SessionReport*> sorted_sessions(const Report& report);

// The object of the contract; more may be added, its keys stay. Values are encoded
// (golden/json_text.h), so it is strict JSON.
json::Value build_report(const Report& report);
std::string render_json(const Report& report);
// A header {"report":1,"run":…,"subjects":…}, a line a session, a footer {"totals":…,"exit":…}.
std::string render_jsonl(const Report& report);

struct TextOptions {
  bool color = false;
  std::size_t longest_value = 240;    // characters of a value; 0: all
  std::size_t most_differences = 50;  // of a session; 0: all
  std::size_t most_of_cause = 3;      // sessions that show a cause's differences; 0: all
  bool all_sessions = true;           // false: those that match have no line
};
// For people: a line a session, the differences of each that does not match, totals, and the
// commands to run next.
std::string render_text(const Report& report, const TextOptions& options = {});
std::string render_junit(const Report& report);
std::string render_markdown(const Report& report);
// One page that stands alone: it loads nothing, and runs nothing but its own script. What depends on
// clock or host stands between <!--run--> and <!--/run-->.
std::string render_html(const Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_REPORT_H_
