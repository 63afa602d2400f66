// What the tool says and how it exits when it is asked wrongly, or asked for itself. No Python.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"
#include "tests/support/json_at.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::CliReport;
using test::Finished;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class UsageTest : public test::CliTest {
 protected:
  // Says 2, says why on stderr and nothing on stdout.
  void expect_usage(const std::vector<std::string>& arguments,
                    const testing::Matcher<std::string>& why) const {
    const Finished finished = tool_.run(arguments);
    EXPECT_EQ(finished.status, 2) << finished;
    EXPECT_EQ(finished.out, "") << finished;
    EXPECT_THAT(finished.err, AllOf(StartsWith("codex-telemetry-diff: "), why));
  }
  // A golden of the session in folder `name`, made from what cpp shows; its path.
  std::string make_golden(const std::string& name, const std::string& session) const {
    const Finished finished =
        tool_.run({"replay", tape(session), "--subject", "cpp", "--no-golden", "--transcripts",
                   path("made")});
    EXPECT_EQ(finished.status, 1) << "one subject and no golden is no parity" << finished;
    const std::string transcript = test::file_text(path("made/" + session + ".cpp.jsonl"));
    return folder_.write(name + "/" + session + ".golden.jsonl", test::as_golden(transcript));
  }
  std::string bend(const std::string& golden) const {
    return test::bent(test::file_text(golden), "event/call:1", "codex.thread.start", "/thread_id",
                      json::Value("another"));
  }
};

// The names that --help lists below "Subcommands:".
std::vector<std::string> listed_commands(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream lines(help.substr(std::min(help.find("Subcommands:\n"), help.size())));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("  ")) {
    names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

TEST_F(UsageTest, EveryCommandHasHelpWithAnExample) {
  std::vector<std::string> seen;
  std::vector<std::vector<std::string>> commands = {{}};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    std::vector<std::string> arguments = commands[i];
    arguments.push_back("--help");
    const Finished help = tool_.run(arguments);
    std::string example = "Example: codex-telemetry-diff";
    for (const std::string& word : commands[i]) example += " " + word;
    EXPECT_EQ(help.status, 0) << help;
    EXPECT_EQ(help.err, "");
    EXPECT_THAT(help.out, AnyOf(HasSubstr(example + " "), HasSubstr(example + "\n")));
    EXPECT_THAT(help.out, HasSubstr("--help"));
    seen.push_back(example.substr(std::string("Example: codex-telemetry-diff").size()));
    for (const std::string& name : listed_commands(help.out)) {
      commands.push_back(commands[i]);
      commands.back().push_back(name);
    }
  }
  for (const char* command : {" replay", " diff", " golden", " golden list", " golden update",
                              " golden check", " record", " doctor"}) {
    EXPECT_THAT(seen, Contains(command));
  }
}

TEST_F(UsageTest, TheReplayHelpNamesItsExitStatuses) {
  const Finished help = tool_.run({"replay", "--help"});
  for (const char* status : {"0 parity", "1 differences", "2 usage", "3 a subject", "70 a bug",
                             "130 interrupted"}) {
    EXPECT_THAT(help.out, HasSubstr(status));
  }
}

TEST_F(UsageTest, TheVersionNamesToolRulesAndClients) {
  const Finished version = tool_.run({"--version"});
  EXPECT_EQ(version.status, 0) << version;
  EXPECT_THAT(version.out, StartsWith("codex-telemetry-diff "));
  const json::Value rules = test::parsed(test::file_text(source("harness/data/rules.json")));
  EXPECT_THAT(version.out, HasSubstr("\nrules " + std::string(test::at(rules, "/version").text()) +
                                     "\n"));
  for (const char* client : {"openai-agents==", "openai-codex=="}) {
    const std::string lock = test::file_text(source("scripts/requirements.lock"));
    const std::size_t pin = lock.find(client);
    ASSERT_NE(pin, std::string::npos);
    EXPECT_THAT(version.out, HasSubstr("\n" + lock.substr(pin, lock.find(' ', pin) - pin) + "\n"));
  }
}

