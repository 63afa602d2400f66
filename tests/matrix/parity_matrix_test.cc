#include "matrix/parity_matrix.h"

#include <gmock/gmock.h>

#include "tests/matrix/matrices.h"

namespace codex::matrix::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const golden::Shape kA{"event", "turn", "/data/a"};
const golden::Shape kB{"event", "turn", "/data/b"};

TEST(ParityMatrix, ACellIsWhatTheSessionsShow) {
  const ParityMatrix matrix = matrix_of(
      report({reaching("one", {{kA, compared(1)}}), reaching("two", {{kA, compared(2)}})},
             {inventory({event_entry("item.x", {}), event_entry("turn", {"a", "b"})})}));
  EXPECT_THAT(told(matrix),
              ElementsAre("item.x agents not-exercised 0:", "item.x cpp not-exercised 0:",
                          "turn agents match 2: one two", "turn cpp match 2: one two",
                          "turn a agents match 2: one two", "turn a cpp match 2: one two",
                          "turn b agents not-exercised 0:", "turn b cpp not-exercised 0:"));
  EXPECT_EQ(matrix.features[0].area, "items");
  EXPECT_EQ(matrix.features[1].area, "lifecycle");
}

TEST(ParityMatrix, AnEntryTakesInAllBeneathItsPlace) {
  const ParityMatrix matrix =
      matrix_of(report({reaching("one", {{{"event", "turn", "/data/b/*{type=x}/c"}, differing(1)},
                                         {kA, compared(1)}})},
                       {inventory({event_entry("turn", {"a", "b"})})}));
  EXPECT_THAT(told(matrix), ElementsAre("turn agents match 1: one", "turn cpp differs 1: one",
                                        "turn a agents match 1: one", "turn a cpp match 1: one",
                                        "turn b agents match 1: one", "turn b cpp differs 1: one"));
}

TEST(ParityMatrix, OneSessionThatComparesIsMoreThanOneThatCannotSee) {
  const Inventory declared = inventory({event_entry("turn", {})});
  EXPECT_THAT(told(matrix_of(report({reaching("one", {{kA, not_observed(1)}})}, {declared}))),
              Contains("turn cpp not-observed 1: one"));
  EXPECT_THAT(told(matrix_of(report({reaching("one", {{kA, not_observed(1)}}),
                                     reaching("two", {{kA, compared(1)}})},
                                    {declared}))),
              Contains("turn cpp match 2: one two"));
}

TEST(ParityMatrix, WhatDiffersComesFirstInTheEvidence) {
  const ParityMatrix matrix =
      matrix_of(report({reaching("a", {{kA, compared(1)}}), reaching("b", {{kA, known(1)}}),
                        reaching("c", {{kA, differing(1)}})},
                       {inventory({event_entry("turn", {})})}));
  EXPECT_THAT(told(matrix), Contains("turn cpp differs 3: c b a"));
}

TEST(ParityMatrix, OfManySessionsSomeAreNamed) {
  std::vector<SessionReport> sessions;
  for (int i = 0; i < 20; ++i) sessions.push_back(reaching("s" + std::to_string(i), {{kA, compared(1)}}));
  const ParityMatrix matrix = matrix_of(report(sessions, {inventory({event_entry("turn", {})})}));
  EXPECT_EQ(matrix.features[0].cells.at("cpp").sessions, 20U);
  EXPECT_EQ(matrix.features[0].cells.at("cpp").evidence.size(), 8U);
}

TEST(ParityMatrix, SessionsOfAnotherClientDoNotCount) {
  SessionReport other = reaching("other", {{kA, compared(1)}});
  other.subjects.erase("agents");
  other.subjects["codex-sdk"] = {};
  other.coverage.erase("agents");
  EXPECT_THAT(told(matrix_of(report({other}, {inventory({event_entry("turn", {})})}))),
              ElementsAre("turn agents not-exercised 0:", "turn cpp not-exercised 0:"));
}

TEST(ParityMatrix, AClientWithoutASessionHasItsRows) {
  Report none = report({}, {inventory({event_entry("turn", {})})});
  none.subjects.erase("agents");
  EXPECT_THAT(told(matrix_of(none)),
              ElementsAre("turn agents not-exercised 0:", "turn cpp not-exercised 0:"));
}

TEST(ParityMatrix, AColumnThatCouldNotRunIsUnavailable) {
  SessionReport session;
  session.session = "one";
  session.subjects["agents"].outcome = harness::Outcome::kUnavailable;
  session.subjects["agents"].reason = "no client";
  EXPECT_THAT(told(matrix_of(report({session}, {inventory({event_entry("turn", {})})}))),
              Contains("turn agents unavailable 0:"));
}

