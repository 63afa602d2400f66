// `observe -- COMMAND`: to its client a program behind the proxy is as it is without.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/live_program.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Ended;
using test::eventually;
using test::LiveProgram;
using test::run_to_end;
using testing::HasSubstr;

class ObserveProxyTest : public test::CliTest {
 protected:
  using Words = std::vector<std::string>;

  static Words shell(const std::string& script) { return {"/bin/sh", "-c", script}; }
  // The command, behind the proxy.
  Words proxied(const Words& command, const Words& options = {"--log", "none"}) const {
    Words words = {program("codex-telemetry-diff"), "observe", "--transport", "exec"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }
  const std::string& folder() const { return folder_.path(); }
};

// tee: what comes in goes out twice.
RC_GTEST_FIXTURE_PROP(ObserveProxyTest, BytesPassAsTheyAreHoweverTheyAreCut,
                      (const std::string& start)) {
  const auto repeats = *rc::gen::inRange<std::size_t>(1, 4000);
  const auto pieces = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 200000)));
  std::string input;
  for (std::size_t i = 0; i < repeats; ++i) input += start + static_cast<char>(i % 256);
  const std::string tape = path("t/" + std::to_string(fs::exists(path("t")) ? 1 : 0) + ".tape.jsonl");
  fs::create_directories(path("t"));
  LiveProgram tee(proxied({"tee", "/dev/stderr"}, {"--log", "none", "--tape", tape}), folder());
  tee.converse(input, pieces);
  RC_ASSERT(tee.wait() == 0);
  RC_ASSERT(tee.out() == input);
  // Behind the bytes, the tape's name.
  RC_ASSERT(tee.err().substr(0, input.size()) == input);
}

TEST_F(ObserveProxyTest, NothingWaitsForALine) {
  LiveProgram cat(proxied({"cat"}), folder());
  for (const char* piece : {"a", "b", "\xff", "{"}) {
    cat.write(piece);
    EXPECT_EQ(cat.read(1), piece);
  }
  cat.close_input();
  EXPECT_EQ(cat.wait(), 0);
}

TEST_F(ObserveProxyTest, LongLinesPassBothWays) {
  const std::string line = std::string(8U << 20U, 'x') + "\n";
  LiveProgram tee(proxied({"tee", "/dev/stderr"}), folder());
  tee.converse(line, {});
  EXPECT_EQ(tee.wait(), 0);
  EXPECT_TRUE(tee.out() == line);
  EXPECT_TRUE(tee.err() == line);
}

TEST_F(ObserveProxyTest, ASlowReaderIsWaitedFor) {
  constexpr std::size_t kMuch = 20U << 20U;
  LiveProgram writer(proxied(shell("head -c 20971520 /dev/zero; touch done")), folder());
  const std::size_t first = writer.read(1).size();
  EXPECT_FALSE(fs::exists(path("done"))) << "it cannot have written it all";
  writer.converse("", {});
  EXPECT_EQ(writer.wait(), 0);
  EXPECT_EQ(writer.out().size(), kMuch) << first;
  EXPECT_TRUE(fs::exists(path("done")));
}

TEST_F(ObserveProxyTest, TheEndOfStdinIsPassedOn) {
  LiveProgram program(proxied(shell("cat >/dev/null; echo bye")), folder());
  program.write("some");
  program.close_input();
  EXPECT_TRUE(program.output_ends());
  EXPECT_EQ(program.out(), "bye\n");
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(ObserveProxyTest, AProgramThatClosesItsStdinTellsTheClient) {
  LiveProgram program(proxied(shell("exec 0<&-; echo ready; exec sleep 60")), folder());
  EXPECT_TRUE(program.read_until("ready"));
  EXPECT_TRUE(program.input_is_gone());
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), SIGTERM);
}

