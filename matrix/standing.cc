#include "matrix/standing.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "golden/json_text.h"
#include "harness/model/sha256.h"
#include "matrix/clusters.h"
#include "matrix/history.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kFingerprintDigits = 32;
constexpr std::size_t kDigestShown = 12;
constexpr std::size_t kFlakyWent = 2;
constexpr const char* kAbsent = "absent";
constexpr const char* kUnreadable = "unreadable";

template <typename Each, typename Less>
const Each* find_in(const std::vector<Each>& sorted, std::string_view name, Less name_of) {
  const auto found = std::lower_bound(
      sorted.begin(), sorted.end(), name,
      [&](const Each& each, std::string_view wanted) { return name_of(each) < wanted; });
  return found != sorted.end() && name_of(*found) == name ? &*found : nullptr;
}

const PastSession* find_session(const PastNight& night, std::string_view name) {
  return find_in(night.sessions, name, [](const PastSession& each) { return each.session; });
}

const PastColumn* find_column(const PastSession& session, std::string_view name) {
  return find_in(session.columns, name, [](const PastColumn& each) { return each.column; });
}

bool has(const PastNight& night, std::string_view fingerprint) {
  return find_in(night.differences, fingerprint,
                 [](const PastDifference& each) { return each.fingerprint; }) != nullptr;
}

bool ran(const PastColumn* column) {
  return column && column->outcome != harness::outcome_name(harness::Outcome::kUnavailable);
}

std::string version_of(const std::vector<Column>& columns, std::string_view name) {
  for (const Column& each : columns) {
    if (each.name == name) return each.package + ' ' + each.version;
  }
  return {};
}

std::string short_digest(std::string_view digest) {
  return digest.empty() ? kAbsent : std::string(digest.substr(0, kDigestShown));
}

// A session of this night, and what stands of it in each night before.
struct Today {
  const SessionReport* report = nullptr;
  std::vector<const PastSession*> past;  // as Past::nights; null: not in that one

  const SubjectReport* subject(const std::string& column) const {
    if (const auto own = report->subjects.find(column); own != report->subjects.end())
      return &own->second;
    if (const auto further = report->further.find(column); further != report->further.end())
      return &further->second.subject;
    return nullptr;
  }
  bool ran(const std::string& column) const {
    const SubjectReport* found = subject(column);
    return found && found->outcome != harness::Outcome::kUnavailable;
  }
};

class Comparison {
 public:
  Comparison(const Past& past, Report& report)
      : past_(past), report_(report), night_(report.night ? *report.night : report.night.emplace()),
        columns_(columns_of(report)) {
    ParityMatrix matrix = std::move(night_.matrix);
    night_ = {};
    night_.matrix = std::move(matrix);
    night_.clusters = clusters(report);
    for (const SessionReport* each : sorted_sessions(report)) {
      Today today{.report = each, .past = {}};
      for (const PastNight& night : past_.nights)
        today.past.push_back(find_session(night, each->session));
      today_.emplace(each->session, std::move(today));
    }
  }

  void run() {
    differences();
    fixed();
    causes();
    stale_entries();
    trend();
    if (past_.nights.empty()) return;
    night_.before = past_.nights.back().point.started;
    verdicts();
    inputs();
  }

 private:
  // Cause (of an id) and column.
  using Key = std::pair<std::string, std::string>;

  // The last night in which the session ran in the column; nothing: none.
  std::optional<std::size_t> last_run(const Today& today, std::string_view column) const {
    for (std::size_t i = past_.nights.size(); i-- > 0;) {
      if (today.past[i] && ran(find_column(*today.past[i], column))) return i;
    }
    return std::nullopt;
  }

  bool same_inputs(const Today& today, std::size_t i, const std::string& column) const {
    const PastNight& night = past_.nights[i];
    const PastSession* session = today.past[i];
    return session && ran(find_column(*session, column)) &&
           session->tape_digest == today.report->tape_digest &&
           session->golden_digest == today.report->golden_digest && night.tool == report_.tool &&
           night.rules == report_.rules &&
           version_of(night.columns, column) == version_of(columns_, column);
  }

  bool is_flaky(const Today& today, const std::string& column, std::string_view fingerprint,
                bool is_there) const {
    std::size_t went = 0;
    bool was_there = false;
    for (std::size_t i = 0; i < past_.nights.size(); ++i) {
      if (!same_inputs(today, i, column)) continue;
      const bool there = has(past_.nights[i], fingerprint);
      if (was_there && !there) ++went;
      was_there = there;
    }
    if (was_there && !is_there && today.ran(column)) ++went;
    return went >= kFlakyWent;
  }

