// What somebody tries who has read nothing but --help: other words, a session for a path, a log for
// a program. No Python.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/ascii_stream.h"
#include "cli/help_text.h"
#include "tests/support/cli_test.h"
#include "tests/support/on_terminal.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FirstStepsTest : public test::CliTest {
 protected:
  // Says 2, and this on stderr.
  void expect_hint(const std::vector<std::string>& words, const std::string& hint) const {
    const Finished finished = tool_.run(words);
    EXPECT_EQ(finished.status, 2) << finished;
    EXPECT_EQ(finished.out, "") << finished;
    EXPECT_THAT(finished.err, HasSubstr(hint));
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(FirstStepsTest, OtherWordsForACommandLeadToIt) {
  expect_hint({"compare", "a", "b"}, "did you mean \"diff\"?");
  expect_hint({"list"}, "did you mean \"replay --list\"?");
  expect_hint({"review"}, "did you mean \"golden review\"?");
}

TEST_F(FirstStepsTest, AMissingCommandIsToldWhichThereAre) {
  expect_hint({}, "a command is missing: replay, diff, golden");
  expect_hint({"golden"}, "a command is missing: list, update, review");
}

TEST_F(FirstStepsTest, AMistypedOptionIsRecognized) {
  expect_hint({"replay", "--sesion", "echo"}, "replay has no option --sesion: did you mean \"--session\"?");
  expect_hint({"replay", "--session", "echo", "--colour", "never"}, "did you mean \"--color\"?");
  expect_hint({"golden", "accept", "--zzzzzzzzzzz"}, "golden accept has no option --zzzzzzzzzzz\n");
  expect_hint({"--sesion=x"}, "there is no option --sesion");
}

TEST_F(FirstStepsTest, AnErrorNamesTheHelpOfItsCommand) {
  expect_hint({"golden", "accept", "--every"}, "See codex-telemetry-diff golden accept --help.");
  expect_hint({"diff", "a"}, "See codex-telemetry-diff diff --help.");
}

TEST_F(FirstStepsTest, HelpIsACommandToo) {
  EXPECT_EQ(tool_.run({"help", "golden", "list"}).out, tool_.run({"golden", "list", "--help"}).out);
  EXPECT_EQ(tool_.run({"help"}).out, tool_.run({"--help"}).out);
  EXPECT_EQ(tool_.run({"help"}).status, 0);
  EXPECT_THAT(tool_.run({"help"}).out, HasSubstr("Exit status: 0 parity"));
  expect_hint({"help", "replya"}, "did you mean \"replay\"?");
}

TEST_F(FirstStepsTest, ASessionInThePlaceOfAPathIsRecognized) {
  expect_hint({"replay", "echo"}, "--session echo");
  expect_hint({"replay", "ehco"}, "did you mean --session echo?");
  expect_hint({"replay", "-"}, "codex-telemetry-diff observe");
}

TEST_F(FirstStepsTest, SessionsAreListed) {
  const Finished listed = tool_.run({"replay", source("harness/sessions"), "--list", "--session",
                                     "echo*", "--session", "hello"});
  EXPECT_EQ(listed.status, 0) << listed;
  EXPECT_EQ(listed.out,
            "echo             exec        A command that succeeds\n"
            "echo-app-server  app-server  A command that succeeds\n"
            "hello            exec        " + std::string(listed.out.substr(listed.out.rfind("  ") + 2)));
  const Finished names = tool_.run({"replay", source("harness/sessions"), "--list", "-q", "--session", "echo*"});
  EXPECT_EQ(names.out, "echo\necho-app-server\n");
}

TEST_F(FirstStepsTest, ASubjectChoosesTheSessionsThatItCanRun) {
  const std::vector<std::string> list = {"replay", source("harness/sessions"), "--list", "--session", "echo*"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), list.begin(), list.end());
    return tool_.run(more).out;
  };
  EXPECT_THAT(lines_of(with({"--subject", "agents"})), Each(HasSubstr("  exec  ")));
  EXPECT_THAT(lines_of(with({"--subject", "codex-sdk"})), Each(HasSubstr("  app-server  ")));
  EXPECT_EQ(with({"--subject", "cpp"}), with({}));
  expect_hint({"replay", tape("echo-app-server"), "--subject", "agents"},
              "agents can run none of these sessions");
}

TEST_F(FirstStepsTest, AFolderOfGoldensThatIsNotThereIsNotTakenForAnEmptyOne) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"replay", tape("echo")}, {"matrix", tape("echo")}, {"golden", "check", tape("echo")},
           {"nightly", tape("echo"), "-o", path("night")}}) {
    std::vector<std::string> command = words;
    command.insert(command.end(), {"--golden", path("mistyped")});
    expect_hint(command, path("mistyped") + ": there is no such folder of goldens");
  }
}

