#include "matrix/clusters.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "golden/cause.h"

namespace codex::matrix {
namespace {

using golden::Cause;
using golden::Verdict;

class Clusters {
 public:
  void add(const SessionReport& session) {
    for_each_difference(session, [&](const std::string& column,
                                     const golden::JudgedDifference& judged) {
      Cluster& cluster =
          at(session, golden::cause_of(judged.difference), judged.kind, column, judged.against);
      ++cluster.differences;
      const auto further = session.further.find(column);
      if (further != session.further.end()) cluster.accepted = further->second.accepted;
    });
    whole(session, session.judgement);
    for (const auto& [name, subject] : session.subjects)
      unavailable(session, name, subject);
    for (const auto& [column, further] : session.further)
      unavailable(session, column, further.subject, further.accepted);
  }

  void add(const golden::StaleEntry& entry) { stale(nullptr, entry); }

  std::vector<Cluster> take() {
    std::vector<Cluster> list;
    for (auto& [key, cluster] : clusters_)
      list.push_back(std::move(cluster));
    std::stable_sort(list.begin(), list.end(), [](const Cluster& a, const Cluster& b) {
      if (a.kind != b.kind) return a.kind > b.kind;
      return a.sessions.size() > b.sessions.size();
    });
    return list;
  }

 private:
  // Not by the cause's id, which is short enough for two causes to share one.
  using Key = std::tuple<std::string, std::string, std::string, std::string, Verdict>;

  Cluster& at(const SessionReport* session, Cause cause, Verdict kind, const std::string& column,
              const std::string& against) {
    Cluster& cluster = clusters_[Key(cause.where, cause.what, column, against, kind)];
    if (cluster.cause.id.empty()) {
      cluster.cause = std::move(cause);
      cluster.kind = kind;
      cluster.column = column;
      cluster.against = against;
    }
    // Sessions come by name.
    if (session && (cluster.sessions.empty() || cluster.sessions.back() != session->session))
      cluster.sessions.push_back(session->session);
    return cluster;
  }
  Cluster& at(const SessionReport& session, Cause cause, Verdict kind, const std::string& column,
              const std::string& against) {
    return at(&session, std::move(cause), kind, column, against);
  }

  void whole(const SessionReport& session, const golden::Judgement& judgement) {
    const auto told = [&](Verdict kind) {
      return std::any_of(judgement.differences.begin(), judgement.differences.end(),
                         [&](const auto& judged) { return judged.kind == kind; });
    };
    if (judgement.causes.contains(Verdict::kGoldenMissing))
      at(session, golden::new_session(), Verdict::kGoldenMissing, "", "");
    if (judgement.causes.contains(Verdict::kGoldenStale) && !told(Verdict::kGoldenStale))
      at(session, golden::new_provenance(), Verdict::kGoldenStale, "", "golden");
    for (const golden::StaleEntry& entry : judgement.stale_entries)
      stale(&session, entry);
  }

  void unavailable(const SessionReport& session, const std::string& column,
                   const SubjectReport& subject, bool accepted = false) {
    if (subject.outcome != harness::Outcome::kUnavailable) return;
    at(session, golden::could_not_run(column, subject.reason), Verdict::kUnavailable, column, "")
        .accepted = accepted;
  }

  void stale(const SessionReport* session, const golden::StaleEntry& entry) {
    at(session, golden::stale_known_difference(entry.id), Verdict::kStaleKnownDifference, "", "");
  }

  std::map<Key, Cluster> clusters_;
};

}  // namespace

void for_each_difference(const SessionReport& session,
                         const std::function<void(const std::string& column,
                                                  const golden::JudgedDifference&)>& use) {
  for (const golden::JudgedDifference& judged : session.judgement.differences)
    use(judged.subject, judged);
  for (const auto& [column, further] : session.further) {
    for (const golden::JudgedDifference& judged : further.judgement.differences)
      use(column, judged);
  }
}

std::vector<Cluster> clusters(const Report& report) {
  Clusters all;
  for (const SessionReport* session : sorted_sessions(report))
    all.add(*session);
  for (const golden::StaleEntry& entry : report.stale_entries)
    all.add(entry);
  return all.take();
}

bool is_open(const Cluster& cluster) {
  return !cluster.accepted && cluster.kind > Verdict::kKnownDifference;
}

}  // namespace codex::matrix