TEST(ParityMatrix, AFurtherColumnHasTheRowsThatItsClientDeclares) {
  SessionReport session = reaching("one", {{kA, compared(1)}});
  session.further["agents@2.0"].subject.outcome = harness::Outcome::kCompleted;
  session.further["agents@2.0"].coverage[kA] = differing(1);
  Report both = report({session}, {inventory({event_entry("turn", {"a"}), event_entry("old", {})}),
                                   inventory({event_entry("turn", {}), event_entry("new", {})}, "2.0")});
  both.columns = {{"cpp", "cpp", "", "", false, ""},
                  {"agents", "agents", "openai-agents", "1.0", false, ""},
                  {"agents@2.0", "agents", "openai-agents", "2.0", true, ""}};
  const ParityMatrix matrix = matrix_of(both);
  EXPECT_THAT(told(matrix),
              ElementsAre("new agents@2.0 not-exercised 0:", "old agents not-exercised 0:",
                          "old cpp not-exercised 0:", "turn agents match 1: one",
                          "turn agents@2.0 differs 1: one", "turn cpp match 1: one",
                          "turn a agents match 1: one", "turn a cpp match 1: one"));
  EXPECT_EQ(matrix.figures.at("all").entries, 2U) << "of the first environment";
}

TEST(ParityMatrix, Figures) {
  const ParityMatrix matrix =
      matrix_of(report({reaching("one", {{kA, compared(1)}, {kB, known(1)}}),
                        reaching("two", {{{"event", "seen", "/data"}, not_observed(1)}})},
                       {inventory({event_entry("turn", {"a", "b", "c"}), event_entry("seen", {}),
                                   event_entry("item.never", {"x"})})}));
  const Figures& all = matrix.figures.at("all");
  EXPECT_EQ(all.entries, 3U);
  EXPECT_EQ(all.exercised, 2U);
  EXPECT_EQ(all.compared, 1U);
  EXPECT_EQ(all.matched, 0U);
  EXPECT_EQ(all.known, 1U);
  EXPECT_EQ(all.fields, 4U);
  EXPECT_EQ(all.fields_exercised, 2U);
  EXPECT_EQ(all.fields_matched, 1U);
}

TEST(ParityMatrix, PlacesAreThoseOfTheWire) {
  golden::ShapeTally of_driver = compared(2);
  of_driver.driver = 2;
  const ParityMatrix matrix = matrix_of(
      report({reaching("one", {{kA, compared(1)}, {kB, known(1)}, {{"hook", "h", "/data"}, of_driver}}),
              reaching("two", {{kB, compared(1)}})},
             {}));
  // cpp and agents, a and b; a hook of the driver counts for agents alone, as it says nothing here.
  EXPECT_EQ(matrix.places_known, 1U);
  EXPECT_EQ(matrix.places, 5U);
}

TEST(ParityMatrix, AnEntryOfNoAreaIsAnErrorThatNamesIt) {
  const auto only_items =
      Areas::parse(R"({"areas":[{"area":"items","features":["*/item.*"]}]})", "areas.json");
  ASSERT_TRUE(only_items);
  const auto matrix = compute_matrix(report({}, {inventory({event_entry("turn", {})})}),
                                     only_items.value(), AcceptedMatrix());
  ASSERT_FALSE(matrix);
  EXPECT_THAT(matrix.error().text(),
              AllOf(HasSubstr("agents/exec-event/turn"), HasSubstr("areas.json")));
}

TEST(Areas, WhatIsWrongIsSaid) {
  const auto error = [](std::string_view text) {
    const auto areas = Areas::parse(text, "areas.json");
    return areas ? std::string() : areas.error().text();
  };
  EXPECT_THAT(error("{"), StartsWith("areas.json:1"));
  EXPECT_THAT(error("{}"), HasSubstr("\"areas\" is missing"));
  EXPECT_THAT(error(R"({"areas":[{}]})"), HasSubstr("no name"));
  EXPECT_THAT(error(R"({"areas":[{"area":"x"}]})"), HasSubstr("\"x\" has no list"));
  EXPECT_THAT(error(R"({"areas":[{"area":"x","features":[1]}]})"), HasSubstr("lists no text"));
}

TEST(Areas, EveryAreaOfTheContractIsThere) {
  const auto areas = Areas::load(CTD_SOURCE_DIR "/matrix/areas.json");
  ASSERT_TRUE(areas) << areas.error().text();
  EXPECT_THAT(areas->names(),
              ::testing::UnorderedElementsAre("lifecycle", "items", "tools", "approvals", "usage",
                                              "tracing", "logging", "errors", "switches"));
  EXPECT_EQ(areas->area_of("agents/span/agent"), "tracing");
  EXPECT_EQ(areas->area_of("agents/quantum/x"), std::nullopt);
}

}  // namespace
}  // namespace codex::matrix::testing
