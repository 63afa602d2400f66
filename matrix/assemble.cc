#include "matrix/assemble.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "matrix/standing.h"

namespace codex::matrix {
namespace {

using harness::Error;
using harness::Outcome;
using harness::Result;

constexpr const char* kOneRun = "run all shards of a night with one program on one corpus, and merge those";

// What the file says, less what another run of the same shard says otherwise: clocks and the host.
std::string without_clocks(ShardResults results) {
  results.report.run.started.clear();
  results.report.run.seconds = 0;
  results.report.run.jobs = 0;
  results.report.run.more = {};
  for (SessionReport& session : results.report.sessions) session.seconds = 0;
  return print_results(results);
}

std::string place(const ShardResults& results) {
  return results.file.empty() ? "shard " + results.shard.text() : results.file;
}

std::string inventories_text(const Report& report) {
  std::string text;
  for (const Inventory& inventory : report.inventories) text += json::dump(to_json(inventory));
  return text;
}

// Why the two cannot be of one run.
std::optional<std::string> other_run(const ShardResults& a, const ShardResults& b) {
  const RunFacts& one = a.report.run;
  const RunFacts& two = b.report.run;
  const auto versions = [](const char* what, const std::string& x, const std::string& y) {
    return std::string(what) + " " + x + " and " + y;
  };
  if (a.report.tool != b.report.tool) return versions("of the tool", a.report.tool, b.report.tool);
  if (a.report.rules != b.report.rules) return versions("of the rule sets", a.report.rules, b.report.rules);
  if (a.shard.count != b.shard.count) {
    return versions("of shards", a.shard.text(), b.shard.text());
  }
  if (one.id != two.id) return versions("of the runs", one.id, two.id);
  for (const auto& [name, digest] : a.inputs) {
    const auto other = b.inputs.find(name);
    if (other == b.inputs.end() || other->second != digest) return "of different " + name;
  }
  if (a.inputs.size() != b.inputs.size() || a.corpus != b.corpus) return "of different corpora";
  if (a.report.columns != b.report.columns) return "of different clients";
  for (const auto& [name, info] : a.report.subjects) {
    const auto other = b.report.subjects.find(name);
    if (other != b.report.subjects.end() && !(other->second == info)) {
      return versions("of the clients", info.package + " " + info.version,
                      other->second.package + " " + other->second.version);
    }
  }
  if (inventories_text(a.report) != inventories_text(b.report)) return "of different inventories";
  if (a.covers_corpus != b.covers_corpus || a.report.whole_corpus != b.report.whole_corpus) {
    return "of a whole corpus and a part of one";
  }
  return std::nullopt;
}

// Of several files of one shard the one to go on with: any, where they say the same.
ShardResults settle(std::vector<ShardResults> same, std::vector<Error>& problems) {
  std::vector<std::pair<std::string, std::size_t>> texts;
  for (std::size_t i = 0; i < same.size(); ++i) texts.emplace_back(without_clocks(same[i]), i);
  std::sort(texts.begin(), texts.end(), [&](const auto& a, const auto& b) {
    return std::tie(a.first, same[a.second].report.run.started, same[a.second].file) <
           std::tie(b.first, same[b.second].report.run.started, same[b.second].file);
  });
  if (texts.front().first != texts.back().first) {
    const ShardResults& one = same[texts.front().second];
    const ShardResults& other = same[texts.back().second];
    problems.push_back({"shard " + one.shard.text() + " is there twice and does not say the same: " +
                            std::min(place(one), place(other)) + " and " +
                            std::max(place(one), place(other)),
                        "", 0, "something in it is not repeatable; run that shard again"});
  }
  return std::move(same[texts.front().second]);
}

void tell_missing(const std::vector<ShardResults>& shards, std::vector<Error>& problems) {
  const ShardResults& any = shards.front();
  std::vector<bool> there(any.shard.count + 1, false);
  for (const ShardResults& each : shards) there[each.shard.number] = true;
  for (std::size_t number = 1; number <= any.shard.count; ++number) {
    if (there[number]) continue;
    const auto count = std::count_if(
        any.corpus.begin(), any.corpus.end(),
        [&](const std::string& name) { return shard_of(name, any.shard.count) == number; });
    problems.push_back({"shard " + Shard{number, any.shard.count}.text() + " is missing: " +
                            std::to_string(count) + (count == 1 ? " session" : " sessions") +
                            " of the corpus did not run",
                        "", 0, "run it again, then merge all of them"});
  }
}

json::Value shard_facts(const ShardResults& results) {
  return json::Object{{"shard", results.shard.text()},
                      {"started", results.report.run.started},
                      {"seconds", results.report.run.seconds}};
}

void add(ShardResults from, Report& to) {
  Report& report = from.report;
  if (to.run.started.empty() || report.run.started < to.run.started) {
    to.run.started = report.run.started;
  }
  to.run.seconds = std::max(to.run.seconds, report.run.seconds);
  to.run.jobs = std::max(to.run.jobs, report.run.jobs);
  to.subjects.insert(report.subjects.begin(), report.subjects.end());
  std::move(report.sessions.begin(), report.sessions.end(), std::back_inserter(to.sessions));
  std::move(report.unreadable.begin(), report.unreadable.end(), std::back_inserter(to.unreadable));
}

// A column is unavailable where it has sessions and could run none of them.
void find_unavailable(Report& report) {
  for (Column& column : report.columns) {
    std::string reason;
    bool ran = false;
    for (const SessionReport* session : sorted_sessions(report)) {
      const SubjectReport* subject = nullptr;
      if (const auto first = session->subjects.find(column.name); first != session->subjects.end()) {
        subject = &first->second;
      } else if (const auto more = session->further.find(column.name);
                 more != session->further.end()) {
        subject = &more->second.subject;
      }
      if (subject == nullptr) continue;
      if (subject->outcome != Outcome::kUnavailable) ran = true;
      if (reason.empty()) reason = subject->reason;
    }
    column.unavailable = ran ? "" : reason;
  }
}

bool before(const Error& a, const Error& b) {
  return std::tie(a.file, a.line, a.message) < std::tie(b.file, b.line, b.message);
}

}  // namespace

Result<Report> join(std::vector<ShardResults> shards, std::vector<Error> problems) {
  if (shards.empty()) {
    return Error{"there is no shard to merge", "", 0, "give the folders that `nightly -o` wrote"};
  }
  std::sort(shards.begin(), shards.end(), [](const ShardResults& a, const ShardResults& b) {
    return std::tie(a.shard.number, a.shard.count, a.file) <
           std::tie(b.shard.number, b.shard.count, b.file);
  });
  for (const ShardResults& each : shards) {
    if (const auto why = other_run(shards.front(), each)) {
      return Error{place(shards.front()) + " and " + place(each) + " are not of one run, but " + *why,
                   "", 0, kOneRun};
    }
  }
  std::map<std::size_t, std::vector<ShardResults>> by_number;
  for (ShardResults& each : shards) {
    std::vector<ShardResults>& same = by_number[each.shard.number];
    same.push_back(std::move(each));
  }
  shards.clear();
  for (auto& [number, same] : by_number) shards.push_back(settle(std::move(same), problems));
  tell_missing(shards, problems);

  const std::vector<std::string> corpus = shards.front().corpus;
  Report report;
  report.run = shards.front().report.run;
  report.tool = shards.front().report.tool;
  report.rules = shards.front().report.rules;
  report.whole_corpus = shards.front().report.whole_corpus;
  report.columns = shards.front().report.columns;
  report.inventories = shards.front().report.inventories;
  if (shards.size() > 1) {
    json::Array facts;
    for (const ShardResults& each : shards) facts.push_back(shard_facts(each));
    report.run.more = {{"shards", std::move(facts)}};
  }
  for (ShardResults& each : shards) add(std::move(each), report);
  std::sort(report.sessions.begin(), report.sessions.end(),
            [](const SessionReport& a, const SessionReport& b) {
              return std::tie(a.session, a.path) < std::tie(b.session, b.path);
            });
  report.unreadable.insert(report.unreadable.end(), problems.begin(), problems.end());
  std::sort(report.unreadable.begin(), report.unreadable.end(), before);
  find_unavailable(report);
  std::set<std::string_view> there;
  for (const SessionReport& each : report.sessions) there.insert(each.session);
  std::copy_if(corpus.begin(), corpus.end(), std::back_inserter(report.not_run),
               [&](const std::string& name) { return !there.contains(name); });
  return report;
}

Result<Report> assemble(std::vector<ShardResults> shards, std::vector<Error> problems,
                        const NightData& data) {
  const bool covers_corpus = !shards.empty() && shards.front().covers_corpus;
  const std::vector<std::string> corpus =
      shards.empty() ? std::vector<std::string>() : shards.front().corpus;
  Result<Report> joined = join(std::move(shards), std::move(problems));
  if (!joined) return joined;
  Report& report = joined.value();
  if (covers_corpus && data.known != nullptr) report.stale_entries = data.known->unmatched(corpus);
  if (data.known != nullptr) {
    for (const KnownDifference& entry : data.known->entries())
      report.known_links[entry.id] = entry.link;
  }

  const AcceptedMatrix nothing;
  const AcceptedMatrix& accepted = data.accepted == nullptr ? nothing : *data.accepted;
  for (SessionReport& session : report.sessions) {
    for (auto& [column, further] : session.further) further.accepted = accepted.has_column(column);
  }
  report.night.emplace();
  const Areas no_areas;
  auto matrix = compute_matrix(report, data.areas == nullptr ? no_areas : *data.areas, accepted,
                               covers_corpus);
  if (!matrix) {
    report.unreadable.push_back(matrix.error());
  } else {
    report.night->matrix = std::move(matrix.value());
    report.matrix_regressions = report.night->matrix.regressions.size();
  }
  if (const auto error = apply_history(data.history, report)) report.unreadable.push_back(*error);
  std::sort(report.unreadable.begin(), report.unreadable.end(), before);
  return joined;
}

}  // namespace codex::matrix
