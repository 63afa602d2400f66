// Goldens as files: broken ones, where they are looked for, when they may be written. No Python.
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/sha256.h"
#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"
#include "tests/support/json_at.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::AllOf;
using testing::HasSubstr;

class GoldenFileTest : public test::CliTest {
 protected:
  GoldenFileTest() {
    tool_.run({"replay", tape("echo"), "--subject", "cpp", "--no-golden", "--transcripts",
               path("made")});
    transcript_ = test::file_text(path("made/echo.cpp.jsonl"));
    golden_ = test::as_golden(transcript_);
  }
  Finished replay() const {
    return tool_.run(
        {"replay", tape("echo"), "--subject", "cpp", "--golden", path("goldens")});
  }

  std::string transcript_;
  std::string golden_;
};

struct BrokenGolden {
  const char* name;
  std::function<std::string(const std::string&)> broken;
  const char* reason;
  bool is_for_diff = true;  // which takes bare observation lines as well
};
void PrintTo(const BrokenGolden& golden, std::ostream* stream) { *stream << golden.name; }

std::string without_line(const std::string& text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i < number; ++i) begin = text.find('\n', begin) + 1;
  return text.substr(0, begin) + text.substr(text.find('\n', begin) + 1);
}

const std::vector<BrokenGolden>& broken_goldens() {
  static const std::vector<BrokenGolden> all = {
      {"Empty", [](const std::string&) { return std::string(); }, "header", false},
      {"Cut", [](const std::string& text) { return text.substr(0, text.size() / 2); },
       "restore it"},
      {"WithoutFooter",
       [](const std::string& text) { return text.substr(0, text.rfind("{\"observations\"")); },
       "cut"},
      {"WithoutALine", [](const std::string& text) { return without_line(text, 5); }, ""},
      {"Edited",
       [](const std::string& text) {
         return test::replaced(text, "\"Resetting current trace\"", "\"Resetting the trace\"");
       },
       "edited"},
      {"WithoutHeader", [](const std::string& text) { return without_line(text, 1); }, "",
       false},
      {"OfAnotherFormat",
       [](const std::string& text) { return test::replaced(text, "golden\":1", "golden\":9"); },
       "9"},
      {"NoJson", [](const std::string&) { return std::string("This is no golden.\n"); }, ""},
  };
  return all;
}

class BrokenGoldenTest : public GoldenFileTest, public testing::WithParamInterface<BrokenGolden> {};

