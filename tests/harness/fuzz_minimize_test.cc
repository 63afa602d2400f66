// The minimizer by itself: oracles that are made up, so that what is smallest is known.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fuzz/minimize.h"
#include "harness/fuzz/random.h"

namespace codex::harness::fuzz {
namespace {

using Shows = std::function<bool(const Draft&)>;

DraftLine line(Action action, std::string text) { return {action, std::move(text), {}}; }

// One process and `count` events, each with fields that nobody needs.
Draft draft_of(std::size_t count) {
  Draft draft;
  draft.driver.set("prompt", "Go.");
  draft.driver.set("max_turns", 7);
  draft.lines.push_back(line(Action::kToCodex, R"({"argv":["exec"],"stdin":"go"})"));
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    draft.lines.push_back(line(Action::kFromCodex, R"({"type":"e)" + number +
                                                       R"(","item":{"text":"word )" + number +
                                                       R"(","list":[1,22,333]},"n":)" + number + "000}"));
  }
  return draft;
}

bool has(const Draft& draft, const std::string& text) {
  return draft.text().find(text) != std::string::npos;
}

Oracle oracle_of(const Shows& shows, std::size_t* asked = nullptr, std::size_t* most = nullptr) {
  return [=](const std::vector<Draft>& candidates) -> std::optional<std::size_t> {
    if (asked != nullptr) *asked += candidates.size();
    if (most != nullptr) *most = std::max(*most, candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      EXPECT_TRUE(is_playable(candidates[i])) << candidates[i].text();
      if (shows(candidates[i])) return i;
    }
    return std::nullopt;
  };
}

Minimized minimized(const Draft& draft, const Shows& shows, std::size_t at_once = 1,
                    std::size_t most_tries = 100000) {
  MinimizeLimits limits;
  limits.at_once = at_once;
  limits.most_tries = most_tries;
  return minimize(draft, oracle_of(shows), limits);
}

TEST(FuzzMinimizeTest, LeavesOneLineOneFieldOneValue) {
  const Minimized small = minimized(draft_of(40), [](const Draft& draft) {
    return has(draft, "333");
  });
  EXPECT_TRUE(small.is_minimal);
  EXPECT_TRUE(small.draft.driver.empty());
  ASSERT_EQ(small.draft.lines.size(), 2U);
  EXPECT_EQ(small.draft.lines[0].text, R"({"argv":["exec"],"stdin":"go"})") << "the client's own";
  EXPECT_EQ(small.draft.lines[1].text, R"({"item":{"list":[333]}})");
}

TEST(FuzzMinimizeTest, KeepsWhatBelongsTogether) {
  // Two lines in their order, and an option of the driver.
  const Minimized small = minimized(draft_of(33), [](const Draft& draft) {
    const std::string text = draft.text();
    const std::size_t one = text.find("\"e7\"");
    const std::size_t two = text.find("\"e21\"");
    return one != std::string::npos && two != std::string::npos && one < two &&
           has(draft, "\"max_turns\"");
  });
  EXPECT_TRUE(small.is_minimal);
  ASSERT_EQ(small.draft.lines.size(), 3U);
  EXPECT_EQ(small.draft.lines[1].text, R"({"type":"e7"})");
  EXPECT_EQ(small.draft.lines[2].text, R"({"type":"e21"})");
  ASSERT_EQ(small.draft.driver.size(), 1U);
  EXPECT_EQ(*small.draft.driver.find("max_turns"), json::Value(0));
}

TEST(FuzzMinimizeTest, BytesThatAreNoTextAreFewer) {
  Draft draft = draft_of(3);
  draft.lines[2].set_bytes("{\"type\":\"long words\xff and more of them\"}\n");
  ASSERT_EQ(draft.lines[2].action, Action::kBase64);
  const Minimized small = minimized(draft, [](const Draft& each) {
    return std::any_of(each.lines.begin(), each.lines.end(), [](const DraftLine& line) {
      return line.bytes().find('\xff') != std::string::npos;
    });
  });
  EXPECT_TRUE(small.is_minimal);
  ASSERT_EQ(small.draft.lines.size(), 2U);
  EXPECT_EQ(small.draft.lines[1].bytes(), "\xff");
}

// Oracles by chance: some lines, some texts in them. What is left shows it, none of it can be left
// out, and neither chance nor threads matter.
TEST(FuzzMinimizeTest, WhateverIsAskedForTheResultIsMinimal) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed, 1);
    const Draft draft = draft_of(5 + random.below(30));
    std::vector<std::string> wanted;
    for (std::size_t i = 1 + random.below(4); i > 0; --i) {
      const std::string number = std::to_string(random.below(draft.lines.size() - 1));
      wanted.push_back(random.once_in(2) ? "\"type\":\"e" + number + "\"" : "word " + number + "\"");
    }
    const Shows shows = [&](const Draft& each) {
      return std::all_of(wanted.begin(), wanted.end(),
                         [&](const std::string& text) { return has(each, text); });
    };
    ASSERT_TRUE(shows(draft));
    const Minimized small = minimized(draft, shows);
    EXPECT_TRUE(small.is_minimal);
    EXPECT_TRUE(shows(small.draft)) << small.draft.text();
    for (std::size_t i = 0; i < small.draft.lines.size(); ++i) {
      Draft less = small.draft;
      less.lines.erase(less.lines.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(is_playable(less) && shows(less)) << small.draft.text();
    }
    const Minimized again = minimized(draft, shows, 7);
    EXPECT_EQ(again.draft, small.draft);
    EXPECT_EQ(again.tries, small.tries);
  }
}

TEST(FuzzMinimizeTest, StopsWhenTheTriesAreUsedUpAndKeepsWhatItHas) {
  const Shows shows = [](const Draft& draft) { return has(draft, "\"e39\""); };
  const Minimized some = minimized(draft_of(40), shows, 4, 12);
  EXPECT_FALSE(some.is_minimal);
  EXPECT_LE(some.tries, 12U);
  EXPECT_TRUE(shows(some.draft));
  EXPECT_LT(some.draft.lines.size(), 41U);
}

TEST(FuzzMinimizeTest, NothingIsLeftOutOfWhatNeedsAllOfIt) {
  const Draft draft = draft_of(4);
  const Minimized small = minimized(draft, [&](const Draft& each) { return each == draft; });
  EXPECT_TRUE(small.is_minimal);
  EXPECT_EQ(small.draft, draft);
}

TEST(FuzzMinimizeTest, TheOracleIsAskedForAsManyAsItCanTake) {
  std::size_t asked = 0;
  std::size_t most = 0;
  MinimizeLimits limits;
  limits.at_once = 5;
  const Minimized small =
      minimize(draft_of(20), oracle_of([](const Draft& draft) { return has(draft, "\"e3\""); },
                                       &asked, &most), limits);
  EXPECT_EQ(most, 5U);
  EXPECT_GE(asked, small.tries);
}

}  // namespace
}  // namespace codex::harness::fuzz
