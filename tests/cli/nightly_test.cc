// The nightly job and the joining of its shards, as a user runs them.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "matrix/assemble.h"
#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::CliReport;
using test::Finished;
using test::Tool;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kSessions[] = {"echo", "failing-command", "hello", "hello-app-server",
                                 "refused-app-server", "secrets"};

class NightlyTest : public test::CliTest {
 protected:
  NightlyTest() {
    for (const char* session : kSessions) {
      folder_.write(std::string("tapes/") + session + ".tape.jsonl", test::file_text(tape(session)));
      folder_.write(std::string("goldens/") + session + ".golden.jsonl",
                    test::file_text(source("golden/transcripts/" + std::string(session) +
                                           ".golden.jsonl")));
    }
  }
  std::vector<std::string> words(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"nightly", path("tapes"), "--golden", path("goldens"),
                                    "--python", venv(), "-o", path(out), "--timeout", "30"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Finished nightly(const std::string& out, const std::vector<std::string>& more = {}) const {
    return tool_.run(words(out, more));
  }
  Finished merge(const std::vector<std::string>& folders, const std::string& out) const {
    std::vector<std::string> all = {"merge"};
    for (const std::string& folder : folders) all.push_back(path(folder));
    all.insert(all.end(), {"-o", path(out)});
    return tool_.run(all);
  }
  std::string text(const std::string& name) const { return test::file_text(path(name)); }
  // Every file of a night but those with clocks in them.
  std::string timeless(const std::string& out) const {
    return CliReport(text(out + "/report.json")).without_run() + text(out + "/matrix.json") +
           text(out + "/junit.xml");
  }
  std::vector<std::string> files(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path(folder))) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(NightlyTest, ShardsMergedAreTheRunWithoutShards) {
  ASSERT_EQ(nightly("whole").status, 0);
  for (const char* shard : {"1", "2", "3"}) {
    const Finished part = nightly(std::string("parts/") + shard, {"--shard", std::string(shard) + "/3"});
    EXPECT_EQ(part.status, 0) << part;
    EXPECT_THAT(files(std::string("parts/") + shard), ElementsAre("results.jsonl"));
  }
  const Finished merged = merge({"parts"}, "merged");
  EXPECT_EQ(merged.status, 0) << merged;
  EXPECT_EQ(timeless("merged"), timeless("whole"));
  // In any order, given one by one, and twice.
  const Finished again = merge({"parts/3", "parts/1", "parts/2", "parts/1"}, "again");
  EXPECT_EQ(again.status, 0) << again;
  EXPECT_EQ(timeless("again"), timeless("whole"));

  // What became of one of them, and what is said of it.
  fs::rename(path("parts/2"), path("late"));
  const Finished missing = merge({"parts"}, "missing");
  EXPECT_EQ(missing.status, 1) << missing;
  EXPECT_THAT(missing.out, AllOf(HasSubstr("no parity (exit 1)"), HasSubstr("shard 2/3 is missing")));

  const std::string results = text("late/results.jsonl");
  folder_.write("parts/2/results.jsonl", results.substr(0, results.size() / 2));
  const Finished cut = merge({"parts"}, "cut");
  EXPECT_EQ(cut.status, 1) << cut;
  EXPECT_THAT(cut.err, AllOf(HasSubstr(path("parts/2/results.jsonl") + ":"),
                             HasSubstr("the file was cut"), HasSubstr("shard 2/3 is missing")));

  const Finished late = merge({"parts", "late"}, "with-the-late");
  EXPECT_EQ(late.status, 1) << "the cut file is still there";
  fs::remove(path("parts/2/results.jsonl"));
  const Finished healed = merge({"parts/1", "parts/3", "late"}, "healed");
  EXPECT_EQ(healed.status, 0) << healed;
  EXPECT_EQ(timeless("healed"), timeless("whole"));

  // Of another run: another number of shards, another corpus.
  const Finished other = merge({"parts/1", "whole"}, "other");
  EXPECT_EQ(other.status, 2) << other;
  EXPECT_THAT(other.err, HasSubstr("are not of one run, but of shards"));
  folder_.write("tapes/more.tape.jsonl", text("tapes/hello.tape.jsonl"));
  EXPECT_LE(nightly("tonight", {"--shard", "2/3"}).status, 1);
  const Finished mixed = merge({"parts/1", "tonight", "parts/3"}, "mixed");
  EXPECT_EQ(mixed.status, 2) << mixed;
  EXPECT_THAT(mixed.err, HasSubstr("of different corpus"));
  EXPECT_FALSE(fs::exists(path("mixed/report.json")));
}

TEST_F(NightlyTest, WhatIsReadBackIsTheSameForAnyNumberOfShards) {
  ASSERT_EQ(nightly("whole").status, 0);
  const std::string whole = text("whole/results.jsonl");
  const auto read = matrix::parse_results(whole, "results.jsonl");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(matrix::print_results(*read.operator->()), whole);
  const auto once = matrix::join({*read.operator->()});
  ASSERT_TRUE(once);
  for (const std::size_t count : {2u, 3u, 5u, 8u, 16u, 64u}) {
    std::vector<matrix::ShardResults> shards;
    for (std::size_t number = 1; number <= count; ++number) {
      matrix::ShardResults shard = *read.operator->();
      shard.shard = {number, count};
      std::erase_if(shard.report.sessions, [&](const matrix::SessionReport& session) {
        return !matrix::contains(shard.shard, session.session);
      });
      auto copy = matrix::parse_results(matrix::print_results(shard), "part.jsonl");
      ASSERT_TRUE(copy) << copy.error().text();
      shards.insert(shards.begin(), std::move(copy.value()));
    }
    const auto joined = matrix::join(std::move(shards));
    ASSERT_TRUE(joined) << joined.error().text();
    EXPECT_EQ(CliReport(matrix::render_json(*joined.operator->())).without_run(),
              CliReport(matrix::render_json(*once.operator->())).without_run())
        << count;
  }
}

TEST_F(NightlyTest, ATapeAndAGoldenThatCannotBeReadAreRedAndTheRestRuns) {
  folder_.write("tapes/bad.tape.jsonl", "{\"tape\":1,\"transport\":\"exec\"}\nno JSON\n");
  const std::string golden = text("goldens/echo.golden.jsonl");
  folder_.write("goldens/echo.golden.jsonl", golden.substr(0, golden.size() - 20));
  const Finished finished = nightly("out");
  EXPECT_EQ(finished.status, 1) << finished;
  EXPECT_THAT(finished.err, AllOf(HasSubstr(path("tapes/bad.tape.jsonl") + ":2: "),
                                  HasSubstr(path("goldens/echo.golden.jsonl") + ":")));
  const CliReport report(text("out/report.json"));
  EXPECT_EQ(report.sessions().size(), std::size(kSessions));
  EXPECT_EQ(report.verdict("hello"), "match");
  EXPECT_EQ(report.verdict("echo"), "golden-missing");
  EXPECT_EQ(test::at(report.whole(), "/unreadable").array()->size(), 2u);
}

TEST_F(NightlyTest, AnEmptyShardIsWellAnEmptyCorpusIsNot) {
  int empty = 0;
  for (int number = 1; number <= 64 && empty == 0; ++number) {
    const std::string shard = std::to_string(number) + "/64";
    bool has = false;
    for (const char* session : kSessions) {
      has = has || matrix::contains({static_cast<std::size_t>(number), 64}, session);
    }
    if (!has) empty = number;
  }
  const Finished part = nightly("part", {"--shard", std::to_string(empty) + "/64"});
  EXPECT_EQ(part.status, 0) << part;
  EXPECT_TRUE(fs::exists(path("part/results.jsonl")));
  fs::create_directories(path("nothing"));
  const Finished none = tool_.run({"nightly", path("nothing"), "-o", path("none")});
  EXPECT_EQ(none.status, 2) << none;
  EXPECT_FALSE(fs::exists(path("none")));
}

TEST_F(NightlyTest, EnginesSayWhichPart) {
  const Tool bazel = tool_.with("TEST_SHARD_INDEX", "1").with("TEST_TOTAL_SHARDS", "3").with(
      "TEST_SHARD_STATUS_FILE", path("status"));
  const Finished part = bazel.run(words("part"));
  EXPECT_EQ(part.status, 0) << part;
  EXPECT_THAT(part.out, HasSubstr("shard 2/3: "));
  EXPECT_TRUE(fs::exists(path("status")));
  const Finished both = bazel.run(words("both", {"--shard", "1/3"}));
  EXPECT_EQ(both.status, 2) << both;
  EXPECT_THAT(both.err, HasSubstr("are two different parts (1/3 and 2/3)"));
  EXPECT_FALSE(fs::exists(path("both")));
}

TEST_F(NightlyTest, AnInterruptedNightLeavesNothing) {
  folder_.write("tapes/stall.tape.jsonl", test::file_text(tape("odd/stall")));
  const Finished finished =
      tool_.interrupted_after(std::chrono::milliseconds(3000)).run(words("out"));
  EXPECT_EQ(finished.status, 130) << finished;
  EXPECT_THAT(files("out"), IsEmpty());
}

// kill -9 after so many seconds. Whatever is in the folder is whole.
class KilledNightTest : public NightlyTest {
 protected:
  // Whether the process was killed, and not over before.
  bool killed(const std::vector<std::string>& arguments, double seconds) const {
    std::vector<std::string> argv = {"/usr/bin/timeout", "-s", "KILL", std::to_string(seconds),
                                     program("codex-telemetry-diff")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const Finished finished = test::run_program(
        {.argv = argv, .environment = {"PATH=/usr/bin:/bin", "HOME=" + path("")}, .folder = path("")});
    EXPECT_THAT(finished.status, testing::AnyOf(128 + SIGKILL, 0)) << finished;
    CliReport(text("out/report.json"));
    if (fs::exists(path("out/results.jsonl"))) {  // merge writes none
      const auto results = matrix::parse_results(text("out/results.jsonl"), "results.jsonl");
      EXPECT_TRUE(results) << results.error().text();
    }
    return finished.status != 0;
  }
};

TEST_F(KilledNightTest, TheNextNightIsRight) {
  const Finished whole = nightly("out");
  ASSERT_EQ(whole.status, 0) << whole;
  int count = 0;
  for (const double part : {0.2, 0.5, 0.8, 0.9, 0.95}) {
    count += killed(words("out"), part * whole.seconds) ? 1 : 0;
  }
  EXPECT_GT(count, 1);
  const Finished next = nightly("out");
  EXPECT_EQ(next.status, 0) << next;
  EXPECT_THAT(next.out, AllOf(HasSubstr("since the night of "), HasSubstr("0 differences new")));
  EXPECT_EQ(next.err, "");
}

// The end of a night, where files and history are written, is what merge does and nothing else.
TEST_F(KilledNightTest, AtItsEndToo) {
  ASSERT_EQ(nightly("part", {"--shard", "1/1", "--run", "first"}).status, 0);
  ASSERT_EQ(merge({"part"}, "out").status, 0);
  ASSERT_EQ(nightly("part", {"--shard", "1/1", "--run", "second"}).status, 0);
  const std::vector<std::string> words = {"merge", path("part"), "-o", path("out")};
  fs::copy(path("out"), path("measured"));
  const Finished measured = merge({"part"}, "measured");
  ASSERT_EQ(measured.status, 0) << measured;
  int count = 0;
  for (int moment = 1; moment <= 40; ++moment) {
    count += killed(words, measured.seconds * moment / 40) ? 1 : 0;
  }
  EXPECT_GT(count, 10);
  const Finished next = merge({"part"}, "out");
  EXPECT_EQ(next.status, 0) << next;
  EXPECT_THAT(next.out, AllOf(HasSubstr("since the night of "), HasSubstr("0 differences new")));
  EXPECT_EQ(next.err, "");
  EXPECT_EQ(timeless("out"), timeless("measured"));
}

// ---- clients of further environments ----

class ColumnsTest : public NightlyTest {
 protected:
  Finished replay(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"replay", path("tapes/echo.tape.jsonl"), "--format", "json",
                                    "--timeout", "30", "--python", venv()};
    all.insert(all.end(), more.begin(), more.end());
    return tool_.run(all);
  }
};

TEST_F(ColumnsTest, AFurtherClientIsAColumnOfItsOwn) {
  const test::VenvCopy changed(venv(), path("venv"), "agents");
  changed.change("extensions/experimental/codex/codex_tool.py", "name=\"Codex command execution\"",
                 "name=\"Codex shell command\"");
  for (const bool has_golden : {true, false}) {
    const Finished finished =
        has_golden ? replay({"--python", changed.path(), "--golden", path("goldens")})
                   : replay({"--python", changed.path(), "--no-golden"});
    EXPECT_EQ(finished.status, 1) << finished;
    const CliReport report(finished.out);
    EXPECT_EQ(report.verdict("echo"), "upstream-drift");
    EXPECT_THAT(report.differences("echo"), IsEmpty()) << "the first environment has none";
    const json::Value& further = test::at(report.session("echo"), "/further/agents@0.24.0#2");
    EXPECT_EQ(test::at(further, "/verdict").text(), "upstream-drift");
    EXPECT_EQ(test::at(further, "/differences").array()->size(), 2u);
    const json::Value& one = test::at(further, "/differences/0");
    EXPECT_EQ(test::at(one, "/subject").text(), "agents@0.24.0#2");
    EXPECT_EQ(test::at(one, "/against").text(), has_golden ? "golden" : "agents");
    EXPECT_EQ(test::at(one, "/actual").text(), "Codex shell command");
    EXPECT_EQ(test::at(report.whole(), "/columns/3/column").text(), "agents@0.24.0#2");
  }
}

TEST_F(ColumnsTest, AnEnvironmentThatCannotBeUsedIsUnavailable) {
  fs::create_directories(path("none"));
  const Finished finished = replay({"--python", path("none"), "--golden", path("goldens")});
  EXPECT_EQ(finished.status, 3) << finished;
  const CliReport report(finished.out);
  EXPECT_EQ(report.verdict("echo"), "unavailable");
  EXPECT_EQ(test::at(report.session("echo"), "/further/agents@none/outcome").text(), "unavailable");
  EXPECT_THAT(std::string(test::at(report.session("echo"), "/further/agents@none/reason").text()),
              HasSubstr(path("none")));
}

TEST_F(ColumnsTest, GoldensAreOfOneEnvironment) {
  const Finished finished = tool_.run({"golden", "check", path("tapes"), "--golden", path("goldens"),
                                       "--python", venv(), "--python", venv()});
  EXPECT_EQ(finished.status, 2) << finished;
}

TEST_F(ColumnsTest, ANightHasThemAndItsShardsToo) {
  const test::VenvCopy changed(venv(), path("venv"), "agents");
  changed.change("extensions/experimental/codex/codex_tool.py", "name=\"Codex command execution\"",
                 "name=\"Codex shell command\"");
  const Finished whole = nightly("whole", {"--python", changed.path()});
  EXPECT_EQ(whole.status, 1) << whole;
  EXPECT_THAT(whole.out, HasSubstr("upstream-drift  agents@0.24.0#2"));
  for (const char* shard : {"1", "2"}) {
    nightly(std::string("parts/") + shard,
            {"--python", changed.path(), "--shard", std::string(shard) + "/2"});
  }
  const Finished merged = merge({"parts"}, "merged");
  EXPECT_EQ(merged.status, 1) << merged;
  EXPECT_EQ(timeless("merged"), timeless("whole"));
}

}  // namespace
}  // namespace codex::cli