TEST_P(BrokenGoldenTest, IsAnErrorThatNamesTheFile) {
  const std::string file =
      folder_.write("goldens/echo.golden.jsonl", GetParam().broken(golden_));
  std::vector<std::vector<std::string>> commands = {
      {"replay", tape("echo"), "--subject", "cpp", "--golden", path("goldens")},
      {"golden", "list", "--golden", path("goldens")}};
  if (GetParam().is_for_diff) commands.push_back({"diff", file, path("made/echo.cpp.jsonl")});
  for (const std::vector<std::string>& command : commands) {
    const Finished finished = tool_.run(command);
    EXPECT_EQ(finished.status, 2) << command[0] << ' ' << finished;
    EXPECT_THAT(finished.err, AllOf(HasSubstr(file), HasSubstr(GetParam().reason))) << command[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenGoldenTest, testing::ValuesIn(broken_goldens()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(GoldenFileTest, ABrokenOneIsFoundBeforeAnythingRuns) {
  folder_.write("goldens/echo.golden.jsonl", golden_.substr(0, golden_.size() / 2));
  const Finished finished =
      tool_.run({"replay", tape("echo"), "--subject", "cpp", "--golden", path("goldens"),
                 "--transcripts", path("transcripts")});
  EXPECT_EQ(finished.status, 2) << finished;
  EXPECT_EQ(finished.out, "") << "a verdict without the golden that was asked for";
  EXPECT_FALSE(fs::exists(path("transcripts")));
}

TEST_F(GoldenFileTest, TheUnbrokenOneIsTaken) {
  folder_.write("goldens/echo.golden.jsonl", golden_);
  EXPECT_EQ(replay().status, 0) << replay();
}

TEST_F(GoldenFileTest, NothingIsWrittenUnderCi) {
  for (const char* value : {"true", "1", "yes"}) {
    const Finished update = tool_.with("CI", value).run(
        {"golden", "update", tape("echo"), "--golden", path("goldens"), "--python", path("none")});
    EXPECT_EQ(update.status, 2) << update;
    EXPECT_THAT(update.err,
                AllOf(HasSubstr("CI"), HasSubstr("codex-telemetry-diff golden update")));
    EXPECT_EQ(update.out, "");
    EXPECT_FALSE(fs::exists(path("goldens")));
  }
  // Reading is another matter.
  folder_.write("goldens/echo.golden.jsonl", golden_);
  const std::vector<std::string> list = {"golden", "list", "--golden", path("goldens")};
  EXPECT_EQ(tool_.with("CI", "true").run(list).status, 0);
  // And without CI it is the missing client that is told.
  const Finished update = tool_.with("CI", "false").run(
      {"golden", "update", tape("echo"), "--golden", path("goldens"), "--python", path("none")});
  EXPECT_EQ(update.status, 3) << update;
  EXPECT_EQ(test::file_text(path("goldens/echo.golden.jsonl")), golden_) << "the old one stays";
}

TEST_F(GoldenFileTest, AFolderThatTheUserNamesIsTakenAsItIs) {
  folder_.write("goldens/echo.golden.jsonl", golden_);
  fs::create_directories(path("inner"));
  EXPECT_EQ(tool_.run({"golden", "list", "--golden", "goldens"}).status, 0);
  const Finished list = tool_.in(path("inner")).run({"golden", "list", "--golden", "goldens"});
  EXPECT_EQ(list.status, 2) << "goldens of another folder " << list;
}

// ---- diff ----

TEST_F(GoldenFileTest, DiffOfEqualOnesIsNothing) {
  const std::string golden = folder_.write("echo.golden.jsonl", golden_);
  const Finished same = tool_.run({"diff", golden, path("made/echo.cpp.jsonl")});
  EXPECT_EQ(same.status, 0) << same;
  EXPECT_THAT(same.out, HasSubstr("0 differences"));
  EXPECT_EQ(same.err, "");
}

TEST_F(GoldenFileTest, DiffNamesLanePathAndValues) {
  const std::string golden = folder_.write("echo.golden.jsonl", golden_);
  const std::string bent = folder_.write(
      "bent.jsonl", test::bent(transcript_, "event/call:1", "codex.turn.completed",
                               "/usage/output_tokens", json::Value(24)));
  const Finished differs = tool_.run({"diff", golden, bent});
  EXPECT_EQ(differs.status, 1) << differs;
  EXPECT_THAT(differs.out, AllOf(HasSubstr("event/call:1\n"), HasSubstr("codex.turn.completed"),
                                 HasSubstr("/data/usage/output_tokens"), HasSubstr("expected 23\n"),
                                 HasSubstr("actual   24\n"), HasSubstr("1 difference;")));
  // The first is what is expected.
  EXPECT_THAT(tool_.run({"diff", bent, golden}).out,
              AllOf(HasSubstr("expected 24\n"), HasSubstr("actual   23\n")));
}

// The client's events have no such field; that it could not be shown excuses another subject alone.
TEST_F(GoldenFileTest, DiffOfOneClientTwiceExcusesNothing) {
  const auto observation = [](const std::string& more) {
    return "{\"lane\":\"event/call:1\",\"name\":\"codex.turn.start\",\"data\":{" + more + "}}\n";
  };
  const std::string header = golden_.substr(0, golden_.find('\n') + 1);
  const auto with = [&](const std::string& name, const std::string& first, const std::string& more) {
    const std::string line = observation(more);
    return folder_.write(name, first + line + "{\"observations\":1,\"sha256\":\"" +
                                   harness::sha256_hex(line) + "\"}\n");
  };
  const std::string before = with("before.jsonl", header, "");
  const std::string after = with("after.jsonl", header, "\"more\":1");
  const Finished drifted = tool_.run({"diff", before, after});
  EXPECT_EQ(drifted.status, 1) << drifted;
  EXPECT_THAT(drifted.out, HasSubstr("/data/more"));
  const std::string cpp = with(
      "cpp.jsonl", test::replaced(header, "\"name\":\"agents\"", "\"name\":\"cpp\""), "\"more\":1");
  const Finished excused = tool_.run({"diff", before, cpp});
  EXPECT_EQ(excused.status, 0) << excused;
  EXPECT_THAT(excused.out, HasSubstr("1 not observed"));
}

TEST_F(GoldenFileTest, DiffOfAFolderIsAnError) {
  const Finished folder = tool_.run({"diff", path("made/echo.cpp.jsonl"), path("made")});
  EXPECT_EQ(folder.status, 2) << folder;
  EXPECT_THAT(folder.err, HasSubstr(path("made")));
  EXPECT_EQ(tool_.run({"diff", path("made"), path("made")}).status, 2);
}

TEST_F(GoldenFileTest, DiffTakesBareObservations) {
  const std::string lines = test::observation_lines(transcript_);
  const std::string bare = folder_.write("bare.jsonl", "\n" + lines + "\n");
  const std::string fewer = folder_.write("fewer.jsonl", without_line(lines, 2));
  EXPECT_EQ(tool_.run({"diff", bare, path("made/echo.cpp.jsonl")}).status, 0);
  const Finished lost = tool_.run({"diff", bare, fewer});
  EXPECT_EQ(lost.status, 1) << lost;
  EXPECT_THAT(lost.out, AllOf(HasSubstr("codex.thread.start"), HasSubstr("1 difference;")));
}

}  // namespace
}  // namespace codex::cli
