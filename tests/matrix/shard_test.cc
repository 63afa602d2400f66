// Which part of a corpus a process runs. data/shard_sources.jsonl: one environment a line,
//   about, given (--shard), environment {NAME: VALUE}, and either shard (and source), or error: a
//   part of the message.
#include "matrix/shard.h"

#include <map>
#include <set>
#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"

namespace codex::matrix {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("odd/session-" + std::to_string(i));
  return all;
}

TEST(Shard, EverySessionIsInExactlyOne) {
  for (const std::size_t count : {1u, 2u, 3u, 5u, 8u, 16u, 64u}) {
    std::vector<std::size_t> sizes(count + 1, 0);
    for (const std::string& name : names(300)) ++sizes.at(shard_of(name, count));
    EXPECT_EQ(sizes[0], 0u);
    for (std::size_t number = 1; number <= count; ++number) {
      EXPECT_LE(sizes[number], 6 + 2 * 300 / count) << "shard " << number << " of " << count;
    }
    for (const std::string& name : names(4)) {
      std::size_t times = 0;
      for (std::size_t number = 1; number <= count; ++number) {
        if (contains({number, count}, name)) ++times;
      }
      EXPECT_EQ(times, 1u) << name;
    }
  }
}

TEST(Shard, AnAddedShardTakesOnlyWhatIsItsOwn) {
  for (const std::string& name : names(100)) {
    const std::size_t before = shard_of(name, 7);
    const std::size_t after = shard_of(name, 8);
    EXPECT_TRUE(after == before || after == 8) << name;
  }
}

TEST(Shard, IsTheSameOnEveryMachine) {
  EXPECT_EQ(shard_of("echo", 8), 2u);
  EXPECT_EQ(shard_of("odd/stall", 8), 7u);
  EXPECT_EQ(shard_of("web-search-app-server", 64), 63u);
}

TEST(Shard, ATextThatIsNoneIsRefused) {
  for (const char* text : {"", "2", "0/3", "4/3", "a/3", "1/", "/3", "1/3/5", "-1/3", "1 /3",
                           "1/99999999999999999999"}) {
    EXPECT_FALSE(parse_shard(text)) << text;
  }
  EXPECT_EQ(parse_shard("3/3").value(), (Shard{3, 3}));
}

class ShardSourceTest : public ::testing::TestWithParam<json::Value> {};

TEST_P(ShardSourceTest, IsReadOrRefused) {
  const json::Value& line = GetParam();
  const Environment environment = [&](const char* name) -> std::optional<std::string> {
    const json::Value* value = test::at(line, "/environment").get(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value->text());
  };
  const json::Value* given = line.get("given");
  const auto found = find_shard(given == nullptr ? "" : std::string(given->text()), environment);
  if (const json::Value* error = line.get("error")) {
    ASSERT_FALSE(found) << found->shard.text();
    EXPECT_THAT(found.error().text(), HasSubstr(std::string(error->text())));
    return;
  }
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->shard.text(), test::at(line, "/shard").text());
  EXPECT_EQ(found->source, test::at(line, "/source").text());
  const json::Value* status_file = line.get("status_file");
  EXPECT_EQ(found->status_file, status_file == nullptr ? "" : status_file->text());
}

std::vector<json::Value> sources() {
  std::vector<json::Value> all;
  std::istringstream lines(test::file_text(CTD_SOURCE_DIR "/tests/matrix/data/shard_sources.jsonl"));
  for (std::string line; std::getline(lines, line);) all.push_back(test::parsed(line));
  return all;
}

INSTANTIATE_TEST_SUITE_P(Engines, ShardSourceTest, ::testing::ValuesIn(sources()),
                         [](const auto& each) {
                           std::string name;
                           for (const char c : test::at(each.param, "/about").text()) {
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace codex::matrix