  // Not among the nights with a difference like that: a night that knew it.
  Standing standing(const Today& today, const std::string& column,
                    const golden::JudgedDifference& judged, const std::string& print) const {
    if (judged.known) return Standing::kKnown;
    const std::optional<std::size_t> last = last_run(today, column);
    if (!last) return Standing::kNew;
    if (is_flaky(today, column, print, true)) return Standing::kFlaky;
    return has(past_.nights[*last], print) ? Standing::kPersistent : Standing::kNew;
  }

  void differences() {
    for (const auto& each : today_) {
      const auto& name = each.first;
      const auto& today = each.second;
      for_each_difference(*today.report, [&](const std::string& column,
                                             const golden::JudgedDifference& judged) {
        const std::string print = fingerprint(name, column, judged.difference);
        const Standing found = standing(today, column, judged, print);
        count(found, 1);
        const auto [at, is_new] = night_.standings.try_emplace(print, found);
        // Where one of equal differences is known and another is not, the latter counts.
        if (!is_new && at->second == Standing::kKnown) at->second = found;
        if (judged.known) return;
        const Key key(golden::cause_of(judged.difference).id, column);
        Members& members = members_[key];
        ++members.count;
        members.flaky += found == Standing::kFlaky ? 1 : 0;
      });
    }
  }

  void count(Standing standing, std::size_t by) {
    switch (standing) {
      case Standing::kNew: night_.differences_new += by; break;
      case Standing::kPersistent: night_.differences_persistent += by; break;
      case Standing::kFlaky: night_.differences_flaky += by; break;
      case Standing::kKnown: night_.differences_known += by; break;
      case Standing::kFixed: night_.differences_fixed += by; break;
    }
  }

  // Did tonight look where this was, and could it have seen it?
  bool looked(const Today& today, const PastDifference& was, const PastColumn& then) const {
    const SubjectReport* now = today.subject(std::string(was.column));
    if (!now || now->outcome == harness::Outcome::kUnavailable) return false;
    const bool ended = now->outcome == harness::Outcome::kCompleted ||
                       now->outcome == harness::Outcome::kFailed ||
                       harness::outcome_name(now->outcome) == then.outcome;
    if (!ended) return false;
    const SessionReport& session = *today.report;
    if (was.against != "golden") {
      // With a golden both were compared with that, and so with each other.
      const SubjectReport* other = today.subject(std::string(was.against));
      return !session.golden_digest.empty() ||
             (other && other->outcome != harness::Outcome::kUnavailable);
    }
    return !session.judgement.causes.contains(Verdict::kGoldenMissing) &&
           (!session.golden_digest.empty() || goldenless(today));
  }

  // Nobody asks for digests: then no golden of a night has one.
  static bool goldenless(const Today& today) {
    return std::all_of(today.past.begin(), today.past.end(), [](const PastSession* each) {
      return !each || each->golden_digest.empty();
    });
  }

  void fixed() {
    std::map<Key, Cluster> gone;
    for (std::size_t i = past_.nights.size(); i-- > 0;) {
      const PastNight& night = past_.nights[i];
      for (const PastDifference& was : night.differences) {
        const auto found = today_.find(was.session);
        if (found == today_.end() || night_.standings.contains(std::string(was.fingerprint)))
          continue;
        const Today& today = found->second;
        const PastColumn* then = find_column(*today.past[i], was.column);
        if (last_run(today, was.column) != i || !then || !looked(today, was, *then)) continue;
        const Standing standing =
            is_flaky(today, std::string(was.column), was.fingerprint, false) ? Standing::kFlaky
                                                                             : Standing::kFixed;
        count(standing, was.count);
        note(gone, night, was, standing);
      }
    }
    for (auto& [key, cluster] : gone) {
      if (members_.contains(key)) continue;
      std::sort(cluster.sessions.begin(), cluster.sessions.end());
      cluster.sessions.erase(std::unique(cluster.sessions.begin(), cluster.sessions.end()),
                             cluster.sessions.end());
      night_.fixed.push_back(std::move(cluster));
    }
    std::stable_sort(night_.fixed.begin(), night_.fixed.end(), [](const auto& a, const auto& b) {
      if (a.kind != b.kind) return a.kind > b.kind;
      return a.sessions.size() > b.sessions.size();
    });
  }

