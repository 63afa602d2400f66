// Every row of the verdict table, place by place.
#include "golden/three_way.h"

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ThreeWay judged(const Transcript& cpp, const Transcript& python, const Transcript& golden) {
  const Agree agree = [](const Difference& c, const Difference& p) {
    return values_agree(c, *c.actual, *p.actual, {}, is_time);
  };
  return judge_places(compared(cpp, golden).differences, compared(python, golden).differences,
                      agree);
}

Transcript one(const char* data) {
  return transcript("x", {line("event/run", "a", data)});
}

TEST(ThreeWay, CppAloneDiffers) {
  const ThreeWay kinds = judged(one(R"({"x":2})"), one(R"({"x":1})"), one(R"({"x":1})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kCppRegression));
  EXPECT_THAT(kinds.python, IsEmpty());
}

TEST(ThreeWay, PythonAloneDiffers) {
  const ThreeWay kinds = judged(one(R"({"x":1})"), one(R"({"x":2})"), one(R"({"x":1})"));
  EXPECT_THAT(kinds.cpp, IsEmpty());
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kUpstreamDrift));
}

TEST(ThreeWay, BothDifferAndAgree) {
  const ThreeWay kinds = judged(one(R"({"x":2})"), one(R"({"x":2})"), one(R"({"x":1})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kGoldenStale));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kGoldenStale));
}

TEST(ThreeWay, BothDifferAndDisagree) {
  const ThreeWay kinds = judged(one(R"({"x":2})"), one(R"({"x":3})"), one(R"({"x":1})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kConflict));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kConflict));
}

TEST(ThreeWay, PlacesOfOneObservationAreJudgedApart) {
  const ThreeWay kinds =
      judged(one(R"({"w":0,"x":2,"y":9,"z":9})"), one(R"({"w":0,"x":1,"y":8,"z":9})"),
             one(R"({"w":0,"x":1,"y":1,"z":1})"));
  EXPECT_THAT(kinds.cpp,
              ElementsAre(Verdict::kCppRegression, Verdict::kConflict, Verdict::kGoldenStale));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kConflict, Verdict::kGoldenStale));
}

TEST(ThreeWay, AMemberThatOneLostAndTheOtherChangedIsAConflict) {
  const ThreeWay kinds =
      judged(one(R"({"k":1})"), one(R"({"k":1,"x":2})"), one(R"({"k":1,"x":1})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kConflict));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kConflict));
}

TEST(ThreeWay, ALostObservationConflictsWithAChangeInIt) {
  const ThreeWay kinds = judged(numbered({1, 3}),
                                transcript("x", {line("event/run", "n", R"({"n":1})"),
                                                 line("event/run", "n", R"({"n":2,"m":1})"),
                                                 line("event/run", "n", R"({"n":3})")}),
                                numbered({1, 2, 3}));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kConflict));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kConflict));
}

TEST(ThreeWay, AReplacedContainerConflictsWithAChangeInIt) {
  const ThreeWay kinds =
      judged(one(R"({"u":null})"), one(R"({"u":{"p":2}})"), one(R"({"u":{"p":1}})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kConflict));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kConflict));
}

TEST(ThreeWay, BothLostTheSameOfSeveralEqualObservations) {
  const ThreeWay kinds =
      judged(numbered({1, 7, 7, 2, 9}), numbered({1, 7, 7, 2, 3}), numbered({1, 7, 7, 7, 2, 3}));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kGoldenStale, Verdict::kCppRegression));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kGoldenStale));
}

TEST(ThreeWay, AddedObservationsMeetByContentThenByName) {
  const Transcript golden = numbered({1, 2});
  const auto added = [](const char* name, const char* data) {
    return transcript("x", {line("event/run", "n", R"({"n":1})"), line("event/run", name, data),
                            line("event/run", "n", R"({"n":2})")});
  };
  const ThreeWay same = judged(added("x", "1"), added("x", "1"), golden);
  EXPECT_THAT(same.cpp, ElementsAre(Verdict::kGoldenStale));
  EXPECT_THAT(same.python, ElementsAre(Verdict::kGoldenStale));
  const ThreeWay other_data = judged(added("x", "1"), added("x", "2"), golden);
  EXPECT_THAT(other_data.cpp, ElementsAre(Verdict::kConflict));
  EXPECT_THAT(other_data.python, ElementsAre(Verdict::kConflict));
  const ThreeWay other_name = judged(added("x", "1"), added("y", "1"), golden);
  EXPECT_THAT(other_name.cpp, ElementsAre(Verdict::kCppRegression));
  EXPECT_THAT(other_name.python, ElementsAre(Verdict::kUpstreamDrift));
}

TEST(ThreeWay, AddedElementsOfAListMeetByPlace) {
  const ThreeWay kinds =
      judged(one(R"({"l":[1,5,2]})"), one(R"({"l":[1,5,2]})"), one(R"({"l":[1,2]})"));
  EXPECT_THAT(kinds.cpp, ElementsAre(Verdict::kGoldenStale));
  EXPECT_THAT(kinds.python, ElementsAre(Verdict::kGoldenStale));
}

}  // namespace
}  // namespace codex::golden::testing
