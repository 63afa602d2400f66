#include "matrix/known_differences.h"

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::matrix {
namespace {

using golden::testing::parsed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kToday = "2026-11-23";

std::string entry(const std::string& id, const std::string& rest) {
  return R"({"id":")" + id + R"(","reason":"why","link":"https://example.org/1",)" + rest + "}\n";
}

constexpr const char* kStatus =
    R"("session":"odd/*","lane":"event/*","path":"/data/status","expected":"failed","actual":"completed")";

KnownDifferences known(const std::string& text) {
  auto result = KnownDifferences::parse(text, "known.jsonl", kToday);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().text());
  return result.value();
}

std::string fault(const std::string& text) {
  const auto result = KnownDifferences::parse(text, "known.jsonl", kToday);
  return result.ok() ? "" : result.error().text();
}

golden::Difference difference(const char* lane, const char* path, const char* expected,
                              const char* actual) {
  golden::Difference found;
  found.lane = lane;
  found.name = "a";
  found.path = path;
  if (expected != nullptr) found.expected = parsed(expected);
  if (actual != nullptr) found.actual = parsed(actual);
  return found;
}

TEST(KnownDifferences, AnEntryIsExactlyItsDifference) {
  const KnownDifferences list = known("# a comment\n\n" + entry("k1", kStatus));
  const auto find = [&](const char* session, const golden::Difference& found) {
    return list.find(session, found).value_or("");
  };
  const char* const path = "/data/status";
  EXPECT_EQ(find("odd/a", difference("event/call:1", path, "\"failed\"", "\"completed\"")), "k1");
  EXPECT_EQ(find("a", difference("event/call:1", path, "\"failed\"", "\"completed\"")), "");
  EXPECT_EQ(find("odd/a", difference("log/run", path, "\"failed\"", "\"completed\"")), "");
  EXPECT_EQ(find("odd/a", difference("event/run", "/data", "\"failed\"", "\"completed\"")), "");
  EXPECT_EQ(find("odd/a", difference("event/run", path, "\"failed\"", "\"declined\"")), "");
  EXPECT_EQ(find("odd/a", difference("event/run", path, "\"completed\"", "\"failed\"")), "");
  EXPECT_EQ(find("odd/a", difference("event/run", path, "\"failed\"", nullptr)), "");
}

TEST(KnownDifferences, AnAbsentValueIsPartOfTheDifference) {
  const KnownDifferences list = known(
      entry("k1", R"("session":"*","lane":"*","name":"a","path":"","actual":{"n":{"$":"nan"}})"));
  golden::Difference extra = difference("event/run", "", nullptr, R"({"n":NaN})");
  EXPECT_EQ(list.find("s", extra), "k1");
  extra.name = "b";
  EXPECT_EQ(list.find("s", extra), std::nullopt);
  EXPECT_EQ(list.find("s", difference("event/run", "", R"({"n":NaN})", nullptr)), std::nullopt);
  EXPECT_EQ(list.find("s", difference("event/run", "", "null", R"({"n":NaN})")), std::nullopt);
}

TEST(KnownDifferences, WhatDidNotOccurWhereItsPatternRanIsStale) {
  const KnownDifferences list = known("#\n" + entry("k1", kStatus));
  const auto stale = list.missing("odd/a", {});
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_EQ(stale[0].id, "k1");
  EXPECT_EQ(stale[0].file, "known.jsonl");
  EXPECT_EQ(stale[0].line, 2U);
  EXPECT_THAT(list.missing("odd/a", {"k1"}), IsEmpty());
  EXPECT_THAT(list.missing("other", {}), IsEmpty());
}

TEST(KnownDifferences, WhatMatchesNoTapeIsStaleInAWholeRun) {
  const KnownDifferences list = known(entry("k1", kStatus));
  EXPECT_THAT(list.unmatched({"a", "odd/b"}), IsEmpty());
  const auto stale = list.unmatched({"a", "b"});
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_EQ(stale[0].why, "matches no tape: its sessions are \"odd/*\"");
}

TEST(KnownDifferences, AnEntryWithoutIdReasonOrLinkIsAnError) {
  for (const char* key : {"id", "reason", "link", "session", "lane"}) {
    std::string text = entry("k1", kStatus);
    const std::string member = "\"" + std::string(key) + "\"";
    for (const char* name : {"\"\"", "1", "null"}) {
      std::string broken = text;
      const std::size_t value = broken.find(member) + member.size() + 1;
      broken.replace(value, broken.find('"', value + 1) + 1 - value, name);
      EXPECT_THAT(fault("#\n" + broken), HasSubstr("known.jsonl:2: the entry has no " + member));
    }
    text.replace(text.find(member), member.size(), "\"other\"");
    EXPECT_THAT(fault(text), HasSubstr("unknown key \"other\""));
  }
}

TEST(KnownDifferences, AnEntryMustSayTheDifference) {
  const auto with = [](const char* rest) {
    return fault(entry("k", std::string(R"("session":"*","lane":"*",)") + rest));
  };
  EXPECT_THAT(with(R"("path":"/data")"), HasSubstr("neither \"expected\" nor \"actual\""));
  EXPECT_THAT(with(R"("actual":1)"), HasSubstr("\"path\" is neither"));
  EXPECT_THAT(with(R"("path":"data","actual":1)"), HasSubstr("\"path\" is neither"));
  EXPECT_THAT(with(R"("path":"/data","actual":{"$":"x"})"), HasSubstr("\"actual\": not a form"));
  EXPECT_THAT(fault("[]\n"), HasSubstr("known.jsonl:1: an entry is a JSON object"));
  EXPECT_THAT(fault("#\nx\n"), HasSubstr("known.jsonl:2: no JSON"));
}

TEST(KnownDifferences, AnExpiredEntryIsAnError) {
  const auto until = [](const std::string& date) {
    return fault(entry("k", "\"expires\":\"" + date + "\"," + kStatus));
  };
  EXPECT_EQ(until("2026-11-23"), "");
  EXPECT_EQ(until("2027-01-01"), "");
  EXPECT_THAT(until("2026-11-22"),
              HasSubstr("known.jsonl:1: the entry \"k\" expired on 2026-11-22"));
  EXPECT_THAT(until("tomorrow"), HasSubstr("not YYYY-MM-DD"));
}

TEST(KnownDifferences, TwoEntriesForOneDifferenceAreAnError) {
  const std::string one = entry("k1", kStatus);
  EXPECT_THAT(fault(one + entry("k1", R"("session":"x","lane":"*","path":"","actual":1)")),
              HasSubstr("known.jsonl:2: the id \"k1\" is that of line 1"));
  EXPECT_THAT(
      fault(
          one +
          entry(
              "k2",
              R"("session":"*stall","lane":"event/call:1","name":"n","path":"/data/status","expected":"failed","actual":"completed")")),
      HasSubstr("known.jsonl:2: the entry matches differences of line 1 too"));
  for (
      const char* other :
      {R"("session":"raw/*","lane":"*","path":"/data/status","expected":"failed","actual":"completed")",
       R"("session":"*","lane":"log/*","path":"/data/status","expected":"failed","actual":"completed")",
       R"("session":"*","lane":"*","path":"/data/status","expected":"failed","actual":"x")",
       R"("session":"*","lane":"*","path":"/data/status","actual":"completed")",
       R"("session":"*","lane":"*","path":"/data","expected":"failed","actual":"completed")"}) {
    EXPECT_EQ(fault(one + entry("k2", other)), "") << other;
  }
}

TEST(KnownDifferences, TheProjectsOwnListIsReadable) {
  const auto list =
      KnownDifferences::load(CTD_SOURCE_DIR "/matrix/known_differences.jsonl", "2026-11-23");
  EXPECT_TRUE(list.ok()) << (list.ok() ? "" : list.error().text());
  EXPECT_FALSE(KnownDifferences::load("no/such/file", kToday).ok());
}

}  // namespace
}  // namespace codex::matrix
