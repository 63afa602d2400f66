#include "golden/align.h"

#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

namespace codex::golden {
namespace {

// The length of a longest common subsequence, by the book.
std::size_t longest_common(const Tokens& a, const Tokens& b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const Token token : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = token == b[j] ? diagonal + 1 : std::max(row[j + 1], row[j]);
      diagonal = above;
    }
  }
  return row[b.size()];
}

void expect_valid(const Tokens& reference, const Tokens& actual,
                  const std::vector<Match>& matches) {
  for (std::size_t i = 0; i < matches.size(); ++i) {
    ASSERT_EQ(reference.at(matches[i].reference), actual.at(matches[i].actual));
    if (i == 0) continue;
    ASSERT_LT(matches[i - 1].reference, matches[i].reference);
    ASSERT_LT(matches[i - 1].actual, matches[i].actual);
  }
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_;
};

Tokens random_tokens(Random& random, std::size_t size, std::uint64_t kinds) {
  Tokens tokens(size);
  for (Token& token : tokens)
    token = random.below(kinds);
  return tokens;
}

Tokens rotated(const Tokens& tokens, std::size_t by) {
  Tokens result(tokens.begin() + static_cast<std::ptrdiff_t>(by), tokens.end());
  result.insert(result.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(by));
  return result;
}

TEST(Align, IsMinimalWhereTheProblemIsSmall) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t kinds = 1 + random.below(12);
    const Tokens a = random_tokens(random, random.below(40), kinds);
    const Tokens b = random_tokens(random, random.below(40), kinds);
    const std::vector<Match> matches = align(a, b);
    expect_valid(a, b, matches);
    ASSERT_EQ(matches.size(), longest_common(a, b));
  }
}

TEST(Align, FindsMostOfALargeRotation) {
  Tokens lines(20'000);
  for (std::size_t i = 0; i < lines.size(); ++i)
    lines[i] = i;
  const Tokens turned = rotated(lines, 5'000);
  AlignStatistics statistics;
  const std::vector<Match> matches = align(lines, turned, &statistics);
  expect_valid(lines, turned, matches);
  EXPECT_EQ(matches.size(), 15'000U);
  EXPECT_LE(statistics.largest_cells, kMinimalCells);
}

TEST(Align, FindsMostOfALargeRotationOfRepeatedLines) {
  Random random(3);
  const Tokens lines = random_tokens(random, 20'000, 40);
  const Tokens turned = rotated(lines, 5'000);
  const std::vector<Match> matches = align(lines, turned);
  expect_valid(lines, turned, matches);
  EXPECT_GE(matches.size(), 14'900U);
}

TEST(Align, IsNotMisledByOneMovedLineAmongRepeatedOnes) {
  Tokens reference(10'000, 7);
  Tokens actual(10'000, 7);
  reference.insert(reference.begin(), 1);
  actual.push_back(1);
  EXPECT_EQ(align(reference, actual).size(), 10'000U);
}

TEST(Align, IsCloseToMinimalInLargeLanes) {
  Random random(11);
  for (const std::uint64_t kinds : {3U, 50U, 100'000U}) {
    Tokens reference = random_tokens(random, 4'000, kinds);
    Tokens actual;
    for (const Token token : reference) {
      const std::uint64_t dice = random.below(50);
      if (dice != 0) actual.push_back(token);
      if (dice == 1) actual.push_back(random.below(kinds));
    }
    AlignStatistics statistics;
    const std::vector<Match> matches = align(reference, actual, &statistics);
    expect_valid(reference, actual, matches);
    const std::size_t edits = reference.size() + actual.size() - 2 * matches.size();
    const std::size_t best =
        reference.size() + actual.size() - 2 * longest_common(reference, actual);
    EXPECT_LE(edits, best + best / 20) << kinds << " kinds";
    EXPECT_LE(statistics.largest_cells, kMinimalCells);
  }
}

TEST(Align, NeverGivesDtlMoreThanItsShare) {
  Random random(5);
  AlignStatistics statistics;
  const Tokens a = random_tokens(random, 3'000, 2);
  const Tokens b = random_tokens(random, 3'000, 2);
  expect_valid(a, b, align(a, b, &statistics));
  // Nothing in common: nothing to split at, so dtl is not asked.
  const std::vector<Match> none = align(Tokens(5'000, 1), Tokens(5'000, 2), &statistics);
  EXPECT_TRUE(none.empty());
  EXPECT_LE(statistics.largest_cells, kMinimalCells);
}

TEST(Align, IsFastOnALargeShuffledLane) {
  Random random(13);
  Tokens reference(100'000);
  for (std::size_t i = 0; i < reference.size(); ++i)
    reference[i] = i % 30'000;
  Tokens actual = reference;
  for (int swap = 0; swap < 2'000; ++swap) {
    std::swap(actual[random.below(actual.size())], actual[random.below(actual.size())]);
  }
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Match> matches = align(reference, actual);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  expect_valid(reference, actual, matches);
  EXPECT_GE(matches.size(), 95'000U);
  EXPECT_LT(taken.count(), 10.0);
}

}  // namespace
}  // namespace codex::golden