TEST_F(UsageTest, AnUnknownCommandGetsAHint) {
  expect_usage({"replya", "x"}, AllOf(HasSubstr("`replya`"), HasSubstr("did you mean \"replay\"?"),
                                      HasSubstr("--help")));
  expect_usage({"golden", "updaet"},
               AllOf(HasSubstr("`updaet`"), HasSubstr("did you mean \"update\"?")));
  expect_usage({"xyzzy"}, AllOf(HasSubstr("xyzzy"), HasSubstr("--help"),
                                Not(HasSubstr("did you mean"))));
  expect_usage({}, HasSubstr("--help"));
}

TEST_F(UsageTest, AnUnknownOptionIsNamed) {
  expect_usage({"replay", "--sesion", "x"}, AllOf(HasSubstr("--sesion"), HasSubstr("--help")));
  expect_usage({"--colour", "never", "replay"}, HasSubstr("--colour"));
}

TEST_F(UsageTest, ABadValueIsNamedWithWhatIsAllowed) {
  expect_usage({"replay", "--format", "jsn"}, AllOf(HasSubstr("jsn"), HasSubstr("junit")));
  expect_usage({"replay", "--subject", "agent"}, AllOf(HasSubstr("agent"), HasSubstr("cpp")));
  expect_usage({"replay", "--jobs", "0"}, AllOf(HasSubstr("--jobs"), HasSubstr("1")));
  expect_usage({"replay", "--timeout", "-1"}, HasSubstr("--timeout"));
  expect_usage({"-q", "-v", "replay"}, HasSubstr("--verbose"));
}

TEST_F(UsageTest, WhatSelectsNothingIsAnError) {
  expect_usage({"replay", path("none")}, HasSubstr(path("none") + ": there is no such file"));
  fs::create_directories(path("empty"));
  expect_usage({"replay", path("empty")}, HasSubstr(path("empty") + ": no tapes in this folder"));
  expect_usage({"replay", source("harness/sessions"), "--session", "nothing-like-it"},
               HasSubstr("no session matches nothing-like-it"));
  expect_usage({"golden", "check", path("none")}, HasSubstr(path("none")));
  expect_usage({"diff", path("none"), path("none either")},
               AllOf(HasSubstr(path("none") + ": cannot be read"), HasSubstr(path("none either"))));
  std::ofstream(path("nothing.jsonl")) << "\n";
  expect_usage({"diff", path("nothing.jsonl"), path("nothing.jsonl")},
               HasSubstr(path("nothing.jsonl") + ": holds no observation"));
  expect_usage({"golden", "check", "--subject", "cpp"}, HasSubstr("real Python clients"));
}

TEST_F(UsageTest, GlobalOptionsMayStandBehindTheCommand) {
  expect_usage({"replay", "-q", "-v"}, HasSubstr("--verbose"));
  const std::vector<std::string> words = {"golden", "list", "--golden", path("none")};
  std::vector<std::string> behind = words;
  behind.insert(behind.end(), {"--color", "never"});
  std::vector<std::string> before = words;
  before.insert(before.begin(), {"--color", "never"});
  EXPECT_EQ(tool_.run(behind).status, tool_.run(before).status);
  EXPECT_EQ(tool_.run(behind).err, tool_.run(before).err);
  expect_usage({"replay", "golden", "list"}, HasSubstr("golden"));
}

TEST_F(UsageTest, QuietListsOnlySessionsThatDoNotMatch) {
  make_golden("good", "echo");
  const std::vector<std::string> words = {"replay",   tape("echo"), "--subject", "cpp",
                                          "--golden", path("good"), "-q"};
  const Finished matching = tool_.run(words);
  EXPECT_EQ(matching.status, 0) << matching;
  EXPECT_THAT(matching.out, StartsWith("1 session: 1 match\n"));
  folder_.write("good/echo.golden.jsonl", bend(path("good/echo.golden.jsonl")));
  const Finished bent = tool_.run(words);
  EXPECT_EQ(bent.status, 1) << bent;
  EXPECT_THAT(bent.out, StartsWith("echo  cpp-regression  1 difference\n"));
}