  void note(std::map<Key, Cluster>& gone, const PastNight& night, const PastDifference& was,
            Standing standing) {
    const auto [at, is_new] = gone.try_emplace(Key(was.cause, was.column));
    Cluster& cluster = at->second;
    if (is_new) {
      cluster.column = was.column;
      cluster.against = was.against;
      cluster.standing = standing;
      if (const auto cause = past_.causes.find(std::string(was.cause)); cause != past_.causes.end())
        cluster.cause = cause->second;
      if (const PastCluster* then = find_cluster(night, at->first)) {
        cluster.kind = then->kind;
        cluster.since = then->since;
      }
    }
    // One that is fixed for good says so.
    if (standing == Standing::kFixed) cluster.standing = standing;
    cluster.differences += was.count;
    cluster.sessions.emplace_back(was.session);
  }

  static const PastCluster* find_cluster(const PastNight& night, const Key& key) {
    using Names = std::pair<std::string_view, std::string_view>;
    const auto names = [](const PastCluster& each) { return Names(each.cause, each.column); };
    auto each = std::lower_bound(
        night.clusters.begin(), night.clusters.end(), Names(key),
        [&](const PastCluster& cluster, const Names& wanted) { return names(cluster) < wanted; });
    for (; each != night.clusters.end() && names(*each) == Names(key); ++each) {
      if (each->kind != Verdict::kKnownDifference) return &*each;
    }
    return nullptr;
  }

  // Did one of the cluster's sessions run in its column that night?
  bool was_looked_at(const Cluster& cluster, std::size_t i) const {
    if (cluster.sessions.empty()) return past_.nights[i].whole_corpus;
    return std::any_of(cluster.sessions.begin(), cluster.sessions.end(), [&](const auto& name) {
      const PastSession* session = today_.at(name).past[i];
      if (!session) return false;
      return cluster.column.empty() || cluster.kind == Verdict::kUnavailable ||
             ran(find_column(*session, cluster.column));
    });
  }

  void causes() {
    for (Cluster& cluster : night_.clusters) {
      const Key key(cluster.cause.id, cluster.column);
      cluster.since = report_.run.started;
      for (std::size_t i = past_.nights.size(); i-- > 0;) {
        if (const PastCluster* was = find_cluster(past_.nights[i], key)) {
          cluster.standing = Standing::kPersistent;
          cluster.since = was->since;
          cluster.before = was->differences;
          break;
        }
        if (was_looked_at(cluster, i)) break;
      }
      const auto members = members_.find(key);
      if (cluster.kind == Verdict::kKnownDifference) {
        cluster.standing = Standing::kKnown;
      } else if (members != members_.end() && members->second.flaky == members->second.count) {
        cluster.standing = Standing::kFlaky;
      }
    }
  }

  void stale_entries() {
    night_.stale_entries = report_.stale_entries.size();
    for (const auto& [name, today] : today_)
      night_.stale_entries += today.report->judgement.stale_entries.size();
  }

  void trend() {
    night_.trend = past_.trend;
    NightPoint point{.started = report_.run.started,
                     .verdicts = {},
                     .seconds = report_.run.seconds,
                     .exit = exit_code(report_)};
    for (const auto& [verdict, number] : totals(report_).by_verdict) {
      if (number > 0) point.verdicts[golden::verdict_name(verdict)] = number;
    }
    night_.trend.push_back(std::move(point));
  }

  // The worst of what both nights looked at: another set of further columns changes no verdict.
  static std::pair<Verdict, Verdict> verdicts_in_common(const PastSession& was,
                                                        const SessionReport& now) {
    std::pair<Verdict, Verdict> both(was.verdict, now.judgement.verdict);
    for (const PastColumn& then : was.columns) {
      if (!then.further || then.accepted) continue;
      const auto further = now.further.find(std::string(then.column));
      if (further == now.further.end() || further->second.accepted) continue;
      both.first = golden::worst(both.first, then.verdict);
      both.second = golden::worst(both.second, further->second.judgement.verdict);
    }
    return both;
  }

  // The last night that has the session, unless a whole corpus since then had not; then nothing.
  // `unsaid`: there is no night that could have told.
  const PastSession* before(const Today& today, bool& unsaid) const {
    unsaid = true;
    for (std::size_t i = past_.nights.size(); i-- > 0;) {
      if (today.past[i]) return today.past[i];
      if (past_.nights[i].whole_corpus) {
        unsaid = false;
        return nullptr;
      }
    }
    return nullptr;
  }

