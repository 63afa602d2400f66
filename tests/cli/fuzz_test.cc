// `fuzz` with the real clients: sessions that repeat, shards that part them, a difference that was
// planted and is found, an interruption that loses nothing.
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/tape/tape.h"
#include "tests/support/cli_test.h"
#include "tests/support/live_program.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using test::Tool;
using test::VenvCopy;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class FuzzTest : public test::CliTest {
 protected:
  Finished fuzz(std::vector<std::string> arguments, const std::string& python = venv()) const {
    std::vector<std::string> all = {"fuzz", "--python", python};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return tool_.run(all);
  }
  // By file, what is in a folder.
  std::map<std::string, std::string> files(const std::string& folder) const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(path(folder))) {
      all[entry.path().filename()] = test::file_text(entry.path());
    }
    return all;
  }
  std::vector<std::string> findings(const std::string& folder) const {
    // By name alone: the program may be writing there.
    std::vector<std::string> tapes;
    for (const auto& entry : fs::recursive_directory_iterator(path(folder))) {
      const std::string name = entry.path().filename();
      if (name.ends_with(".tape.jsonl") && name[0] != '.') tapes.push_back(entry.path());
    }
    std::sort(tapes.begin(), tapes.end());
    return tapes;
  }
  // The client names its spans otherwise: every command that it shows differs.
  VenvCopy changed_client() const {
    VenvCopy copy(venv(), path("changed"), "agents");
    copy.change("extensions/experimental/codex/codex_tool.py", "name=\"Codex command execution\"",
                "name=\"Codex shell command\"");
    return copy;
  }
  // One command, and as little else as there can be: what is found in it is minimal soon.
  std::string short_tape() const {
    return folder_.write("short.tape.jsonl", R"({"tape":1,"transport":"exec"}
{">":{"argv":["exec","--experimental-json","-"],"stdin":"Run the task."}}
{"<":{"type":"item.started","item":{"id":"item_0","type":"command_execution","command":"ls","status":"in_progress"}}}
{"<":{"type":"turn.completed","usage":null}}
)");
  }
  static std::string line_with(const std::string& text, const std::string& part) {
    const std::size_t place = text.find(part);
    return place == std::string::npos ? "" : text.substr(place, text.find('\n', place) - place);
  }
};

// Enough sessions that what the first ones showed is bent further.
TEST_F(FuzzTest, TheSameSeedIsTheSameTapesWhateverTheJobsShardsAndSubjects) {
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {source("harness/sessions/generated"), "--subject", "cpp",
                                    "--runs", "700"};
    all.insert(all.end(), more.begin(), more.end());
    const Finished finished = fuzz(all);
    EXPECT_EQ(finished.status, 0) << finished;
    return finished;
  };
  const std::string out = path("found");
  const Finished one = with({"--seed", "4", "--jobs", "1", "-o", out, "--tapes", path("one")});
  const Finished two = with({"--seed", "4", "--jobs", "3", "-o", out, "--tapes", path("two")});
  EXPECT_THAT(files("one"), SizeIs(700));
  EXPECT_EQ(files("one"), files("two"));
  EXPECT_EQ(line_with(one.out, "tapes "), line_with(two.out, "tapes ")) << one << two;
  EXPECT_THAT(line_with(one.out, "tapes "), ContainsRegex("^tapes [0-9a-f]+$"));
  EXPECT_THAT(one.out, Not(HasSubstr(" 0 kept")));

  std::map<std::string, std::string> parts;
  for (const std::string& shard : std::vector<std::string>{"1/3", "2/3", "3/3"}) {
    const std::string folder = "shard" + shard.substr(0, 1);
    with({"--seed", "4", "--shard", shard, "-o", out, "--tapes", path(folder)});
    EXPECT_GT(files(folder).size(), 100U);
    for (const auto& [name, text] : files(folder)) {
      EXPECT_TRUE(parts.emplace(name, text).second) << name << " is in two shards";
    }
  }
  EXPECT_EQ(parts, files("one"));

  const Finished other = with({"--seed", "5", "-o", out, "--tapes", path("other")});
  EXPECT_NE(files("other"), files("one"));
  EXPECT_NE(line_with(one.out, "tapes "), line_with(other.out, "tapes "));
}

TEST_F(FuzzTest, WithTheClientTheTapesAreTheSame) {
  const std::vector<std::string> what = {tape("echo"), tape("hello"), "--transport", "exec",
                                         "--runs", "12", "-o", path("found"), "--tapes"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), what.begin(), what.end());
    return fuzz(more);
  };
  const Finished both = with({path("both")});
  const Finished alone = with({path("alone"), "--subject", "cpp"});
  EXPECT_EQ(both.status, 0) << both;
  // How many a client got through depends on the machine: a sanitizer makes clients seem to hang.
  EXPECT_THAT(both.out, ContainsRegex("exec: [1-9][0-9]* compared, "));
  EXPECT_THAT(both.out, HasSubstr("0 findings\n"));
  EXPECT_THAT(files("both"), SizeIs(12));
  EXPECT_EQ(files("both"), files("alone"));
  EXPECT_EQ(line_with(both.out, "tapes "), line_with(alone.out, "tapes "));
}