TEST_F(ObserveProxyTest, AnEndOfStdoutComesBeforeTheProgramEnds) {
  LiveProgram program(proxied(shell("echo last; exec 1>&-; cat >/dev/null; exit 4")), folder());
  EXPECT_TRUE(program.output_ends());
  EXPECT_EQ(program.out(), "last\n");
  program.write("it still reads");
  program.close_input();
  EXPECT_EQ(WEXITSTATUS(program.wait()), 4);
}

TEST_F(ObserveProxyTest, AClientThatReadsNoMoreIsTold) {
  LiveProgram yes(proxied({"yes"}), folder());
  EXPECT_FALSE(yes.read(100000).empty());
  yes.close_output();
  EXPECT_EQ(yes.wait(), SIGPIPE) << "as without";
}

TEST_F(ObserveProxyTest, AnotherHolderOfStdoutGoesOnWhenTheProgramHasEnded) {
  LiveProgram program(
      proxied(shell("(while [ ! -e go ]; do sleep 0.02; done; echo late) & echo first; exit 5")),
      folder());
  EXPECT_TRUE(program.read_until("first"));
  EXPECT_EQ(WEXITSTATUS(program.wait()), 5) << "the exit waits for nobody";
  folder_.write("go", "");
  EXPECT_TRUE(program.output_ends());
  EXPECT_EQ(program.out(), "first\nlate\n");
}

TEST_F(ObserveProxyTest, ItEndsAsTheProgramDid) {
  for (const char* script :
       {"exit 0", "exit 3", "exit 255", "echo out; echo err >&2; exit 1", "kill -9 $$",
        "kill -15 $$", "kill -6 $$", "kill -11 $$", "exec 1>&- 2>&-; exit 9"}) {
    const Ended without = run_to_end(shell(script), folder());
    const Ended with = run_to_end(proxied(shell(script)), folder());
    EXPECT_EQ(with.status & 0xff7f, without.status & 0xff7f) << script;  // but for a core file
    EXPECT_EQ(with.out, without.out) << script;
    EXPECT_EQ(with.err, without.err) << script;
  }
}

TEST_F(ObserveProxyTest, WhatCannotBeStartedIsToldAsShellsDo) {
  const Ended none = run_to_end(proxied({path("none")}), folder());
  EXPECT_EQ(WEXITSTATUS(none.status), 127);
  EXPECT_THAT(none.err, HasSubstr(path("none") + ": cannot be started: No such file"));
  const Ended no_word = run_to_end(proxied({"no-such-program-anywhere"}), folder());
  EXPECT_EQ(WEXITSTATUS(no_word.status), 127);
  EXPECT_THAT(no_word.err, HasSubstr("PATH"));
  const Ended no_program = run_to_end(proxied({folder_.write("text", "hello")}), folder());
  EXPECT_EQ(WEXITSTATUS(no_program.status), 126);
  EXPECT_THAT(no_program.err, HasSubstr("Permission denied"));
}

TEST_F(ObserveProxyTest, SignalsAreHandedOn) {
  const std::vector<std::pair<int, std::string>> signals = {
      {SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGHUP, "HUP"},     {SIGQUIT, "QUIT"},
      {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}, {SIGWINCH, "WINCH"}};
  for (const auto& [number, name] : signals) {
    LiveProgram program(proxied(shell("trap 'echo got " + name + "; exit 7' " + name +
                                      "; echo ready; sleep 60 & wait $!")),
                        folder());
    EXPECT_TRUE(program.read_until("ready"));
    program.signal(number);
    EXPECT_TRUE(program.read_until("got " + name));
    EXPECT_EQ(WEXITSTATUS(program.wait()), 7) << name;
  }
}

TEST_F(ObserveProxyTest, ASignalThatTheProgramDiesOfIsItsEnd) {
  LiveProgram program(proxied(shell("echo ready; exec sleep 60")), folder());
  EXPECT_TRUE(program.read_until("ready"));
  program.signal(SIGINT);
  EXPECT_EQ(program.wait(), SIGINT);
}