TEST_F(UsageTest, AReportThatCannotBeWrittenIsAnError) {
  const Finished finished = tool_.run({"replay", tape("echo"), "--subject", "cpp", "--no-golden",
                                       "-o", path("no/such/folder/report")});
  EXPECT_EQ(finished.status, 2) << finished;
  EXPECT_THAT(finished.err, HasSubstr(path("no/such/folder/report")));
}

TEST_F(UsageTest, AReportThatIsCutLeavesTheOldOne) {
  const std::vector<std::string> words = {"replay", tape("echo"), "--subject", "cpp", "--no-golden",
                                          "--format", "json", "-o", path("report.json")};
  EXPECT_EQ(tool_.run(words).status, 1);
  const std::string report = test::file_text(path("report.json"));
  EXPECT_GT(report.size(), 1024u);
  // A file grows to a kilobyte at most here, as on a disk that is full then.
  std::string command = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
  std::vector<std::string> argv = {"/bin/bash", "-c", command, program("codex-telemetry-diff")};
  argv.insert(argv.end(), words.begin(), words.end());
  const Finished cut = test::run_program(
      {.argv = argv, .environment = {"PATH=/usr/bin:/bin", "HOME=" + path("")}, .folder = path("")});
  EXPECT_EQ(cut.status, 2) << cut;
  EXPECT_THAT(cut.err, AllOf(HasSubstr("cannot write " + path("report.json")), HasSubstr("-o")));
  EXPECT_EQ(test::file_text(path("report.json")), report);
  EXPECT_FALSE(fs::exists(path(".report.json.new")));
}

TEST_F(UsageTest, AReportGoesThroughLinksAndToDevices) {
  const std::vector<std::string> words = {"replay",      tape("echo"), "--subject", "cpp",
                                          "--no-golden", "--format",   "json",      "-o"};
  const auto to = [&](const std::string& file) {
    std::vector<std::string> all = words;
    all.push_back(file);
    return tool_.run(all);
  };
  EXPECT_THAT(to("/dev/stdout").out, HasSubstr("\"report\": 1"));
  folder_.write("there/report.json", "old");
  fs::create_symlink(path("there/report.json"), path("link.json"));
  EXPECT_EQ(to(path("link.json")).status, 1);
  EXPECT_TRUE(fs::is_symlink(path("link.json")));
  EXPECT_THAT(test::file_text(path("there/report.json")), HasSubstr("\"report\": 1"));
}

TEST_F(UsageTest, AReportIsOneJsonObjectWhateverElseIsAskedFor) {
  const Finished finished = tool_.run({"-v", "replay", tape("echo"), "--subject", "cpp",
                                       "--no-golden", "--format", "json", "--explain"});
  EXPECT_EQ(CliReport(finished.out).verdict("echo"), "golden-missing");
}

// ---- exit statuses, and cpp alone ----

class CppAloneTest : public UsageTest {
 protected:
  Finished replay(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"replay", "--python", path("no-environment")});
    return alone_.run(arguments);
  }

  // The programs without the worker that has Python in it.
  const test::Tool alone_ = installed({"codex-telemetry-diff", "codex-telemetry-cpp-worker"})
                                .with("PATH", path("no-programs"));
};

TEST_F(CppAloneTest, RunsAgainstGoldensWithoutPython) {
  make_golden("good", "echo");
  const Finished finished = replay({tape("echo"), "--subject", "cpp", "--golden", path("good"),
                                    "--format", "json"});
  EXPECT_EQ(finished.status, 0) << finished;
  const CliReport report(finished.out);
  EXPECT_EQ(report.verdict("echo"), "match");
  EXPECT_EQ(report.outcome("echo", "cpp"), "completed");
  EXPECT_GT(test::at(report.session("echo"), "/leaves/span/compared").as_int64(), 100);
}