  void verdicts() {
    for (const auto& [name, today] : today_) {
      bool unsaid = false;
      const PastSession* was = before(today, unsaid);
      if (!was && !unsaid) {
        night_.changed.push_back({.session = std::string(name),
                                  .was = kAbsent,
                                  .now = golden::verdict_name(today.report->verdict())});
      } else if (was) {
        const auto [then, now] = verdicts_in_common(*was, *today.report);
        if (then != now) {
          night_.changed.push_back({.session = std::string(name),
                                    .was = golden::verdict_name(then),
                                    .now = golden::verdict_name(now)});
        }
      }
    }
    if (report_.whole_corpus) vanished();
    std::sort(night_.changed.begin(), night_.changed.end(),
              [](const auto& a, const auto& b) { return a.session < b.session; });
  }

  void vanished() {
    std::map<std::string_view, const PastSession*> gone;
    for (std::size_t i = past_.nights.size(); i-- > 0;) {
      for (const PastSession& each : past_.nights[i].sessions) {
        if (!today_.contains(each.session)) gone.try_emplace(each.session, &each);
      }
      if (past_.nights[i].whole_corpus) break;
    }
    const std::set<std::string_view> not_run(report_.not_run.begin(), report_.not_run.end());
    for (const auto& [name, was] : gone) {
      const bool unreadable =
          std::any_of(report_.unreadable.begin(), report_.unreadable.end(),
                      [&, path = was->path](const auto& error) { return error.file == path; });
      if (not_run.contains(name) && !unreadable) continue;
      night_.changed.push_back({.session = std::string(name),
                                .was = golden::verdict_name(was->verdict),
                                .now = unreadable ? kUnreadable : kAbsent});
    }
  }

  void inputs() {
    const PastNight& last = past_.nights.back();
    const auto changed = [&](const std::string& what, const std::string& was,
                             const std::string& now) {
      if (was == now) return;
      night_.inputs.push_back({.what = what,
                               .was = was.empty() ? kAbsent : was,
                               .now = now.empty() ? kAbsent : now});
    };
    changed("tool", last.tool, report_.tool);
    changed("rules", last.rules, report_.rules);
    std::set<std::string> names;
    for (const Column& each : last.columns)
      names.insert(each.name);
    for (const Column& each : columns_)
      names.insert(each.name);
    for (const std::string& name : names)
      changed(name, version_of(last.columns, name), version_of(columns_, name));
    digests("golden ", [](const PastSession& session) { return session.golden_digest; },
            [](const SessionReport& session) { return std::string_view(session.golden_digest); });
    digests("tape ", [](const PastSession& session) { return session.tape_digest; },
            [](const SessionReport& session) { return std::string_view(session.tape_digest); });
  }

  // Of sessions that both have. Where a night has no digest at all, nobody asked for it.
  void digests(const std::string& what,
               const std::function<std::string_view(const PastSession&)>& was_of,
               const std::function<std::string_view(const SessionReport&)>& now_of) {
    std::vector<InputChange> found;
    bool is_known_then = false;
    bool is_known_now = false;
    for (const auto& [name, today] : today_) {
      bool unsaid = false;
      const PastSession* session = before(today, unsaid);
      const std::string_view now = now_of(*today.report);
      is_known_now = is_known_now || !now.empty();
      if (!session) continue;
      const std::string_view was = was_of(*session);
      is_known_then = is_known_then || !was.empty();
      if (was == now) continue;
      found.push_back({what + std::string(name), short_digest(was), short_digest(now)});
    }
    if (!is_known_then || !is_known_now) return;
    std::move(found.begin(), found.end(), std::back_inserter(night_.inputs));
  }

  struct Members {
    std::size_t count = 0;
    std::size_t flaky = 0;
  };

  const Past& past_;
  Report& report_;
  Night& night_;
  std::vector<Column> columns_;
  std::map<std::string, Today, std::less<>> today_;
  std::map<Key, Members> members_;  // of the differences that are not known
};

}  // namespace

std::string fingerprint(const std::string& session, const std::string& column,
                        const golden::Difference& difference) {
  std::string text;
  const auto add = [&](std::string_view part) {
    text += std::to_string(part.size()) + ':';
    text += part;
  };
  for (const std::string* part : {&session, &column, &difference.lane, &difference.name,
                                  &difference.path}) {
    add(*part);
  }
  for (const std::optional<json::Value>* side : {&difference.expected, &difference.actual})
    add(*side ? golden::shown(**side) : std::string("-"));
  return harness::sha256_hex(text).substr(0, kFingerprintDigits);
}

void compare_with_past(const Past& past, Report& report) {
  Comparison(past, report).run();
}

golden::Status apply_history(const History* history, Report& report) {
  harness::Result<Past> past = history ? history->past(run_id(report.run)) : Past{};
  compare_with_past(past ? past.value() : Past{}, report);
  if (!past) return past.error();
  return std::nullopt;
}

}  // namespace codex::matrix
