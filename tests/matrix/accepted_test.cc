#include "matrix/accepted.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "golden/files.h"
#include "tests/matrix/matrices.h"
#include "tests/support/tape_edit.h"
#include "tests/support/temp_folder.h"

namespace codex::matrix::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const golden::Shape kA{"event", "turn", "/data/a"};
const golden::Shape kB{"event", "turn", "/data/b"};

Inventory declared() {
  return inventory({event_entry("item.x", {"p", "q"}), event_entry("turn", {"a", "b"})});
}
Report all_well() {
  return report({reaching("one", {{kA, compared(1)}}), reaching("two", {{kB, compared(1)}})},
                {declared()});
}
AcceptedMatrix accepted() { return AcceptedMatrix::of(matrix_of(all_well()), {}); }

TEST(Accepted, PrintsAFeatureALineAndReadsItAgain) {
  const std::string text = accepted().print();
  EXPECT_THAT(
      text,
      AllOf(StartsWith("{\"matrix\":1,\"columns\":[\"cpp\",\"agents\"]}\n"
                       "{\"id\":\"agents/exec-event/item.x\",\"cells\":{\"agents\":\"not-exercised\","
                       "\"cpp\":\"not-exercised\"},\"fields\":[\"p\",\"q\"]}\n"),
            HasSubstr("\n{\"features\":2,\"sha256\":\"")));
  const auto again = AcceptedMatrix::parse(text, "accepted.json");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->print(), text);
  EXPECT_EQ(again->features(), accepted().features());
  EXPECT_TRUE(again->has_column("cpp"));
  EXPECT_FALSE(again->has_column("agents@2.0"));
}

// The name of a tape's file may be no UTF-8, and so may what a session says its fields are called.
TEST(Accepted, NamesThatAreNoUtf8AreReadAgain) {
  Report report = all_well();
  report.sessions[0].session = "odd/\xff";
  report.sessions[0].judgement.lanes["event/run"].wire.compared = 1;
  const std::string text = AcceptedMatrix::of(matrix_of(report), {}).print();
  EXPECT_THAT(text, HasSubstr("{\"session\":{\"$\":\"wtf8\""));
  const auto again = AcceptedMatrix::parse(text, "accepted.json");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->print(), text);
}

TEST(Accepted, FieldsWithCellsOfTheirOwnStandTogether) {
  const AcceptedMatrix one = AcceptedMatrix::of(
      matrix_of(report({reaching("one", {{kA, compared(1)}})}, {declared()})), {});
  EXPECT_THAT(one.print(), HasSubstr("\"fields\":[\"a\"],\"other\":[{\"cells\":{\"agents\":"
                                     "\"not-exercised\",\"cpp\":\"not-exercised\"},\"fields\":[\"b\"]}]}"));
}

TEST(Accepted, ACutOrEditedFileIsAnErrorWithItsLine) {
  const std::string text = accepted().print();
  const auto error = [](const std::string& changed) {
    const auto read = AcceptedMatrix::parse(changed, "accepted.json");
    return read ? std::string() : read.error().text();
  };
  // Whatever is cut off is noticed.
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(error(text.substr(0, size)), StartsWith("accepted.json")) << size;
  }
  EXPECT_THAT(error(text + "{}\n"), AllOf(StartsWith("accepted.json:5:"), HasSubstr("after the footer")));
  EXPECT_THAT(error(test::replaced(text, "[\"p\",\"q\"]", "[\"p\"]")),
              AllOf(StartsWith("accepted.json:4:"), HasSubstr("edited"), HasSubstr("--accept")));
  EXPECT_THAT(error(test::replaced(text, "[\"p\",\"q\"]", "[\"p\",\"p\"]")),
              AllOf(StartsWith("accepted.json:2:"), HasSubstr("twice")));
  EXPECT_THAT(error(test::replaced(text, "\"cpp\":\"match\"", "\"cpp\":\"fine\"")),
              AllOf(StartsWith("accepted.json:3:"), HasSubstr("unknown state \"fine\"")));
  EXPECT_THAT(error(test::replaced(text, "\"matrix\":1", "\"matrix\":2")),
              StartsWith("accepted.json:1:"));
  EXPECT_THAT(error(test::replaced(text, "exec-event/turn", "exec-event/a")),
              AllOf(StartsWith("accepted.json:3:"), HasSubstr("order")));
}

TEST(Accepted, TheSameRunIsNeitherWorseNorBetter) {
  const ParityMatrix matrix = matrix_of(all_well(), accepted());
  EXPECT_THAT(matrix.regressions, IsEmpty());
  EXPECT_THAT(matrix.improvements, IsEmpty());
}

TEST(Accepted, AWorseCellIsARegression) {
  Report worse = all_well();
  worse.sessions[0].coverage["cpp"][kA] = differing(1);
  EXPECT_THAT(told(matrix_of(worse, accepted()).regressions),
              ElementsAre("turn  cpp match -> differs", "turn a cpp match -> differs"));
}