TEST_F(CppAloneTest, ADifferenceFromTheGoldenIsOne) {
  folder_.write("bent/echo.golden.jsonl", bend(make_golden("good", "echo")));
  const Finished finished = replay({tape("echo"), "--subject", "cpp", "--golden", path("bent"),
                                    "--format", "json"});
  EXPECT_EQ(finished.status, 1) << finished;
  const CliReport report(finished.out);
  EXPECT_EQ(report.verdict("echo"), "cpp-regression");
  const auto differences = report.differences("echo");
  ASSERT_EQ(differences.size(), 1u) << finished;
  EXPECT_EQ(differences[0].lane, "event/call:1");
  EXPECT_EQ(differences[0].path, "/data/thread_id");
  EXPECT_EQ(differences[0].expected, json::Value("another"));
  EXPECT_EQ(differences[0].actual, json::Value("<thread:1>"));
}

TEST_F(CppAloneTest, WhatCppShowsDoesNotComeFromTheGolden) {
  folder_.write("bent/echo.golden.jsonl", bend(make_golden("good", "echo")));
  const std::string no_golden = test::file_text(path("made/echo.cpp.jsonl"));
  replay({tape("echo"), "--subject", "cpp", "--golden", path("bent"), "--transcripts",
          path("beside-bent")});
  fs::create_directories(path("no-golden"));
  replay({tape("echo"), "--subject", "cpp", "--golden", path("no-golden"), "--transcripts",
          path("beside-none")});
  EXPECT_EQ(test::observation_lines(test::file_text(path("beside-bent/echo.cpp.jsonl"))),
            test::observation_lines(no_golden));
  EXPECT_EQ(test::file_text(path("beside-none/echo.cpp.jsonl")),
            test::file_text(path("beside-bent/echo.cpp.jsonl")));
}

TEST_F(CppAloneTest, DefaultsAreReadWhereTheToolReadsThem) {
  fs::create_directories(path("data/harness"));
  fs::copy(source("harness/data"), path("data/harness/data"));
  folder_.write("data/harness/data/driver_defaults.json",
                test::replaced(test::file_text(source("harness/data/driver_defaults.json")),
                               "\"Run the task with codex.\"", "\"Another default.\""));
  const Finished finished = alone_.with("CODEX_TELEMETRY_DATA_DIR", path("data"))
                                .run({"replay", source("harness/sessions/raw/first-log.exec.jsonl"),
                                      "--subject", "cpp", "--no-golden", "--transcripts",
                                      path("transcripts")});
  EXPECT_EQ(finished.status, 1) << finished;
  const std::string shown = test::file_text(path("transcripts/first-log.cpp.jsonl"));
  EXPECT_NE(shown.find("Another default."), std::string::npos);
  EXPECT_EQ(shown.find("Run the task with codex."), std::string::npos);
}

TEST_F(CppAloneTest, NothingToCompareWithIsNeverGreen) {
  const Finished finished = replay({tape("echo"), "--subject", "cpp", "--no-golden"});
  EXPECT_EQ(finished.status, 1) << finished;
  EXPECT_THAT(finished.out, HasSubstr("golden-missing"));
}

TEST_F(CppAloneTest, AClientThatCannotRunIsThreeUnlessSomethingDiffers) {
  const std::string golden = make_golden("good", "echo");
  folder_.write("bent/echo.golden.jsonl", bend(golden));
  const Finished without = replay({tape("echo"), "--no-golden"});
  EXPECT_EQ(without.status, 3) << without;
  EXPECT_THAT(without.out, HasSubstr("agents is unavailable: "));
  EXPECT_THAT(without.out, Not(HasSubstr("agents unavailable: "))) << "why is said once";
  EXPECT_EQ(replay({tape("echo"), "--golden", path("good")}).status, 3);
  const Finished differs = replay({tape("echo"), "--golden", path("bent")});
  EXPECT_EQ(differs.status, 1) << differs;
  const Finished broken = replay({folder_.write("broken.tape.jsonl", "{"), tape("echo")});
  EXPECT_EQ(broken.status, 2) << broken;
}

