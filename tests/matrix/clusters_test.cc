// One decision per cause.
#include "matrix/clusters.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/matrix/nights.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string name_of(std::size_t i) {
  std::string digits = std::to_string(i);
  return "s" + std::string(5 - digits.size(), '0') + digits;
}

// One change of the client in every session, at an index that is the session's own.
std::vector<SessionReport> changed(std::size_t count) {
  std::vector<SessionReport> sessions;
  for (std::size_t i = 0; i < count; ++i) {
    SessionReport session = ran(name_of(i));
    add(session, change("agents", "/data/changes/" + std::to_string(i % 7) + "/kind", "add",
                        "create"));
    sessions.push_back(std::move(session));
  }
  return sessions;
}

void expect_two(std::size_t count) {
  Report report;
  report.sessions = changed(count);
  add(report.sessions[count / 2],
      change("agents", "/data/changes/0/kind", "add", "created"));
  const std::vector<Cluster> found = clusters(report);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].cause.where, "event/call codex.item.completed /data/changes/*/kind");
  EXPECT_EQ(found[0].cause.what, "\"add\" → \"create\"");
  EXPECT_EQ(found[0].kind, Verdict::kUpstreamDrift);
  EXPECT_EQ(found[0].column, "agents");
  EXPECT_EQ(found[0].against, "golden");
  EXPECT_EQ(found[0].differences, count);
  EXPECT_THAT(found[0].sessions, SizeIs(count));
  EXPECT_EQ(found[1].cause.what, "\"add\" → \"created\"");
  EXPECT_EQ(found[1].differences, 1U);
  EXPECT_THAT(found[1].sessions, ElementsAre(name_of(count / 2)));
}

TEST(Clusters, AreOneForAChangeOver300SessionsAndKeepASecondOneApart) {
  expect_two(300);
}

TEST(Clusters, AreOneForAChangeOver10000SessionsAndKeepASecondOneApart) {
  expect_two(10'000);
}

TEST(Clusters, CountEveryDifferenceButEachSessionOnce) {
  Report report;
  SessionReport session = ran("a");
  add(session, change("agents", "/data/changes/0/kind", "add", "create"));
  add(session, change("agents", "/data/changes/1/kind", "add", "create"));
  report.sessions = {session};
  const std::vector<Cluster> found = clusters(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].differences, 2U);
  EXPECT_THAT(found[0].sessions, ElementsAre("a"));
}

TEST(Clusters, AreApartByColumnKindAndOtherSide) {
  Report report;
  SessionReport session = ran("a");
  add(session, change("agents", "/x", "1", "2", Verdict::kConflict));
  add(session, change("cpp", "/x", "1", "2", Verdict::kConflict));
  add(session, change("cpp", "/x", "1", "2", Verdict::kCppRegression));
  auto direct = change("cpp", "/x", "1", "2", Verdict::kCppRegression);
  direct.against = "agents";
  add(session, direct);
  add_further(session, "agents@0.23.0", change("agents", "/x", "1", "2"));
  report.sessions = {session};
  std::vector<std::string> found;
  for (const Cluster& each : clusters(report)) {
    found.push_back(std::string(golden::verdict_name(each.kind)) + " " + each.column + " " +
                    each.against);
  }
  EXPECT_THAT(found, ElementsAre("conflict agents golden", "conflict cpp golden",
                                 "cpp-regression cpp agents", "cpp-regression cpp golden",
                                 "upstream-drift agents@0.23.0 golden"));
}

TEST(Clusters, HaveTheWorstKindFirstThenTheMostSessions) {
  Report report;
  SessionReport a = ran("a");
  SessionReport b = ran("b");
  add(a, change("agents", "/often", "1", "2"));
  add(b, change("agents", "/often", "1", "2"));
  add(a, change("agents", "/anywhere", "1", "2"));
  add(b, change("cpp", "/worst", "1", "2", Verdict::kCppRegression));
  report.sessions = {b, a};
  std::vector<std::string> places;
  for (const Cluster& each : clusters(report))
    places.push_back(each.cause.where.substr(each.cause.where.rfind('/')));
  EXPECT_THAT(places, ElementsAre("/worst", "/often", "/anywhere"));
  // For any order of the sessions.
  std::vector<std::string> reversed;
  std::reverse(report.sessions.begin(), report.sessions.end());
  for (const Cluster& each : clusters(report))
    reversed.push_back(each.cause.where.substr(each.cause.where.rfind('/')));
  EXPECT_EQ(reversed, places);
}

TEST(Clusters, TellWhatASessionAsAWholeIsRedFor) {
  Report report;
  SessionReport missing = ran("missing");
  missing.judgement.causes = {Verdict::kGoldenMissing};
  SessionReport stale = ran("stale");
  stale.judgement.causes = {Verdict::kGoldenStale};
  stale.judgement.stale_entries = {{.id = "k", .file = "f", .line = 3, .why = "did not occur"}};
  SessionReport gone = ran("gone");
  gone.subjects["agents"] = {};
  gone.subjects["agents"].reason = "no openai-agents";
  gone.further["agents@0.20.0"].subject.reason = "no scripted model";
  gone.further["agents@0.20.0"].accepted = true;
  report.sessions = {missing, stale, gone};
  report.stale_entries = {{.id = "k", .file = "f", .line = 3, .why = "matches no tape"}};
  std::vector<std::string> found;
  for (const Cluster& each : clusters(report)) {
    found.push_back(std::string(golden::verdict_name(each.kind)) + ": " + each.cause.where + ": " +
                    each.cause.what + " x" + std::to_string(each.sessions.size()) +
                    (is_open(each) ? "" : " (settled)"));
    EXPECT_EQ(each.differences, 0U);
  }
  EXPECT_THAT(
      found,
      ElementsAre("golden-stale: header: the tape, its driver, the rules or the client's version; "
                  "no observation x1",
                  "stale-known-difference: known difference k: does not occur any more x1",
                  "golden-missing: session: no golden yet x1",
                  "unavailable: subject agents: could not run: no openai-agents x1",
                  "unavailable: subject agents@0.20.0: could not run: no scripted model x1 "
                  "(settled)"));
}

TEST(Clusters, AreNoneWhereAllMatches) {
  Report report;
  report.sessions = {ran("a"), ran("b")};
  EXPECT_THAT(clusters(report), IsEmpty());
}

TEST(Clusters, OfKnownDifferencesAndAcceptedColumnsAreSettled) {
  Report report;
  SessionReport session = ran("a");
  auto known = change("cpp", "/x", "1", "2", Verdict::kKnownDifference);
  known.known = "k";
  add(session, known);
  add_further(session, "agents@0.23.0", change("agents", "/y", "1", "2"));
  session.further["agents@0.23.0"].accepted = true;
  report.sessions = {session};
  const std::vector<Cluster> found = clusters(report);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_FALSE(is_open(found[0]));
  EXPECT_FALSE(is_open(found[1]));
}

}  // namespace
}  // namespace codex::matrix::testing
