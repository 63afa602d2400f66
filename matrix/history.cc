#include "matrix/history.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "golden/json_text.h"
#include "harness/model/sha256.h"
#include "matrix/clusters.h"
#include "matrix/history_file.h"
#include "matrix/history_schema.h"
#include "matrix/sqlite.h"
#include "matrix/standing.h"

namespace codex::matrix {
namespace {

using golden::Verdict;
using harness::Error;
using sqlite::Database;
using sqlite::Statement;

constexpr std::size_t kDigestDigits = 32;
// A cause is told to people in a line; a value in it may be a whole file.
constexpr std::size_t kLongestChange = 2000;

std::int64_t integer(std::size_t count) {
  return static_cast<std::int64_t>(count);
}

std::string cut(const std::string& text) {
  if (text.size() <= kLongestChange) return text;
  std::size_t end = kLongestChange;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;  // not within a character
  return text.substr(0, end) + "…";
}

// text.id → text, of those that are asked for.
class Texts {
 public:
  explicit Texts(Database& database)
      : select_(database, "SELECT value FROM text WHERE id = ?1"),
        texts_(std::make_shared<std::set<std::string, std::less<>>>()) {}

  std::string_view operator[](std::int64_t id) {
    const auto [found, is_new] = by_id_.try_emplace(id);
    if (is_new && select_.with(id).step())
      found->second = *texts_->emplace(select_.text(0)).first;
    return found->second;
  }
  Verdict verdict(std::int64_t id) {
    return golden::parse_verdict((*this)[id]).value_or(Verdict::kMatch);
  }
  std::shared_ptr<const std::set<std::string, std::less<>>> all() const { return texts_; }

 private:
  Statement select_;
  std::shared_ptr<std::set<std::string, std::less<>>> texts_;
  std::unordered_map<std::int64_t, std::string_view> by_id_;
};

// Text → text.id; a new one where it is not there yet.
class TextIds {
 public:
  explicit TextIds(Database& database)
      : insert_(database, "INSERT INTO text (value) VALUES (?1) ON CONFLICT DO NOTHING"),
        select_(database, "SELECT id FROM text WHERE value = ?1") {}

  std::int64_t operator[](std::string_view text) {
    const auto found = ids_.find(std::string(text));
    if (found != ids_.end()) return found->second;
    insert_.run(text);
    const std::int64_t id = select_.with(text).step() ? select_.number(0) : 0;
    ids_.emplace(text, id);
    return id;
  }

 private:
  Statement insert_;
  Statement select_;
  std::unordered_map<std::string, std::int64_t> ids_;
};

std::string digest(const json::Value& value) {
  return harness::sha256_hex(golden::shown(value)).substr(0, kDigestDigits);
}

class Writer {
 public:
  Writer(Database& database, const Report& report)
      : database_(database), report_(report), texts_(database) {}

  void write() {
    Statement(database_,
              "INSERT INTO run (run_id, started, seconds, exit, tool, rules, whole_corpus) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .run(std::string_view(id_), std::string_view(report_.run.started), report_.run.seconds,
             std::int64_t{exit_code(report_)}, std::string_view(report_.tool),
             std::string_view(report_.rules),
             std::int64_t{report_.whole_corpus && report_.not_run.empty()});
    run_ = database_.number("SELECT max(id) FROM run").value_or(0);
    totals_of_run();
    versions();
    sessions();
    differences();
    causes();
  }

  // What no run refers to any more goes with the runs.
  void keep(std::size_t nights) {
    const std::string old =
        " IN (SELECT id FROM run ORDER BY id DESC LIMIT -1 OFFSET " + std::to_string(nights) + ")";
    for (const char* table :
         {"total", "version", "session", "verdict", "difference", "cluster"}) {
      database_.execute(std::string("DELETE FROM ") + table + " WHERE run" + old);
    }
    database_.execute("DELETE FROM run WHERE id" + old);
    if (database_.number("SELECT changes()").value_or(0) == 0) return;
    database_.execute("DELETE FROM cause WHERE cause NOT IN (SELECT cause FROM cluster)");
    database_.execute(
        "DELETE FROM text WHERE id NOT IN (SELECT cause FROM cause"
        " UNION SELECT verdict FROM total"
        " UNION SELECT session FROM session UNION SELECT path FROM session"
        " UNION SELECT verdict FROM session UNION SELECT tape FROM session"
        " UNION SELECT golden FROM session"
        " UNION SELECT col FROM verdict UNION SELECT outcome FROM verdict"
        " UNION SELECT verdict FROM verdict"
        " UNION SELECT fingerprint FROM difference UNION SELECT col FROM difference"
        " UNION SELECT against FROM difference UNION SELECT kind FROM difference"
        " UNION SELECT known FROM difference WHERE known IS NOT NULL"
        " UNION SELECT lane FROM difference UNION SELECT name FROM difference"
        " UNION SELECT path FROM difference UNION SELECT cause FROM difference"
        " UNION SELECT expected FROM difference WHERE expected IS NOT NULL"
        " UNION SELECT actual FROM difference WHERE actual IS NOT NULL"
        " UNION SELECT col FROM cluster UNION SELECT against FROM cluster"
        " UNION SELECT kind FROM cluster)");
  }