// ---- broken tapes ----

struct BrokenTape {
  const char* name;
  const char* text;
  int line;
  const char* reason;
};

void PrintTo(const BrokenTape& tape, std::ostream* stream) { *stream << tape.name; }

constexpr const char* kStart = R"({">":{"argv":["exec","-"],"stdin":"x"}})";
// H: a header, S: a process is started.
const BrokenTape kBrokenTapes[] = {
    {"NotJson", "H\nS\nthis is no JSON\n", 3, "not JSON"},
    {"CutLine", "H\n\nS\n{\"<\":{\"type\":\"turn.started\"\n", 4, "not JSON"},
    {"UnknownFormat", "{\"tape\":2,\"transport\":\"exec\"}\nS\n", 1, "unknown tape format 2"},
    {"UnknownTransport", "{\"tape\":1,\"transport\":\"telnet\"}\nS\n", 1, "telnet"},
    {"UnknownDriverKey", "{\"tape\":1,\"transport\":\"exec\",\"driver\":{\"agnt\":{}}}\nS\n", 1,
     "did you mean \"agent\"?"},
    {"OutputAfterExit", "H\nS\n{\"!\":{\"exit\":0}}\n{\"<\":{\"type\":\"turn.started\"}}\n", 4,
     "exited in line 3"},
    {"ProcessOutOfRange", "H\nS\n{\"<\":{\"type\":\"turn.started\"},\"p\":2}\n", 3, "\"p\" is 2"},
    {"ProcessZero", "H\nS\n{\"<\":{\"type\":\"turn.started\"},\"p\":0}\n", 3,
     "\"p\" is not the number of a process: 0"},
    {"OutputBeforeStart", "H\n{\"<\":{\"type\":\"turn.started\"}}\nS\n", 2, "before any \">\""},
    {"UnknownEvent", "H\nS\n{\"!\":{\"explode\":true}}\n", 3, "explode"},
    {"BadBase64", "H\nS\n{\"<b64\":\"@@\"}\n", 3, "b64"},
};

class BrokenTapeTest : public UsageTest, public testing::WithParamInterface<BrokenTape> {};

TEST_P(BrokenTapeTest, NamesFileAndLineAndNothingIsRun) {
  const BrokenTape& broken = GetParam();
  std::string text;
  for (const char c : std::string(broken.text)) {
    text += c == 'H' ? R"({"tape":1,"transport":"exec"})" : c == 'S' ? kStart : std::string(1, c);
  }
  const std::string file = folder_.write("tapes/broken.tape.jsonl", text);
  folder_.write("tapes/good.tape.jsonl", test::file_text(tape("echo")));
  const Finished finished = tool_.run({"replay", path("tapes"), "--subject", "cpp", "--no-golden",
                                       "--transcripts", path("transcripts")});
  EXPECT_EQ(finished.status, 2) << finished;
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, AllOf(HasSubstr(file + ":" + std::to_string(broken.line) + ": "),
                                  HasSubstr(broken.reason)));
  EXPECT_FALSE(fs::exists(path("transcripts"))) << "the tape beside it was run";
  fs::remove(file);
  EXPECT_EQ(tool_.run({"replay", path("tapes"), "--subject", "cpp", "--no-golden",
                       "--transcripts", path("transcripts")}).status, 1);
  EXPECT_TRUE(fs::exists(path("transcripts/good.cpp.jsonl"))) << "the tape beside it is none";
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenTapeTest, testing::ValuesIn(kBrokenTapes),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(UsageTest, EveryBrokenTapeIsNamedAtOnce) {
  const std::string one = folder_.write("tapes/one.tape.jsonl", "[\n");
  const std::string two = folder_.write("tapes/two.tape.jsonl", "{\"tape\":7}\n");
  expect_usage({"replay", path("tapes")}, AllOf(HasSubstr(one + ":1: "), HasSubstr(two + ":1: ")));
}

}  // namespace
}  // namespace codex::cli
