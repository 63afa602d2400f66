#include "matrix/results_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/matrix/reports.h"
#include "tests/matrix/shards.h"

namespace codex::matrix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::whole_run;
using testing::without_run;

std::string error_of(const std::string& text) {
  const auto read = parse_results(text, "part/results.jsonl");
  return read ? "" : read.error().text();
}

TEST(ResultsFile, IsReadBackAsItWas) {
  const ShardResults whole = whole_run();
  const std::string text = print_results(whole);
  const auto read = parse_results(text, "part/results.jsonl");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(print_results(read.value()), text);
  EXPECT_EQ(without_run(read->report), without_run(whole.report));
  EXPECT_EQ(render_json(read->report), render_json(whole.report));
  EXPECT_EQ(read->shard, whole.shard);
  EXPECT_EQ(read->inputs, whole.inputs);
  EXPECT_EQ(read->corpus, whole.corpus);
  EXPECT_EQ(read->report.columns, whole.report.columns);
  const std::vector<const SessionReport*> then = sorted_sessions(whole.report);
  const std::vector<const SessionReport*> now = sorted_sessions(read->report);
  ASSERT_EQ(now.size(), then.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i]->coverage, then[i]->coverage);
    EXPECT_EQ(now[i]->sides, then[i]->sides);
    EXPECT_EQ(now[i]->tape_digest, then[i]->tape_digest);
    ASSERT_EQ(now[i]->judgement.differences.size(), then[i]->judgement.differences.size());
    for (std::size_t d = 0; d < now[i]->judgement.differences.size(); ++d) {
      EXPECT_EQ(now[i]->judgement.differences[d].difference.place,
                then[i]->judgement.differences[d].difference.place);
    }
    ASSERT_EQ(now[i]->further.size(), then[i]->further.size());
    for (const auto& [column, further] : then[i]->further) {
      EXPECT_EQ(now[i]->further.at(column).coverage, further.coverage);
    }
  }
}

TEST(ResultsFile, HoldsNothingThatActsOnATerminal) {
  EXPECT_TRUE(testing::is_safe(print_results(whole_run())));
}

TEST(ResultsFile, CutAnywhereItIsAnErrorThatNamesTheLine) {
  const std::string text = print_results(whole_run(3));
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool after_line = at > 0 && text[at - 1] == '\n';
    if (after_line) ++line;
    if (!after_line && at % 37 != 0) continue;
    const std::string error = error_of(text.substr(0, at));
    ASSERT_THAT(error, StartsWith("part/results.jsonl:")) << at;
    if (at >= std::string_view("{\"results\":").size()) {
      ASSERT_THAT(error, HasSubstr("the file was cut")) << at;
      const std::size_t last = after_line ? line - 1 : line;
      ASSERT_THAT(error, StartsWith("part/results.jsonl:" + std::to_string(last) + ": ")) << at;
    }
  }
  EXPECT_EQ(error_of(text), "");
}

TEST(ResultsFile, AnEditIsAnError) {
  const std::string text = print_results(whole_run());
  std::string edited = text;
  edited.replace(edited.find("\"match\""), 7, "\"drift\"");
  EXPECT_THAT(error_of(edited), HasSubstr("unknown verdict \"drift\""));
  edited = text;
  edited.replace(edited.find("\"tape\":\"tape1\""), 14, "\"tape\":\"tape2\"");
  EXPECT_THAT(error_of(edited), HasSubstr("does not belong to the lines before it"));
  EXPECT_THAT(error_of(text + "{}\n"), HasSubstr("comes after the footer"));
  const std::size_t second = text.find("\n{\"session\"") + 1;
  const std::size_t third = text.find("\n{\"session\"", second) + 1;
  EXPECT_THAT(error_of(text.substr(0, second) + text.substr(third)),
              HasSubstr("does not belong to the lines before it"));
}

TEST(ResultsFile, WhatIsNoneIsToldSo) {
  EXPECT_EQ(error_of(""),
            "part/results.jsonl:1: is no results file of nightly (give the folders that `nightly -o` wrote)");
  EXPECT_THAT(error_of("{\"report\":1}\n"), HasSubstr(":1: is no results file of nightly"));
  EXPECT_THAT(error_of("\x7f\x45\x4c\x46\n"), HasSubstr(":1: is no results file of nightly"));
  std::string later = print_results(whole_run());
  later.replace(later.find("\"results\":1"), 11, "\"results\":2");
  EXPECT_THAT(error_of(later), HasSubstr("has format 2; this program reads 1"));
}

}  // namespace
}  // namespace codex::matrix