 private:
  void totals_of_run() {
    Statement insert(database_, "INSERT INTO total VALUES (?1, ?2, ?3)");
    for (const auto& [verdict, count] : totals(report_).by_verdict)
      insert.run(run_, texts_[golden::verdict_name(verdict)], integer(count));
  }

  void versions() {
    Statement insert(database_, "INSERT INTO version VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    std::int64_t place = 0;
    for (const Column& column : columns_of(report_)) {
      insert.run(run_, place++, std::string_view(column.name), std::string_view(column.subject),
                 std::string_view(column.package), std::string_view(column.version),
                 std::int64_t{column.further}, std::string_view(column.unavailable));
    }
  }

  void sessions() {
    Statement session(database_, "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    Statement verdict(database_, "INSERT INTO verdict VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    for (const SessionReport* each : sorted_sessions(report_)) {
      const std::int64_t name = texts_[each->session];
      const std::int64_t judged = texts_[golden::verdict_name(each->judgement.verdict)];
      session.run(run_, name, texts_[each->path], judged, texts_[each->tape_digest],
                  texts_[each->golden_digest], each->seconds);
      for (const auto& [column, subject] : each->subjects) {
        verdict.run(run_, name, texts_[column], texts_[harness::outcome_name(subject.outcome)],
                    judged, std::int64_t{0}, std::int64_t{0});
      }
      for (const auto& [column, further] : each->further) {
        verdict.run(run_, name, texts_[column],
                    texts_[harness::outcome_name(further.subject.outcome)],
                    texts_[golden::verdict_name(further.judgement.verdict)], std::int64_t{1},
                    std::int64_t{further.accepted});
      }
    }
  }

  void differences() {
    // A fingerprint is known where all that have it are.
    Statement insert(database_,
                     "INSERT INTO difference VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
                     "?12, ?13, 1) ON CONFLICT DO UPDATE SET number = number + 1, "
                     "known = iif(excluded.known IS NULL, NULL, known)");
    const auto side = [&](const std::optional<json::Value>& value) -> std::optional<std::int64_t> {
      if (!value) return std::nullopt;
      return texts_[digest(*value)];
    };
    for (const SessionReport* each : sorted_sessions(report_)) {
      const std::int64_t name = texts_[each->session];
      for_each_difference(*each, [&](const std::string& column,
                                     const golden::JudgedDifference& judged) {
        const golden::Difference& found = judged.difference;
        std::optional<std::int64_t> known;
        if (judged.known) known = texts_[*judged.known];
        insert.run(run_, texts_[fingerprint(each->session, column, found)], name, texts_[column],
                   texts_[judged.against], texts_[golden::verdict_name(judged.kind)], known,
                   texts_[found.lane], texts_[found.name], texts_[found.path],
                   side(found.expected), side(found.actual),
                   texts_[golden::cause_of(found).id]);
      });
    }
  }

  void causes() {
    Statement cause(database_, "INSERT INTO cause VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
    // Two causes may share an id.
    Statement insert(database_,
                     "INSERT INTO cluster VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT "
                     "DO UPDATE SET differences = differences + excluded.differences, "
                     "sessions = sessions + excluded.sessions");
    for (const Cluster& each : report_.night ? report_.night->clusters : clusters(report_)) {
      const std::int64_t id = texts_[each.cause.id];
      cause.run(id, std::string_view(cut(each.cause.where)),
                std::string_view(cut(each.cause.what)));
      insert.run(run_, id, texts_[each.column], texts_[each.against],
                 texts_[golden::verdict_name(each.kind)], integer(each.differences),
                 integer(each.sessions.size()), std::string_view(standing_name(each.standing)),
                 std::string_view(each.since.empty() ? report_.run.started : each.since));
    }
  }

  Database& database_;
  const Report& report_;
  TextIds texts_;
  std::string id_ = run_id(report_.run);
  std::int64_t run_ = 0;
};

class Reader {
 public:
  explicit Reader(Database& database) : database_(database), texts_(database) {}

  // Runs before `end`, by their number in the file.
  Past read(std::int64_t end, std::size_t nights, std::size_t trend) {
    Past past;
    past.nights = runs(end, nights, "");
    for (PastNight& night : past.nights)
      fill(night, past);
    for (PastNight& night : runs(end, trend, "AND whole_corpus"))
      past.trend.push_back(std::move(night.point));
    past.texts = texts_.all();
    return past;
  }

 private:
  std::vector<PastNight> runs(std::int64_t end, std::size_t count, const std::string& which) {
    std::vector<PastNight> nights;
    ids_.clear();
    Statement select(database_,
                     "SELECT id, started, seconds, exit, tool, rules, whole_corpus FROM run "
                     "WHERE id < ?1 " + which + " ORDER BY id DESC LIMIT ?2");
    for (select.with(end, integer(count)); select.step();) {
      PastNight& night = nights.emplace_back();
      ids_.push_back(select.number(0));
      night.point.started = select.text(1);
      night.point.seconds = select.real(2);
      night.point.exit = static_cast<int>(select.number(3));
      night.tool = select.text(4);
      night.rules = select.text(5);
      night.whole_corpus = select.number(6) != 0;
    }
    std::reverse(nights.begin(), nights.end());
    std::reverse(ids_.begin(), ids_.end());
    Statement total(database_, "SELECT verdict, sessions FROM total WHERE run = ?1");
    for (std::size_t i = 0; i < nights.size(); ++i) {
      for (total.with(ids_[i]); total.step();) {
        nights[i].point.verdicts[std::string(texts_[total.number(0)])] =
            static_cast<std::size_t>(total.number(1));
      }
      nights[i].number = ids_[i];
    }
    return nights;
  }

  void fill(PastNight& night, Past& past) {
    versions(night);
    sessions(night);
    differences(night);
    clusters(night, past);
  }

  void versions(PastNight& night) {
    Statement select(database_,
                     "SELECT name, subject, package, version, further, unavailable FROM version "
                     "WHERE run = ?1 ORDER BY place");
    for (select.with(night.number); select.step();) {
      night.columns.push_back({.name = std::string(select.text(0)),
                               .subject = std::string(select.text(1)),
                               .package = std::string(select.text(2)),
                               .version = std::string(select.text(3)),
                               .further = select.number(4) != 0,
                               .unavailable = std::string(select.text(5))});
    }
  }

  void sessions(PastNight& night) {
    Statement select(database_,
                     "SELECT session, path, verdict, tape, golden FROM session WHERE run = ?1 "
                     "ORDER BY session");
    // Both by the session's id: one walk over each.
    Statement columns(database_,
                      "SELECT session, col, outcome, verdict, further, accepted FROM verdict "
                      "WHERE run = ?1 ORDER BY session, col");
    bool more = columns.with(night.number).step();
    for (select.with(night.number); select.step();) {
      const std::int64_t id = select.number(0);
      PastSession& session = night.sessions.emplace_back();
      session.session = texts_[id];
      session.path = texts_[select.number(1)];
      session.verdict = texts_.verdict(select.number(2));
      session.tape_digest = texts_[select.number(3)];
      session.golden_digest = texts_[select.number(4)];
      for (; more && columns.number(0) <= id; more = columns.step()) {
        if (columns.number(0) < id) continue;
        session.columns.push_back({.column = texts_[columns.number(1)],
                                   .outcome = texts_[columns.number(2)],
                                   .further = columns.number(4) != 0,
                                   .accepted = columns.number(5) != 0,
                                   .verdict = texts_.verdict(columns.number(3))});
      }
      std::sort(session.columns.begin(), session.columns.end(),
                [](const auto& a, const auto& b) { return a.column < b.column; });
    }
    std::sort(night.sessions.begin(), night.sessions.end(),
              [](const auto& a, const auto& b) { return a.session < b.session; });
  }

  void differences(PastNight& night) {
    Statement select(database_,
                     "SELECT fingerprint, session, col, against, cause, number FROM difference "
                     "WHERE run = ?1 AND known IS NULL");
    for (select.with(night.number); select.step();) {
      night.differences.push_back({.fingerprint = texts_[select.number(0)],
                                   .session = texts_[select.number(1)],
                                   .column = texts_[select.number(2)],
                                   .against = texts_[select.number(3)],
                                   .cause = texts_[select.number(4)],
                                   .count = static_cast<std::size_t>(select.number(5))});
    }
    std::sort(night.differences.begin(), night.differences.end(),
              [](const auto& a, const auto& b) { return a.fingerprint < b.fingerprint; });
  }

  void clusters(PastNight& night, Past& past) {
    Statement select(database_,
                     "SELECT c.cause, c.col, c.against, c.kind, c.differences, c.since, "
                     "cause.place, cause.change FROM cluster c JOIN cause ON cause.cause = c.cause "
                     "WHERE c.run = ?1");
    for (select.with(night.number); select.step();) {
      const std::string_view cause = texts_[select.number(0)];
      night.clusters.push_back({.cause = cause,
                                .column = texts_[select.number(1)],
                                .against = texts_[select.number(2)],
                                .kind = texts_.verdict(select.number(3)),
                                .differences = static_cast<std::size_t>(select.number(4)),
                                .since = std::string(select.text(5))});
      past.causes.try_emplace(std::string(cause),
                              golden::Cause{.id = std::string(cause),
                                            .where = std::string(select.text(6)),
                                            .what = std::string(select.text(7))});
    }
    std::sort(night.clusters.begin(), night.clusters.end(), [](const auto& a, const auto& b) {
      return std::tie(a.cause, a.column, a.against, a.kind) <
             std::tie(b.cause, b.column, b.against, b.kind);
    });
  }

  Database& database_;
  Texts texts_;
  std::vector<std::int64_t> ids_;
};

// What check_history_file cannot see, because a log may hold it, and whether the pages are whole.
void check(Database& database, const std::string& path) {
  const auto application = database.number("PRAGMA application_id");
  const auto version = database.number("PRAGMA user_version");
  const auto sound = database.text("PRAGMA quick_check(1)");
  if (database.error()) return;
  if (application != kHistoryApplication || version != kHistoryVersion) {
    database.fail(Error{.message = "is no history of version " + std::to_string(kHistoryVersion),
                        .file = path,
                        .line = 0,
                        .hint = "name another file; this one was left as it is"});
  } else if (sound != "ok") {
    database.fail(Error{.message = "is broken: " + sound.value_or(""),
                        .file = path,
                        .line = 0,
                        .hint = "put a copy of it there; or move it away, to begin a new history"});
  }
}

}  // namespace

std::string run_id(const RunFacts& run) {
  return run.id.empty() ? run.started : run.id;
}

struct History::State {
  std::string path;
  Database database;

  // The error, which the next call does not see again.
  std::optional<Error> take_error() {
    std::optional<Error> error = database.error();
    database.clear();
    return error;
  }
};

History::History(std::unique_ptr<State> state) : state_(std::move(state)) {}
History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;
History::~History() = default;

harness::Result<History> History::open(const std::string& name, const HistoryOptions& options) {
  std::error_code failed;
  // SQLite has names of its own (":memory:"), none of which is absolute.
  const std::string path = std::filesystem::absolute(name, failed).string();
  if (failed || name.empty()) {
    return Error{.message = "is no name of a file", .file = name, .line = 0, .hint = "name another"};
  }
  if (golden::Status wrong = make_history_file(path, options.wait_ms)) return *wrong;
  const bool has_log = has_write_ahead_log(path);
  auto state = std::make_unique<State>(State{path, Database(path, options.wait_ms)});
  check(state->database, path);
  state->database.execute("PRAGMA synchronous = FULL");
  if (auto error = state->take_error()) {
    if (has_log) state->database.keep_as_it_is();
    return *error;
  }
  return History(std::move(state));
}

harness::Result<Past> History::past(const std::string& before_run, std::size_t nights,
                                    std::size_t trend) const {
  Database& database = state_->database;
  database.execute("BEGIN");  // one moment of it, whoever writes meanwhile
  Past past;
  {
    Statement end(database, "SELECT id FROM run WHERE run_id = ?1");
    const bool is_recorded = end.with(std::string_view(before_run)).step();
    const std::int64_t before =
        is_recorded ? end.number(0) : std::numeric_limits<std::int64_t>::max();
    past = Reader(database).read(before, nights, trend);
  }
  const std::optional<Error> error = state_->take_error();
  database.execute("ROLLBACK");
  database.clear();
  if (error) return *error;
  return past;
}

harness::Result<History::Recorded> History::record(const Report& report, std::size_t keep) {
  Database& database = state_->database;
  Recorded recorded = Recorded::kNew;
  {
    sqlite::Transaction transaction(database);
    Statement find(database, "SELECT id FROM run WHERE run_id = ?1");
    if (find.with(std::string_view(run_id(report.run))).step()) {
      recorded = Recorded::kAlready;
    } else if (!database.error()) {
      Writer writer(database, report);
      writer.write();
      if (keep > 0) writer.keep(keep);
      transaction.commit();
    }
  }
  if (const auto error = state_->take_error()) return *error;
  return recorded;
}

}  // namespace codex::matrix
