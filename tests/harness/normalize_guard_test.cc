// No text that a client writes passes for a placeholder.
#include <gtest/gtest.h>

#include <set>

#include "harness/normalize/guard.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

std::string guarded(std::string text) {
  guard(text, {"0x<address>"});
  return text;
}

TEST(NormalizeGuard, TextInTheFormOfAPlaceholderIsMarked) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<time>", R"(\<time>)"},
      {R"(\<time>)", R"(\\<time>)"},
      {R"(\\<schema-file>)", R"(\\\<schema-file>)"},
      {"<thread:1>", R"(\<thread:1>)"},
      {"<span:missing>", R"(\<span:missing>)"},
      {"<time: before start>", R"(\<time: before start>)"},
      {"in <thread:1>!", R"(in \<thread:1>!)"},
      {R"(in \<thread:1>!)", R"(in \\<thread:1>!)"},
      {"<a> <span:2><group:x>", R"(<a> \<span:2>\<group:x>)"},
      {"<A object at 0x<address>>", R"(<A object at 0x\<address>>)"},
      {R"(<A object at 0x\<address>>)", R"(<A object at 0x\\<address>>)"},
  };
  for (const auto& [before, after] : cases) EXPECT_EQ(guarded(before), after);
}

TEST(NormalizeGuard, OtherTextStays) {
  for (const char* text : {"", "<", "<>", "time", " <time>", "<time> ", "<Time>", "<time:>",
                           "a < b", "<a href='x'>", "if <thread:1", "<Address>", "<other:1> x",
                           R"(\<a b>)", "0x<other>"}) {
    EXPECT_EQ(guarded(text), text);
  }
}

TEST(NormalizeGuard, DifferentTextsStayDifferent) {
  std::set<std::string> texts = {"<time>", "<thread:1>", "x <thread:1>", "0x<address> <a>"};
  for (int round = 0; round < 4; ++round) {
    std::set<std::string> more;
    for (const std::string& text : texts) {
      more.insert(text);
      more.insert(guarded(text));
      more.insert("\\" + text);
    }
    std::set<std::string> images;
    for (const std::string& text : more) images.insert(guarded(text));
    ASSERT_EQ(images.size(), more.size());
    texts = more;
  }
}

TEST(NormalizeGuard, ASubjectCannotFakeAMask) {
  Observation fake = start_of({});
  fake.data.object()->find("export")->object()->set("started_at", "<time>");
  const Transcript honest = normalized({start_of({})});
  const Transcript faked = normalized({fake});
  EXPECT_NE(honest.lines, faked.lines);
  const json::Value* shown = faked.lines[0].observation.data.get("start")->get("started_at");
  EXPECT_EQ(shown->text(), "\\<time>");
  EXPECT_FALSE(shipped_rules().is_mask(*shown));
}

TEST(NormalizeGuard, ASubjectCannotFakeAnIdentity) {
  const auto said = [](const std::string& text) {
    return normalized({{"event/call:1", "e", json::Object{{"text", text}}}}).lines;
  };
  EXPECT_NE(said(std::string(kThread1)), said("<thread:1>"));
  EXPECT_NE(said("see " + std::string(kThread1)), said("see <thread:1>"));
  EXPECT_NE(said("<thread:1>"), said("\\<thread:1>"));
}

TEST(NormalizeGuard, KeysAndNamesAreGuardedToo) {
  const Transcript transcript =
      normalized({{"event/run", "<thread:1>", json::Object{{"<thread:1>", 1}}}});
  EXPECT_EQ(texts(transcript)[0], R"(event/run \<thread:1> {"\\<thread:1>":1})");
}

}  // namespace
}  // namespace codex::harness
