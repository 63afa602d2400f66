// Where lines go: sinks that fail, block, log or go away.
#include "codex/telemetry/log_sink.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "tests/support/temp_folder.h"
#include "tests/telemetry/log_lines.h"

#include <sys/socket.h>

namespace codex::telemetry {
namespace {

using testing::ElementsAre;

class LogSinkTest : public testing::Test {
 protected:
  DefaultLogger attach(LogSink sink) {
    return attach_default_logger(everything_to(std::move(sink), logger_));
  }
  Logger logger_{"openai.agents"};
};

TEST_F(LogSinkTest, OneThatThrowsIsCounted) {
  LogLines lines;
  DefaultLogger bad = attach(LogSink::function([](std::string_view line) {
    if (line == "number") throw 1;
    throw std::runtime_error("disk full");
  }));
  DefaultLogger good = attach(lines.sink());
  logger_.debug("one");
  logger_.debug("number");
  EXPECT_EQ(bad.counts().lines, 2U);
  EXPECT_EQ(bad.counts().lost, 2U);
  EXPECT_EQ(good.counts().lost, 0U);
  EXPECT_THAT(lines.take(), ElementsAre("one", "number"));
  bad.detach();
  good.detach();
}

TEST_F(LogSinkTest, StreamsThatFailAreCounted) {
  std::ofstream closed;
  std::ostringstream throwing;
  throwing.setstate(std::ios::failbit);
  EXPECT_THROW(throwing.exceptions(std::ios::failbit | std::ios::badbit), std::ios::failure);
  for (std::ostream* stream :
       {static_cast<std::ostream*>(&closed), static_cast<std::ostream*>(&throwing)}) {
    DefaultLogger output = attach(LogSink::stream(*stream));
    logger_.debug("m");
    logger_.debug("m");
    EXPECT_EQ(output.counts().lost, 2U);
    output.detach();
  }
}

TEST_F(LogSinkTest, DescriptorsThatFailAreCountedAndNothingElseHappens) {
  Ends pipe_ends, sockets;
  ASSERT_EQ(pipe(&pipe_ends.read), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, &sockets.read), 0);
  for (Ends* ends : {&pipe_ends, &sockets}) {
    close(std::exchange(ends->read, -1));
    DefaultLogger output = attach(LogSink::descriptor(ends->write));
    errno = ENOTTY;
    logger_.debug("to nobody");  // no SIGPIPE, or the test is over here
    EXPECT_EQ(errno, ENOTTY);    // the host's own
    EXPECT_EQ(output.counts().lost, 1U);
    output.detach();
  }
  DefaultLogger output = attach(LogSink::descriptor(-1));
  logger_.debug("nowhere");
  EXPECT_EQ(output.counts().lost, 1U);
  output.detach();
}

TEST_F(LogSinkTest, ASigpipeOfTheHostsOwnStays) {
  Ends ends;
  ASSERT_EQ(pipe(&ends.read), 0);
  close(std::exchange(ends.read, -1));
  sigset_t sigpipe, before, waiting;
  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &sigpipe, &before), 0);
  DefaultLogger output = attach(LogSink::descriptor(ends.write));
  for (const bool own : {false, true}) {
    if (own) pthread_kill(pthread_self(), SIGPIPE);
    logger_.debug("to nobody");
    sigpending(&waiting);
    EXPECT_EQ(sigismember(&waiting, SIGPIPE), own ? 1 : 0);
  }
  const timespec now{};
  sigtimedwait(&sigpipe, nullptr, &now);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(output.counts().lost, 2U);
  output.detach();
}

TEST_F(LogSinkTest, AFullPipeThatMayNotBlockCostsTheLine) {
  Ends ends;
  ASSERT_EQ(pipe2(&ends.read, O_NONBLOCK), 0);
  const std::string filler(4096, 'x');
  while (write(ends.write, filler.data(), filler.size()) > 0) {
  }
  DefaultLogger output = attach(LogSink::descriptor(ends.write));
  logger_.debug("m");
  EXPECT_EQ(output.counts().lost, 1U);
  std::string read_back(1 << 20, '\0');
  EXPECT_GT(read(ends.read, read_back.data(), read_back.size()), 0);
  logger_.debug("m");
  EXPECT_EQ(output.counts().lost, 1U);
  output.detach();
}

TEST_F(LogSinkTest, OneWriteALine) {
  Ends ends;  // a datagram a write
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, &ends.read), 0);
  DefaultLogger output = attach(LogSink::descriptor(ends.write));
  const std::string large(100000, 'y');
  logger_.debug("a");
  logger_.debug("");
  logger_.debug(large);
  std::string got(200000, '\0');
  const auto next = [&] {
    const ssize_t size = recv(ends.read, got.data(), got.size(), MSG_DONTWAIT);
    return got.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
  };
  EXPECT_EQ(next(), "a\n");
  EXPECT_EQ(next(), "\n");
  EXPECT_EQ(next(), large + "\n");
  EXPECT_EQ(next(), "");
  output.detach();
}

TEST_F(LogSinkTest, WhatASinkLogsItselfIsDropped) {
  LogLines lines, second;
  DefaultLogger other = attach(second.sink());
  DefaultLogger output = attach(LogSink::function([this](std::string_view line) {
    if (!line.ends_with("again")) logger_.debug("%s again", {std::string(line)});
  }));
  logger_.debug("m");
  logger_.debug("n");
  EXPECT_THAT(second.take(), ElementsAre("m", "m again", "n", "n again"));
  EXPECT_EQ(output.counts().lines, 2U);
  EXPECT_EQ(output.counts().nested, 2U);
  output.detach();
  other.detach();
}

TEST_F(LogSinkTest, StreamsAreFlushedAfterEachLine) {
  const test::TempFolder folder;
  const std::string path = folder.write("log", "");
  std::ofstream file(path);
  DefaultLogger output = attach(LogSink::stream(file));
  logger_.debug("m");
  std::string line;
  EXPECT_TRUE(std::getline(std::ifstream(path), line));
  EXPECT_EQ(line, "m");
  output.detach();
}

TEST_F(LogSinkTest, DetachedBetweenRecordAndTurnItGetsNothing) {
  LogLines lines;
  std::optional<DefaultLogger> second;
  DefaultLogger first = attach(LogSink::function([&](std::string_view) { second->detach(); }));
  second = attach(lines.sink());
  logger_.debug("both handlers were told off for this one");
  EXPECT_THAT(lines.take(), testing::IsEmpty());
  first.detach();
}

TEST_F(LogSinkTest, DetachWaitsForTheSink) {
  std::promise<void> entered, leave;
  std::atomic<bool> left{false};
  DefaultLogger output = attach(LogSink::function([&](std::string_view) {
    entered.set_value();
    leave.get_future().wait();
    left = true;
  }));
  std::thread logging([this] { logger_.debug("m"); });
  entered.get_future().wait();
  std::thread detaching([&] {
    EXPECT_TRUE(output.detach());
    EXPECT_TRUE(left);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  leave.set_value();
  logging.join();
  detaching.join();
}

TEST_F(LogSinkTest, ASinkMayDetachItself) {
  std::optional<DefaultLogger> output;
  int calls = 0;
  output = attach(LogSink::function([&](std::string_view) {
    ++calls;
    EXPECT_TRUE(output->detach());
  }));
  logger_.debug("m");
  logger_.debug("m");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace codex::telemetry
