// What a night says against the nights before.
#include "matrix/standing.h"

#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <set>
#include <stdexcept>

#include "matrix/history.h"
#include "tests/matrix/nights.h"
#include "tests/support/temp_folder.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using harness::Outcome;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Plays nights one after another into one history.
class Standings : public ::testing::Test {
 protected:
  // The night as it is reported; it is recorded then.
  Night play(std::vector<SessionReport> sessions,
             const std::function<void(Report&)>& change = [](Report&) {}) {
    Report report = night(++number_, std::move(sessions));
    change(report);
    auto history = History::open(folder_->path() + "/history.sqlite");
    if (!history) throw std::runtime_error(history.error().text());
    if (const golden::Status failed = apply_history(&history.value(), report))
      throw std::runtime_error(failed->text());
    const auto recorded = history->record(report);
    if (!recorded) throw std::runtime_error(recorded.error().text());
    return *report.night;
  }

  std::unique_ptr<test::TempFolder> folder_ = std::make_unique<test::TempFolder>();
  int number_ = 0;
};

SessionReport with(SessionReport session, const std::string& path) {
  return add(session, change("agents", path, "1", "2"));
}

SessionReport crashed(const std::string& name) {
  SessionReport session = ran(name);
  session.subjects["agents"].outcome = Outcome::kCrash;
  return session;
}

SessionReport unavailable(const std::string& name) {
  SessionReport session = ran(name);
  session.subjects["agents"] = {};
  session.judgement.verdict = Verdict::kUnavailable;
  session.judgement.causes = {Verdict::kUnavailable};
  return session;
}

// "new persistent fixed flaky known"
std::string figures(const Night& night) {
  std::string text;
  for (const std::size_t count :
       {night.differences_new, night.differences_persistent, night.differences_fixed,
        night.differences_flaky, night.differences_known}) {
    text += (text.empty() ? "" : " ") + std::to_string(count);
  }
  return text;
}

std::vector<std::string> changed(const Night& night) {
  std::vector<std::string> list;
  for (const VerdictChange& each : night.changed)
    list.push_back(each.session + ": " + each.was + " > " + each.now);
  return list;
}

std::vector<std::string> inputs(const Night& night) {
  std::vector<std::string> list;
  for (const InputChange& each : night.inputs)
    list.push_back(each.what + ": " + each.was + " > " + each.now);
  return list;
}

TEST_F(Standings, OfAFirstNightAreAllNewAndItSaysSo) {
  const Night first = play({with(ran("a"), "/x"), ran("b")});
  EXPECT_EQ(first.before, std::nullopt);
  EXPECT_EQ(figures(first), "1 0 0 0 0");
  EXPECT_THAT(first.changed, IsEmpty());
  EXPECT_THAT(first.inputs, IsEmpty());
  ASSERT_THAT(first.clusters, SizeIs(1));
  EXPECT_EQ(first.clusters[0].standing, Standing::kNew);
  EXPECT_EQ(first.clusters[0].since, "2026-03-01T02:00:00Z");
  ASSERT_THAT(first.trend, SizeIs(1));
  EXPECT_THAT(first.trend[0].verdicts, ElementsAre(std::pair("match", 1U), std::pair("upstream-drift", 1U)));
  EXPECT_EQ(first.trend[0].exit, 1);
}

TEST_F(Standings, WithoutAHistoryAreThoseOfAFirstNight) {
  Report report = night(1, {with(ran("a"), "/x")});
  report.night.emplace().matrix.places = 3;
  EXPECT_EQ(apply_history(nullptr, report), std::nullopt);
  EXPECT_EQ(report.night->before, std::nullopt);
  EXPECT_EQ(figures(*report.night), "1 0 0 0 0");
  EXPECT_EQ(report.night->matrix.places, 3U) << "the matrix stays";
}