TEST_F(FuzzTest, WhatAClientShowsOtherwiseIsFoundMinimizedAndRepeated) {
  const VenvCopy changed = changed_client();
  const Finished found = fuzz({short_tape(), "--transport", "exec", "--runs", "8", "--jobs", "2",
                               "-o", path("found")}, changed.path());
  EXPECT_EQ(found.status, 1) << found;
  EXPECT_THAT(found.err, HasSubstr("finding f"));
  const std::vector<std::string> tapes = findings("found");
  ASSERT_THAT(tapes, Not(IsEmpty())) << found;
  bool named = false;
  for (const std::string& each : tapes) {
    // The command as it stands in the finding's words.
    const std::string words = test::file_text(each.substr(0, each.size() - 11) + ".txt");
    EXPECT_THAT(words, HasSubstr("codex-telemetry-diff replay " + each + " --no-golden\n"));
    EXPECT_THAT(found.out, HasSubstr("codex-telemetry-diff replay " + each + " --no-golden\n"));
    if (words.find("Codex shell command") == std::string::npos) continue;
    named = true;
    EXPECT_THAT(words, HasSubstr("minimal\n"));
    const auto tape = harness::read_tape(each, "");
    ASSERT_TRUE(tape.ok());
    EXPECT_EQ(tape.value().entries.size(), 2U) << test::file_text(each);
    const Finished again = tool_.run({"replay", each, "--no-golden", "--python", changed.path()});
    EXPECT_EQ(again.status, 1) << again;
    EXPECT_THAT(again.out, HasSubstr("Codex shell command"));
    EXPECT_EQ(tool_.run({"replay", each, "--no-golden", "--python", venv()}).status, 0);
  }
  EXPECT_TRUE(named) << found;
  EXPECT_EQ(files("found").size(), 2 * tapes.size()) << "nothing half written";
}

TEST_F(FuzzTest, AWorkerThatDiesIsACrashOfOurs) {
  const Tool broken = installed({"codex-telemetry-diff", "codex-telemetry-peer",
                                 "codex-telemetry-py-worker"});
  folder_.write("installed/bin/codex-telemetry-cpp-worker", "#!/bin/sh\nread line <&3\nkill -SEGV $$\n");
  fs::permissions(path("installed/bin/codex-telemetry-cpp-worker"), fs::perms::owner_all);
  const Finished found = broken.run({"fuzz", tape("hello"), "--transport", "exec", "--runs", "2",
                                     "--python", venv(), "-o", path("found")});
  EXPECT_EQ(found.status, 1) << found;
  EXPECT_THAT(found.out, HasSubstr("subject cpp: crash"));
  EXPECT_THAT(findings("found"), SizeIs(1));
}

TEST_F(FuzzTest, AnInterruptionKeepsWhatWasFound) {
  const VenvCopy changed = changed_client();
  test::LiveProgram running({program("codex-telemetry-diff"), "fuzz", short_tape(), "--transport", "exec", "--jobs", "2", "--time",
                             "100000", "--python", changed.path(), "-o", path("found")},
                            path(""));
  ASSERT_TRUE(test::eventually([&] { return fs::exists(path("found")) && !findings("found").empty(); }));
  running.signal(SIGINT);
  const int status = running.wait();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_TRUE(running.output_ends());
  EXPECT_THAT(running.out(), HasSubstr("codex-telemetry-diff replay " + findings("found").front()));
  for (const std::string& each : findings("found")) {
    EXPECT_EQ(tool_.run({"replay", each, "--no-golden", "--python", changed.path()}).status, 1);
  }
}

TEST_F(FuzzTest, WhatCannotBeIsSaidBeforeAnythingRuns) {
  const auto refused = [&](std::vector<std::string> arguments) {
    const Finished finished = fuzz(arguments);
    EXPECT_EQ(finished.status, 2) << finished;
    return finished.err;
  };
  const std::string out = path("found");
  EXPECT_THAT(refused({tape("echo")}), HasSubstr("--output"));
  EXPECT_THAT(refused({tape("echo"), "-o", out}), HasSubstr("no tape of app-server"));
  EXPECT_THAT(refused({tape("echo"), "-o", out, "--shard", "3/2"}), HasSubstr("3"));
  EXPECT_THAT(refused({path("none"), "-o", out}), HasSubstr("no such file"));
  EXPECT_THAT(refused({tape("echo"), "-o", out, "--transport", "mail"}), HasSubstr("--transport"));
  EXPECT_THAT(refused({tape("echo"), "-o", out, "--runs", "0"}), HasSubstr("--runs"));
}

TEST_F(FuzzTest, AClientThatCannotRunIsNoParity) {
  const Finished finished = fuzz({tape("echo"), "--transport", "exec", "--runs", "1", "-o",
                                  path("found")}, path("no-such-environment"));
  EXPECT_EQ(finished.status, 3) << finished;
}

}  // namespace
}  // namespace codex::cli
