#include "harness/subject/process.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/subject/environment.h"
#include "harness/subject/fd_json.h"
#include "tests/support/process_list.h"

namespace codex::harness {
namespace {

SpawnOptions shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script},
          .environment = worker_environment({}),
          .socket = -1,
          .capture_stderr = true};
}

Process spawn(const SpawnOptions& options) {
  Result<Process> process = Process::spawn(options);
  EXPECT_TRUE(process.ok()) << process.error().text();
  return std::move(process.value());
}

std::string stderr_of(Process& process) {
  EXPECT_TRUE(process.wait(5000));
  std::array<char, 4096> text{};
  const ssize_t size = ::read(process.stderr_fd(), text.data(), text.size());
  return std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

TEST(Process, TellsHowItEnded) {
  Process leaves = spawn(shell("exit 3"));
  EXPECT_EQ(leaves.wait(5000)->text(), "ended with status 3");
  EXPECT_EQ(leaves.wait(0)->text(), "ended with status 3");
  Process dies = spawn(shell("kill -9 $$"));
  EXPECT_EQ(dies.wait(5000)->text(), "was killed by signal 9 (Killed)");
  Process stays = spawn(shell("sleep 60"));
  EXPECT_FALSE(stays.wait(0));
  EXPECT_FALSE(stays.wait(20));
  EXPECT_EQ(stays.kill_group().signal, 9);
}

TEST(Process, ThatCannotBeStartedSaysWhy) {
  const Result<Process> process = Process::spawn({.argv = {"/no/such"}, .environment = {}});
  ASSERT_FALSE(process.ok());
  EXPECT_EQ(process.error().text(), "/no/such: cannot be started: No such file or directory");
  EXPECT_EQ(Process::spawn({.argv = {"/etc/passwd"}, .environment = {}}).error().text(),
            "/etc/passwd: cannot be started: Permission denied");
}

TEST(Process, DestructorKillsTheWholeGroup) {
  pid_t group = 0;
  {
    Process process = spawn(shell("sleep 60 & sleep 60 & wait"));
    group = process.pid();
    EXPECT_TRUE(test::eventually([&] { return test::group_members(group).size() == 3; }));
    EXPECT_NE(group, ::getpgrp());
  }
  EXPECT_TRUE(test::group_is_gone(group));
}

TEST(Process, AnEndedLeaderLeavesNobody) {
  Process process = spawn(shell("sleep 60 & exit 0"));
  EXPECT_EQ(process.wait(5000)->status, 0);
  EXPECT_TRUE(test::group_is_gone(process.pid()));
}

TEST(Process, HasItsSocketAndNothingElseOfOurs) {
  auto [ours, theirs] = socket_pair();
  SpawnOptions options = shell("cat <&3 >&3; ls /proc/self/fd >&2");
  options.socket = theirs.get();
  Process process = spawn(options);
  theirs.reset();
  ASSERT_TRUE(write_all(ours.get(), "one\n"));
  LineReader lines(ours.get());
  ASSERT_TRUE(lines.fill());
  EXPECT_EQ(lines.next(), "one");
  ours.reset();
  // 0 to 3, and the folder that ls reads.
  EXPECT_EQ(stderr_of(process), "0\n1\n2\n3\n4\n");
}

TEST(Process, EnvironmentIsWhatWasGiven) {
  ::setenv("OPENAI_API_KEY", "sk-of-the-user", 1);
  json::Object extra;
  extra.append("LANG", "C");
  extra.append("SWITCH", "");
  SpawnOptions options = shell("env | grep -v ^PWD= | sed 's/=.*//' | sort | tr '\\n' ' ' >&2");
  options.environment = worker_environment(json::Value(extra));
  Process process = spawn(options);
  ::unsetenv("OPENAI_API_KEY");
  std::string expected = "HOME LANG OLDPWD PATH SWITCH TZ _ ";
  for (const char* name : {"HOME", "TZ"}) {
    if (std::getenv(name) == nullptr)
      expected.erase(expected.find(name), std::string(name).size() + 1);
  }
  std::string seen = stderr_of(process);
  for (const char* shells_own : {"OLDPWD ", "_ "}) {
    if (seen.find(shells_own) == std::string::npos)
      expected.erase(expected.find(shells_own), std::string(shells_own).size());
  }
  EXPECT_EQ(seen, expected);
}

TEST(Process, LeavesNoDescriptors) {
  const std::size_t before = test::open_descriptors();
  for (int i = 0; i < 50; ++i) {
    auto [ours, theirs] = socket_pair();
    SpawnOptions options = shell("exit 0");
    options.socket = theirs.get();
    Process process = spawn(options);
    EXPECT_TRUE(process.wait(5000));
    EXPECT_FALSE(
        Process::spawn({.argv = {"/no/such"}, .environment = {}, .socket = ours.get()}).ok());
  }
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST(FdJson, LinesOfAnyLengthInAnyPieces) {
  auto [ours, theirs] = socket_pair();
  LineReader lines(theirs.get());
  EXPECT_FALSE(lines.next());
  ASSERT_TRUE(write_all(ours.get(), "a\n\nb"));
  ASSERT_TRUE(lines.fill());
  EXPECT_EQ(lines.next(), "a");
  EXPECT_EQ(lines.next(), "");
  EXPECT_FALSE(lines.next());
  EXPECT_EQ(lines.pending(), 1U);
  ASSERT_TRUE(write_all(ours.get(), "c\n" + std::string(150 * 1000, 'x') + "\ntail"));
  ours.reset();
  std::vector<std::string> all;
  while (lines.fill()) {
    while (const auto line = lines.next())
      all.push_back(*line);
  }
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], "bc");
  EXPECT_EQ(all[1].size(), 150U * 1000U);
  EXPECT_EQ(lines.pending(), 4U);
}

TEST(FdJson, DescriptorsComeWithTheirLines) {
  auto [ours, theirs] = socket_pair();
  LineReader lines(theirs.get());
  for (int i = 0; i < 3; ++i) {
    auto [left, right] = socket_pair();
    ASSERT_TRUE(write_line_with_fd(ours.get(), json::Value(i), right.get()));
    ASSERT_TRUE(write_all(left.get(), std::to_string(i)));
  }
  for (int i = 0; i < 3;) {
    ASSERT_TRUE(lines.fill());
    while (const auto line = lines.next()) {
      EXPECT_EQ(*line, std::to_string(i));
      const Fd fd = lines.take_fd();
      ASSERT_TRUE(fd);
      char said = 0;
      EXPECT_EQ(::read(fd.get(), &said, 1), 1);
      EXPECT_EQ(said, '0' + i);
      ++i;
    }
  }
  EXPECT_FALSE(lines.take_fd());
}

TEST(FdJson, WritingGivesUp) {
  auto [ours, theirs] = socket_pair();
  EXPECT_FALSE(write_all(ours.get(), std::string(10 * 1000 * 1000, 'x'), 20));
  theirs.reset();
  EXPECT_FALSE(write_line(ours.get(), json::Value(1)));
}

TEST(FdJson, NonBlockingReaderComesBack) {
  auto [ours, theirs] = socket_pair();
  ASSERT_TRUE(set_nonblocking(theirs.get()));
  LineReader lines(theirs.get());
  EXPECT_TRUE(lines.fill());
  EXPECT_FALSE(lines.next());
}

}  // namespace
}  // namespace codex::harness