TEST_F(Standings, AreNewThenPersistentThenFixed) {
  play({ran("a"), ran("b")});
  const Night second = play({with(ran("a"), "/x"), ran("b")});
  EXPECT_EQ(second.before, "2026-03-01T02:00:00Z");
  EXPECT_EQ(figures(second), "1 0 0 0 0");
  EXPECT_EQ(second.clusters.at(0).standing, Standing::kNew);
  EXPECT_THAT(changed(second), ElementsAre("a: match > upstream-drift"));
  const Night third = play({with(ran("a"), "/x"), with(ran("b"), "/x")});
  EXPECT_EQ(figures(third), "1 1 0 0 0") << "of b it is new";
  EXPECT_EQ(third.clusters.at(0).standing, Standing::kPersistent) << "the cause is not";
  EXPECT_EQ(third.clusters[0].since, "2026-03-02T02:00:00Z");
  EXPECT_EQ(third.clusters[0].before, 1U);
  const Night fourth = play({ran("a"), ran("b")});
  EXPECT_EQ(figures(fourth), "0 0 2 0 0");
  ASSERT_THAT(fourth.fixed, SizeIs(1));
  EXPECT_EQ(fourth.fixed[0].standing, Standing::kFixed);
  EXPECT_EQ(fourth.fixed[0].cause.where, "event/call codex.item.completed /x");
  EXPECT_EQ(fourth.fixed[0].cause.what, "\"1\" → \"2\"");
  EXPECT_EQ(fourth.fixed[0].kind, Verdict::kUpstreamDrift);
  EXPECT_EQ(fourth.fixed[0].since, "2026-03-02T02:00:00Z");
  EXPECT_THAT(fourth.fixed[0].sessions, ElementsAre("a", "b"));
  EXPECT_THAT(fourth.trend, SizeIs(4));
}

TEST_F(Standings, TellASecondChangeFromTheOneThatWasThere) {
  play({with(ran("a"), "/x"), with(ran("b"), "/x")});
  SessionReport both = with(ran("b"), "/x");
  const Night second = play({with(ran("a"), "/x"), with(both, "/y")});
  EXPECT_EQ(figures(second), "1 2 0 0 0");
  ASSERT_THAT(second.clusters, SizeIs(2));
  EXPECT_EQ(second.clusters[0].standing, Standing::kPersistent);
  EXPECT_EQ(second.clusters[1].standing, Standing::kNew);
  EXPECT_EQ(second.clusters[1].cause.where, "event/call codex.item.completed /y");
}

TEST_F(Standings, OfACauseThatIsLeftInOneSessionAreNotFixed) {
  play({with(ran("a"), "/x"), with(ran("b"), "/x")});
  const Night second = play({with(ran("a"), "/x"), ran("b")});
  EXPECT_EQ(figures(second), "0 1 1 0 0");
  EXPECT_THAT(second.fixed, IsEmpty());
}

TEST_F(Standings, FixNothingByASelectionOfTheCorpus) {
  play({with(ran("a"), "/x"), with(ran("b"), "/y"), ran("c")});
  const Night second = play({ran("c")}, [](Report& report) { report.whole_corpus = false; });
  EXPECT_EQ(figures(second), "0 0 0 0 0");
  EXPECT_THAT(second.fixed, IsEmpty());
  EXPECT_THAT(second.changed, IsEmpty());
  // And the night after it stands against the one before it.
  const Night third = play({with(ran("a"), "/x"), ran("b"), ran("c")});
  EXPECT_EQ(figures(third), "0 1 1 0 0");
  EXPECT_EQ(third.clusters.at(0).standing, Standing::kPersistent);
  EXPECT_EQ(third.clusters[0].since, "2026-03-01T02:00:00Z");
  EXPECT_THAT(changed(third), ElementsAre("b: upstream-drift > match"));
  EXPECT_THAT(third.trend, SizeIs(2)) << "a selection is no point of the trend";
}

TEST_F(Standings, FixNothingByAClientThatDidNotRunToItsEnd) {
  play({with(ran("a"), "/x"), with(ran("b"), "/y")});
  const Night second = play({unavailable("a"), crashed("b")});
  EXPECT_EQ(figures(second), "0 0 0 0 0");
  EXPECT_THAT(second.fixed, IsEmpty());
  EXPECT_THAT(changed(second),
              ElementsAre("a: upstream-drift > unavailable", "b: upstream-drift > match"));
  const Night third = play({with(ran("a"), "/x"), ran("b")});
  EXPECT_EQ(figures(third), "0 1 0 0 0");
}

TEST_F(Standings, FixWhatEndsAgainAsItEndedThen) {
  play({with(crashed("a"), "/x")});
  EXPECT_EQ(figures(play({crashed("a")})), "0 0 1 0 0");
}

TEST_F(Standings, FixNothingByAnotherSetOfColumns) {
  SessionReport session = ran("a");
  add_further(session, "agents@0.23.0", change("agents", "/x", "1", "2"));
  play({session});
  const Night second = play({ran("a")});
  EXPECT_EQ(figures(second), "0 0 0 0 0");
  EXPECT_THAT(second.fixed, IsEmpty());
  EXPECT_THAT(second.changed, IsEmpty()) << "what both nights looked at is the same";
  const Night third = play({session});
  EXPECT_EQ(figures(third), "0 1 0 0 0");
  EXPECT_EQ(third.clusters.at(0).since, "2026-03-01T02:00:00Z");
  SessionReport mended = session;
  mended.further["agents@0.23.0"].judgement = {};
  const Night fourth = play({mended});
  EXPECT_EQ(figures(fourth), "0 0 1 0 0");
  EXPECT_THAT(changed(fourth), ElementsAre("a: upstream-drift > match"));
}