TEST_F(ObserveProxyTest, ItStopsAndGoesOnWithTheProgram) {
  LiveProgram cat(proxied({"cat"}), folder());
  cat.write("a");
  EXPECT_EQ(cat.read(1), "a");
  cat.signal(SIGTSTP);
  EXPECT_TRUE(WIFSTOPPED(cat.wait(WUNTRACED)));
  cat.signal(SIGCONT);
  cat.write("b");
  EXPECT_EQ(cat.read(1), "b");
  cat.close_input();
  EXPECT_EQ(cat.wait(), 0);
}

TEST_F(ObserveProxyTest, KilledItTakesTheProgramWithIt) {
  LiveProgram program(proxied(shell("echo $$ ready; exec sleep 60")), folder());
  EXPECT_TRUE(program.read_until("ready"));
  const std::string inner = "/proc/" + std::to_string(std::stoi(program.out())) + "/stat";
  EXPECT_TRUE(fs::exists(inner));
  program.signal(SIGKILL);
  EXPECT_EQ(program.wait(), SIGKILL);
  // Nobody may have asked how it ended: then it is a zombie.
  EXPECT_TRUE(eventually([&] {
    std::ifstream stat(inner);
    std::string word;
    return !(stat >> word >> word >> word) || word == "Z";
  }));
}