TEST_F(FirstStepsTest, PruningForOneTapeIsRefused) {
  fs::create_directories(path("goldens"));
  for (const char* session : {"echo", "hello"}) {
    const std::string name = std::string(session) + ".golden.jsonl";
    fs::copy(source("golden/transcripts/" + name), path("goldens/" + name));
  }
  expect_hint({"golden", "prune", tape("echo"), "--golden", path("goldens")}, "is one tape");
  EXPECT_TRUE(fs::exists(path("goldens/hello.golden.jsonl")));
  fs::create_directories(path("tapes"));
  fs::copy(tape("echo"), path("tapes/echo.tape.jsonl"));
  const std::vector<std::string> prune = {"golden", "prune", path("tapes"), "--golden", path("goldens")};
  EXPECT_THAT(tool_.run(prune).out, AllOf(HasSubstr("removed  hello"), HasSubstr("1 golden removed from")));
  EXPECT_THAT(tool_.run(prune).out, StartsWith("0 goldens removed from"));
}

TEST_F(FirstStepsTest, ATapeIsNoTranscript) {
  expect_hint({"diff", source("golden/transcripts/echo.golden.jsonl"), tape("echo")},
              "echo.tape.jsonl: is a tape, and no transcript (replay --transcripts DIR");
}

TEST_F(FirstStepsTest, ALogInThePlaceOfAProgramIsRecognized) {
  const std::string log = folder_.write("my log.txt", "{\"type\":\"turn.started\"}\n");
  expect_hint({"observe", log}, "codex-telemetry-diff observe < '" + log + "'");
  expect_hint({"observe", "codex", "exec", "--json", "hi"}, "stand behind --, as in");
}

TEST_F(FirstStepsTest, TheExplanationShowsAValueAsItStood) {
  const Finished finished = tool_.run({"replay", tape("echo"), "--subject", "cpp", "--no-golden", "--explain"});
  EXPECT_THAT(finished.out, AllOf(HasSubstr("e.g. \"span_"), Not(HasSubstr("e.g. \"\\\""))));
  EXPECT_THAT(finished.out, HasSubstr(" characters)"));
  const Finished whole = tool_.run({"replay", tape("echo"), "--subject", "cpp", "--no-golden", "--explain", "-v"});
  EXPECT_THAT(whole.out, Not(HasSubstr(" characters)")));
}

// ---- on a terminal ----

TEST_F(FirstStepsTest, HelpFitsTheTerminal) {
  for (const std::size_t width : {40u, 80u, 100u}) {
    const std::string help = test::on_terminal(
        {program("codex-telemetry-diff"), "replay", "--help"}, {.columns = width, .locale = "C.UTF-8"});
    EXPECT_THAT(help, HasSubstr("interrupted.\r\n"));
    for (const std::string& line : lines_of(help)) {
      const std::size_t start = line.find_first_not_of(' ');
      const bool is_word = line.find(' ', std::min(start, line.size())) == std::string::npos;
      if (line.starts_with("Example:") || is_word) continue;
      EXPECT_LE(line.size(), width + 1) << line;  // and its \r
    }
  }
}

TEST_F(FirstStepsTest, ATerminalWithoutUtf8GetsAscii) {
  const auto help = [this](const std::string& locale) {
    return test::on_terminal({program("codex-telemetry-diff"), "observe", "--help"},
                             {.columns = 200, .locale = locale});
  };
  EXPECT_THAT(help("C.UTF-8"), HasSubstr("codex exec --json …"));
  const std::string ascii = help("C");
  EXPECT_THAT(ascii, HasSubstr("codex exec --json ..."));
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  EXPECT_EQ(tool_.with("LC_ALL", "C").run({"observe", "--help"}).out, tool_.run({"observe", "--help"}).out)
      << "what goes into a pipe is UTF-8";
}

TEST(AsciiStream, WritesEveryCharacterInAscii) {
  std::ostringstream out;
  AsciiStream ascii(out);
  ascii << "a → b… \xc3\xa9 ";
  ascii << "\xf0\x9f" << "\x99\x82" << " \xff\xc3" << "x\n" << std::flush;
  EXPECT_EQ(out.str(), "a -> b... \\u00e9 \\ud83d\\ude42 \\xff\\xc3x\n");
}

TEST(HelpText, KeepsItsColumnsAndItsExamples) {
  const std::string help =
      "Does it\n"
      "\n"
      "  --name TEXT                 one two three four five\n"
      "  --a-long-name-of-an-option TEXT\n"
      "                              one two three four five\n"
      "Example: codex-telemetry-diff replay harness/sessions --session 'odd/*'\n"
      "A sentence that goes on in the second line of this text, and\n"
      "ends there.\n";
  EXPECT_EQ(fitted_help(help, 0), help);
  EXPECT_EQ(fitted_help(help, 200), help);
  EXPECT_EQ(fitted_help(help, 45),
            "Does it\n"
            "\n"
            "  --name TEXT\n"
            "      one two three four five\n"
            "  --a-long-name-of-an-option TEXT\n"
            "      one two three four five\n"
            "Example: codex-telemetry-diff replay harness/sessions --session 'odd/*'\n"
            "A sentence that goes on in the second line of\n"
            "this text, and ends there.\n");
  EXPECT_THAT(fitted_help("  --name TEXT                 " + std::string(30, 'x') + " " + std::string(9, 'y') + "\n", 64),
              HasSubstr("x\n" + std::string(30, ' ') + "yyyyyyyyy\n"));
}

}  // namespace
}  // namespace codex::cli