TEST_F(Standings, FixNothingByAGoldenThatIsGone) {
  play({with(ran("a"), "/x"), ran("b")});
  SessionReport session = ran("a");
  session.golden_digest.clear();
  session.judgement.verdict = Verdict::kGoldenMissing;
  session.judgement.causes = {Verdict::kGoldenMissing};
  const Night second = play({session, ran("b")});
  EXPECT_EQ(figures(second), "0 0 0 0 0");
  EXPECT_THAT(changed(second), ElementsAre("a: upstream-drift > golden-missing"));
  EXPECT_THAT(inputs(second), ElementsAre("golden a: 901da > absent"));
  ASSERT_THAT(second.clusters, SizeIs(1));
  EXPECT_EQ(second.clusters[0].standing, Standing::kNew);
  const Night third = play({session, ran("b")});
  EXPECT_EQ(third.clusters.at(0).standing, Standing::kPersistent);
  EXPECT_EQ(third.clusters[0].since, "2026-03-02T02:00:00Z");
}

TEST_F(Standings, AreTheSameAgainstTheGoldenAndWithoutIt) {
  play({with(ran("a"), "/x")});
  SessionReport session = ran("a");
  auto direct = change("agents", "/x", "1", "2", Verdict::kDifference);
  direct.against = "cpp";
  add(session, direct);
  EXPECT_EQ(figures(play({session})), "0 1 0 0 0");
}

TEST_F(Standings, OfWhatIsKnownAreKnownAndWhatIsNoLongerKnownIsNew) {
  auto known = change("cpp", "/x", "1", "2", Verdict::kKnownDifference);
  known.known = "k";
  SessionReport excused = ran("a");
  add(excused, known);
  SessionReport open = ran("a");
  add(open, change("cpp", "/x", "1", "2", Verdict::kCppRegression));
  EXPECT_EQ(figures(play({excused})), "0 0 0 0 1");
  const Night second = play({open});
  EXPECT_EQ(figures(second), "1 0 0 0 0");
  EXPECT_EQ(second.clusters.at(0).standing, Standing::kNew);
  const Night third = play({excused});
  EXPECT_EQ(figures(third), "0 0 0 0 1") << "and not fixed";
  EXPECT_EQ(third.clusters.at(0).standing, Standing::kKnown);
  EXPECT_THAT(third.fixed, IsEmpty());
  EXPECT_EQ(figures(play({ran("a")})), "0 0 0 0 0");
}

TEST_F(Standings, CountStaleEntries) {
  SessionReport session = ran("a");
  const golden::StaleEntry entry{.id = "k", .file = "f", .line = 3, .why = "did not occur"};
  session.judgement.stale_entries = {entry};
  const Night first = play({session}, [&](Report& report) { report.stale_entries = {entry}; });
  EXPECT_EQ(first.stale_entries, 2U);
}

TEST_F(Standings, AreFlakyAfterItWentTwiceWithNothingElseChanged) {
  const SessionReport sick = with(ran("a"), "/x");
  EXPECT_EQ(figures(play({sick})), "1 0 0 0 0");
  EXPECT_EQ(figures(play({ran("a")})), "0 0 1 0 0");
  EXPECT_EQ(figures(play({sick})), "1 0 0 0 0") << "it has gone once";
  const Night fourth = play({ran("a")});
  EXPECT_EQ(figures(fourth), "0 0 0 1 0") << "gone twice, so not fixed";
  ASSERT_THAT(fourth.fixed, SizeIs(1));
  EXPECT_EQ(fourth.fixed[0].standing, Standing::kFlaky);
  const Night fifth = play({sick});
  EXPECT_EQ(figures(fifth), "0 0 0 1 0");
  EXPECT_EQ(fifth.clusters.at(0).standing, Standing::kFlaky);
}

TEST_F(Standings, AreNotFlakyWhereSomethingElseChanged) {
  const SessionReport sick = with(ran("a"), "/x");
  const std::vector<std::function<void(Report&)>> changes = {
      [](Report& report) { report.tool = "1.0.1"; },
      [](Report& report) { report.rules = "rules/2"; },
      [](Report& report) { report.columns[1].version = "0.25.0"; },
      [](Report& report) { report.sessions[0].tape_digest = "another"; },
      [](Report& report) { report.sessions[0].golden_digest = "another"; },
  };
  for (const auto& change : changes) {
    // The nights in which it is away are other nights.
    play({sick});
    play({ran("a")}, change);
    play({sick});
    play({ran("a")}, change);
    EXPECT_EQ(play({sick}).differences_flaky, 0U);
    // Nothing of the one before is left to be seen.
    folder_ = std::make_unique<test::TempFolder>();
  }
}