// At a terminal Ctrl-C reaches the whole process group: the program gets it once.
TEST_F(ObserveProxyTest, CtrlCReachesTheProgramOnce) {
  const std::string script =
      "trap 'n=$((n+1)); echo got $n' INT; echo ready; while read -r line; do echo \"$line\"; "
      "[ \"$line\" = end ] && exit 6; done; while :; do read -r line && [ \"$line\" = end ] && exit 6; done";
  int terminal = -1;
  const Words words = proxied(shell(script));
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(99);
  }
  const harness::Fd screen(terminal);
  std::string shown;
  const auto see = [&](const std::string& text) {
    while (shown.find(text) == std::string::npos) {
      std::array<char, 4096> bytes{};
      pollfd ready{screen.get(), POLLIN, 0};
      if (::poll(&ready, 1, 60000) <= 0) return false;
      const ssize_t count = ::read(screen.get(), bytes.data(), bytes.size());
      if (count <= 0) return false;
      shown.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return true;
  };
  const auto type = [&](std::string_view text) {
    EXPECT_EQ(::write(screen.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  EXPECT_TRUE(see("ready"));
  type("\x03");
  EXPECT_TRUE(see("got 1")) << shown;
  type("end\n");
  int status = 0;
  EXPECT_TRUE(eventually([&] {
    see("never");
    return ::waitpid(pid, &status, WNOHANG) == pid;
  }));
  EXPECT_EQ(WEXITSTATUS(status), 6) << shown;
  EXPECT_THAT(shown, testing::Not(HasSubstr("got 2")));
}

TEST_F(ObserveProxyTest, TheProgramHasNoDescriptorsOfOurs) {
  const Ended without = run_to_end({"ls", "/proc/self/fd"}, folder());
  const Ended with = run_to_end(proxied({"ls", "/proc/self/fd"}), folder());
  EXPECT_EQ(with.out, without.out);
}

TEST_F(ObserveProxyTest, SignalsOfTheProgramAreAsTheClientSetThem) {
  const Words status = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"};
  EXPECT_EQ(run_to_end(proxied(status), folder()).out, run_to_end(status, folder()).out);
}

TEST_F(ObserveProxyTest, NoProcessIsLeft) {
  const test::Tool tool = installed({"codex-telemetry-diff"});
  const test::Finished finished =
      tool.run({"observe", "--transport", "exec", "--tape", path("x.tape.jsonl"), "--", "/bin/sh",
                "-c", "echo '{\"type\":\"turn.started\"}'"});
  EXPECT_EQ(finished.status, 0) << finished;
  EXPECT_THAT(test::running_in(path("installed/bin")), testing::IsEmpty());
}

TEST_F(ObserveProxyTest, TheTraceContextOfItsCallerGoesOn) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const Words command = shell("echo \"$TRACEPARENT\"");
  Words words = proxied(command);
  words.insert(words.begin(), {"env", "TRACEPARENT=00-" + trace + "-b7ad6b7169203331-01"});
  const Ended ended = run_to_end(words, folder());
  EXPECT_THAT(ended.out, testing::MatchesRegex("00-" + trace + "-[0-9a-f]+-01\n"));
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("b7ad6b7169203331")));
  EXPECT_THAT(run_to_end(proxied(command), folder()).out,
              testing::MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-01\n"));
  words = proxied(command, {"--log", "none", "--no-trace-context"});
  words.insert(words.begin(), {"env", "TRACEPARENT=as it was"});
  EXPECT_EQ(run_to_end(words, folder()).out, "as it was\n");
}

// ---- whatever becomes of the telemetry ----

class ObserveTroubleTest : public ObserveProxyTest {
 protected:
  static constexpr int kLines = 20000;
  static std::string expected() {
    std::string out;
    for (int i = 0; i < kLines; ++i) out += R"({"type":"turn.started"})" "\n";
    return out;
  }
  static Words talker() {
    return shell("yes '{\"type\":\"turn.started\"}' | head -n " + std::to_string(kLines) + "; exit 3");
  }
  void expect_undisturbed(const Words& options, const std::string& told) const {
    const Ended ended = run_to_end(proxied(talker(), options), folder());
    EXPECT_EQ(WEXITSTATUS(ended.status), 3);
    EXPECT_TRUE(ended.out == expected());
    EXPECT_THAT(ended.err, HasSubstr(told));
  }
};

TEST_F(ObserveTroubleTest, AFullDiskIsTold) {
  expect_undisturbed({"--log", "/dev/full"}, "/dev/full: 20000 lines of telemetry were lost: No space");
}

TEST_F(ObserveTroubleTest, AReaderOfTheLogThatSleepsIsTold) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const harness::Fd reader(::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  expect_undisturbed({"--log", path("pipe")}, " lines of telemetry were lost: Resource temporarily");
}

TEST_F(ObserveTroubleTest, ATapeThatCannotBeWrittenIsTold) {
  // In blocks of 512 bytes.
  Words words = proxied(talker(), {"--log", "none", "--tape", path("t.tape.jsonl")});
  words.insert(words.begin(), {"/bin/sh", "-c", "ulimit -f 4; exec \"$@\"", "sh"});
  const Ended ended = run_to_end(words, folder());
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
  EXPECT_TRUE(ended.out == expected());
  EXPECT_THAT(ended.err, HasSubstr("no tape: " + path("t.tape.jsonl.partial") + ": cannot be written"));
  EXPECT_FALSE(fs::exists(path("t.tape.jsonl")));
  EXPECT_TRUE(fs::exists(path("t.tape.jsonl.partial")));
}

TEST_F(ObserveTroubleTest, AClientThatDoesNotReadStderrIsNotFilledUp) {
  LiveProgram program(proxied(talker(), {}), folder());
  // All of stdout comes although nobody takes a line of stderr.
  EXPECT_TRUE(program.output_ends());
  EXPECT_TRUE(program.out() == expected());
  EXPECT_EQ(WEXITSTATUS(program.wait()), 3);
}

TEST_F(ObserveTroubleTest, WhatCannotBeWrittenToIsToldBeforeAnythingRuns) {
  for (const Words& options : {Words{"--log", path("none/log")}, Words{"--events", path("none/log")},
                               Words{"--tape", path("none/x.tape.jsonl")}, Words{"--log", "-"}}) {
    const Ended ended = run_to_end(proxied(shell("touch ran"), options), folder());
    EXPECT_EQ(WEXITSTATUS(ended.status), 2) << options[0];
    EXPECT_THAT(ended.err, HasSubstr("codex-telemetry-diff: "));
    EXPECT_FALSE(fs::exists(path("ran")));
  }
}

}  // namespace
}  // namespace codex::cli
