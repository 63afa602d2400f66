#include "golden/pairing.h"

#include <string>

#include <gmock/gmock.h>

namespace codex::golden {
namespace {

using ::testing::ElementsAre;

// Elements of one name each, told by the tens; the distance of two is that of their numbers.
std::vector<std::string> paired(const Tokens& reference, const Tokens& actual) {
  const auto elements = [](const Tokens& tokens) {
    Elements result{tokens, {}};
    for (const Token token : tokens)
      result.names.push_back(token / 10);
    return result;
  };
  const auto unlike = [&](std::size_t r, std::size_t a) {
    return reference[r] > actual[a] ? reference[r] - actual[a] : actual[a] - reference[r];
  };
  std::vector<std::string> script;
  for (const Step& step : pair_elements(elements(reference), elements(actual), unlike)) {
    if (step.actual == kAbsent) {
      script.push_back("-" + std::to_string(step.reference));
    } else if (step.reference == kAbsent) {
      script.push_back("+" + std::to_string(step.actual) + " before " +
                       std::to_string(step.before) + " as " + std::to_string(step.ordinal));
    } else {
      script.push_back(std::to_string(step.reference) + "=" + std::to_string(step.actual));
    }
  }
  return script;
}

TEST(Pairing, PairsEqualElementsFirst) {
  EXPECT_THAT(paired({1, 12, 3}, {12, 3, 4}), ElementsAre("-0", "1=0", "2=1", "+2 before 3 as 0"));
}

TEST(Pairing, PairsElementsOfOneNameInTheGapsOnly) {
  EXPECT_THAT(paired({1, 12, 2}, {1, 13, 2}), ElementsAre("0=0", "1=1", "2=2"));
  EXPECT_THAT(paired({1, 12, 2}, {1, 23, 2}), ElementsAre("0=0", "-1", "+1 before 2 as 0", "2=2"));
}

TEST(Pairing, DoesNotCross) {
  EXPECT_THAT(paired({11, 21}, {22, 12}), ElementsAre("-0", "1=0", "+1 before 2 as 0"));
}

TEST(Pairing, TakesAsManyPairsAsThereAreAndOfThemTheLeastUnlike) {
  EXPECT_THAT(paired({11, 15, 18}, {16, 19}), ElementsAre("-0", "1=0", "2=1"));
  EXPECT_THAT(paired({11, 18}, {19}), ElementsAre("-0", "1=0"));
}

TEST(Pairing, NumbersWhatStandsBeforeOneElement) {
  EXPECT_THAT(paired({1, 2}, {1, 55, 66, 2}),
              ElementsAre("0=0", "+1 before 1 as 0", "+2 before 1 as 1", "1=3"));
}

TEST(Pairing, TellsOfEqualElementsThatTheLastIsAlone) {
  EXPECT_THAT(paired({1, 7, 7, 2}, {1, 7, 2}), ElementsAre("0=0", "1=1", "-2", "3=2"));
  EXPECT_THAT(paired({1, 7, 2}, {1, 7, 7, 2}),
              ElementsAre("0=0", "1=1", "+2 before 2 as 0", "2=3"));
  EXPECT_THAT(paired({5, 17, 18, 17, 18, 2}, {5, 17, 18, 2}),
              ElementsAre("0=0", "1=1", "2=2", "-3", "-4", "5=3"));
}

TEST(Pairing, TellsTheSameThoughTheElementBeforeChanged) {
  EXPECT_THAT(paired({5, 17, 18, 17, 18, 2}, {6, 17, 18, 2}),
              ElementsAre("0=0", "1=1", "2=2", "-3", "-4", "5=3"));
}

TEST(Pairing, CoversEverythingOnceAndInOrder) {
  std::uint64_t state = 17;
  const auto below = [&](std::uint64_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % bound;
  };
  for (int round = 0; round < 500; ++round) {
    Elements sides[2];
    for (Elements& side : sides) {
      side.contents.resize(below(25));
      for (Token& token : side.contents)
        side.names.push_back((token = below(12)) / 4);
    }
    std::size_t next[2] = {0, 0};
    for (const Step& step : pair_elements(
             sides[0], sides[1], [](std::size_t, std::size_t) { return std::size_t{1}; })) {
      if (step.reference != kAbsent && step.actual != kAbsent) {
        ASSERT_EQ(sides[0].names[step.reference], sides[1].names[step.actual]);
      }
      if (step.reference != kAbsent) {
        ASSERT_EQ(step.reference, next[0]++);
      }
      if (step.actual != kAbsent) {
        ASSERT_EQ(step.actual, next[1]++);
      }
    }
    ASSERT_EQ(next[0], sides[0].contents.size());
    ASSERT_EQ(next[1], sides[1].contents.size());
  }
}

TEST(Pairing, PairsALargeGapInOrder) {
  Tokens reference;
  Tokens actual;
  for (Token i = 0; i < 3'000; ++i) {
    reference.push_back(i * 10);
    actual.push_back(i * 10 + 1);
  }
  actual.erase(actual.begin() + 700);
  const std::vector<std::string> script = paired(reference, actual);
  ASSERT_EQ(script.size(), 3'000U);
  EXPECT_EQ(script[699], "699=699");
  EXPECT_EQ(script[700], "-700");
  EXPECT_EQ(script[701], "701=700");
}

}  // namespace
}  // namespace codex::golden