TEST_F(Standings, SayWhatVanishedAndWhatIsNewInTheCorpus) {
  play({ran("a"), with(ran("b"), "/x"), ran("c")});
  const Night second = play({ran("a"), ran("d")}, [](Report& report) {
    report.unreadable = {{"cannot be read", "tapes/c.tape.jsonl", 3, ""}};
  });
  EXPECT_THAT(changed(second), ElementsAre("b: upstream-drift > absent", "c: match > unreadable",
                                           "d: absent > match"));
  EXPECT_EQ(figures(second), "0 0 0 0 0") << "what vanished is not fixed";
  const Night third = play({ran("a"), ran("d")});
  EXPECT_THAT(third.changed, IsEmpty()) << "it is said once";
}

TEST_F(Standings, TakeWhatDidNotRunForThere) {
  play({ran("a"), ran("b"), ran("c")});
  const Night second = play({ran("a")}, [](Report& report) { report.not_run = {"b", "c"}; });
  EXPECT_THAT(changed(second), IsEmpty());
  const Night third = play({ran("a"), ran("c")});
  EXPECT_THAT(changed(third), ElementsAre("b: match > absent")) << "it was seen two nights ago";
}

TEST_F(Standings, SayNothingIsNewWhereNoNightCouldTell) {
  play({ran("a")}, [](Report& report) { report.whole_corpus = false; });
  EXPECT_THAT(changed(play({ran("a"), ran("b")})), IsEmpty());
}

TEST_F(Standings, SayWhichInputsChanged) {
  play({ran("a"), ran("b")});
  const Night second = play({ran("a"), ran("b")}, [](Report& report) {
    report.tool = "1.1.0";
    report.rules = "rules/2";
    report.columns[1].version = "0.25.0";
    report.columns.push_back({"agents@0.23.0", "agents", "openai-agents", "0.23.0", true, ""});
    report.sessions[0].tape_digest = "0123456789abcdef";
    report.sessions[1].golden_digest = "fedcba9876543210";
  });
  EXPECT_THAT(inputs(second),
              ElementsAre("tool: 1.0.0 > 1.1.0", "rules: rules/1 > rules/2",
                          "agents: openai-agents 0.24.0 > openai-agents 0.25.0",
                          "agents@0.23.0: absent > openai-agents 0.23.0",
                          "golden b: 901db > fedcba987654", "tape a: 7a9ea > 0123456789ab"));
}

TEST_F(Standings, SayNothingOfDigestsThatNobodyAskedFor) {
  play({ran("a")});
  const Night second = play({ran("a")}, [](Report& report) {
    report.sessions[0].tape_digest.clear();
    report.sessions[0].golden_digest.clear();
  });
  EXPECT_THAT(inputs(second), IsEmpty());
}

TEST_F(Standings, OfARunThatIsMadeAgainAreWhatTheyWere) {
  play({ran("a")});
  const Night second = play({with(ran("a"), "/x")});
  const Night third = play({ran("a")});
  --number_;
  --number_;
  const Night again = play({with(ran("a"), "/x")});
  EXPECT_EQ(figures(again), figures(second));
  EXPECT_EQ(again.before, second.before);
  EXPECT_THAT(again.trend, SizeIs(2));
}

TEST(Fingerprint, IsOfEverythingThatTellsADifferenceFromAnother) {
  const golden::Difference one = change("cpp", "/x", "1", "2").difference;
  std::set<std::string> prints = {fingerprint("a", "cpp", one), fingerprint("b", "cpp", one),
                                  fingerprint("a", "agents", one), fingerprint("ac", "pp", one)};
  const auto with_change = [&](const std::function<void(golden::Difference&)>& edit) {
    golden::Difference other = one;
    edit(other);
    prints.insert(fingerprint("a", "cpp", other));
  };
  with_change([](auto& other) { other.lane = "event/call:3"; });
  with_change([](auto& other) { other.name = "codex.item.started"; });
  with_change([](auto& other) { other.path = "/y"; });
  with_change([](auto& other) { other.expected.reset(); });
  with_change([](auto& other) { other.actual.reset(); });
  with_change([](auto& other) { other.actual = json::Value("-"); });
  with_change([](auto& other) { other.actual = json::Value(); });
  EXPECT_THAT(prints, SizeIs(11));
  EXPECT_EQ(fingerprint("a", "cpp", one), fingerprint("a", "cpp", one));
}

}  // namespace
}  // namespace codex::matrix::testing