TEST(Accepted, AMaskThatGrowsIsARegression) {
  const auto with = [](std::size_t compared, std::size_t masked, std::size_t unseen) {
    Report changed = all_well();
    golden::LeafTally& leaves = changed.sessions[0].judgement.lanes["event/run"].wire;
    leaves.compared = compared;
    leaves.masked = masked;
    leaves.not_observed = unseen;
    return changed;
  };
  const AcceptedMatrix before = AcceptedMatrix::of(matrix_of(with(80, 10, 10)), {});
  EXPECT_THAT(before.print(), HasSubstr("\n{\"session\":\"one\",\"leaves\":[80,10,10]}\n{\"features\""));
  const auto again = AcceptedMatrix::parse(before.print(), "accepted.json");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->leaves(), before.leaves());
  EXPECT_EQ(again->print(), before.print());

  const auto worse = [&](const Report& report) { return told(matrix_of(report, before).regressions); };
  EXPECT_THAT(worse(with(80, 10, 10)), IsEmpty());
  EXPECT_THAT(worse(with(160, 20, 20)), IsEmpty()) << "more of everything, the same share";
  EXPECT_THAT(worse(with(95, 5, 0)), IsEmpty());
  EXPECT_THAT(worse(with(79, 11, 10)),
              ElementsAre("session one masked leaves  10 of 100 -> 11 of 100"));
  EXPECT_THAT(worse(with(79, 10, 11)),
              ElementsAre("session one unseen leaves  10 of 100 -> 11 of 100"));
  EXPECT_THAT(matrix_of(with(79, 11, 10), before, false).regressions, IsEmpty())
      << "a part of the corpus is not judged";
  EXPECT_THAT(worse(all_well()), IsEmpty()) << "it was not compared";
  Report differs = with(79, 11, 10);
  differs.sessions[0].judgement.lanes["event/run"].wire.differing = 1;
  EXPECT_THAT(worse(differs), IsEmpty()) << "that is red already";

  Report more = with(80, 10, 10);
  more.sessions.push_back(reaching("three", {}));
  more.sessions.back().judgement.lanes["event/run"].wire.masked = 1;
  EXPECT_THAT(told(matrix_of(more, before).improvements),
              ElementsAre("session three masked leaves  absent -> 1 of 1"));
  EXPECT_THAT(worse(more), IsEmpty());
}

TEST(Accepted, ATapeThatAloneReachesAnEntryMayNotGo) {
  Report shorter = all_well();
  shorter.sessions.pop_back();
  EXPECT_THAT(told(matrix_of(shorter, accepted()).regressions),
              ElementsAre("turn b agents match -> not-exercised", "turn b cpp match -> not-exercised"));
  EXPECT_THAT(matrix_of(shorter, accepted(), false).regressions, IsEmpty())
      << "a part of the corpus says nothing";
}

TEST(Accepted, AFieldOrAFeatureThatVanishedIsARegression) {
  Report fewer = all_well();
  fewer.inventories = {inventory({event_entry("turn", {"a"})})};
  EXPECT_THAT(told(matrix_of(fewer, accepted()).regressions),
              ElementsAre("item.x   not-exercised -> gone", "turn b  match -> gone"));
}

TEST(Accepted, WhatIsNewOrBetterIsAnImprovement) {
  Report more = all_well();
  more.inventories = {inventory({event_entry("item.x", {"p", "q"}), event_entry("item.y", {"z"}),
                                 event_entry("turn", {"a", "b", "c"})})};
  more.sessions.push_back(reaching("three", {{{"event", "item.x", "/data/p"}, compared(1)}}));
  const ParityMatrix matrix = matrix_of(more, accepted());
  EXPECT_THAT(matrix.regressions, IsEmpty());
  EXPECT_THAT(told(matrix.improvements),
              ElementsAre("item.x  agents not-exercised -> match", "item.x  cpp not-exercised -> match",
                          "item.x p agents not-exercised -> match",
                          "item.x p cpp not-exercised -> match", "turn c  absent -> not-exercised",
                          "item.y   absent -> not-exercised"));
}

TEST(Accepted, AColumnThatCouldNotRunIsNotJudgedAndKeepsItsCells) {
  Report without = all_well();
  for (SessionReport& session : without.sessions) {
    session.subjects["agents"].outcome = harness::Outcome::kUnavailable;
    session.coverage.erase("agents");
  }
  const ParityMatrix matrix = matrix_of(without, accepted());
  EXPECT_THAT(matrix.regressions, IsEmpty());
  EXPECT_EQ(AcceptedMatrix::of(matrix, accepted()).features(), accepted().features());
}

TEST(Accepted, WithoutAnInventoryNothingIsGone) {
  Report without = all_well();
  without.inventories.clear();
  EXPECT_THAT(matrix_of(without, accepted()).regressions, IsEmpty());
  EXPECT_EQ(AcceptedMatrix::of(matrix_of(without), accepted()).features(), accepted().features());
}

TEST(Accepted, AColumnThatIsNotAcceptedIsNotJudged) {
  Report more = all_well();
  more.columns = columns_of(more);
  more.columns.push_back({"agents@2.0", "agents", "openai-agents", "2.0", true, ""});
  more.inventories.push_back(inventory({event_entry("turn", {"a"})}, "2.0"));
  for (SessionReport& session : more.sessions) session.further["agents@2.0"].coverage[kA] = differing(1);
  EXPECT_THAT(matrix_of(more, accepted()).regressions, IsEmpty());
  const AcceptedMatrix wider = AcceptedMatrix::of(matrix_of(more), accepted());
  EXPECT_TRUE(wider.has_column("agents@2.0"));
  EXPECT_THAT(matrix_of(all_well(), wider).regressions, IsEmpty()) << "it is not in this run";
}

TEST(Accepted, IsWrittenInOneStep) {
  const test::TempFolder folder;
  const std::string path = folder.write("accepted.json", "old");
  folder.write("accepted.json.new", "left behind");
  ASSERT_FALSE(accepted().write(golden::disk(), path));
  EXPECT_EQ(test::file_text(path), accepted().print());
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  const auto status = accepted().write(golden::disk(), folder.path() + "/none/accepted.json");
  ASSERT_TRUE(status);
  EXPECT_THAT(status->text(), HasSubstr("none/accepted.json"));
}

}  // namespace
}  // namespace codex::matrix::testing
