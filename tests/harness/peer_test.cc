// The program that stands for codex, conducted by hand.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "harness/peer/protocol.h"
#include "harness/subject/process.h"
#include "tests/support/peer_process.h"

namespace codex::harness {
namespace {

using test::PeerProcess;
using test::read_some;
using Kind = PeerMessage::Kind;

constexpr const char* kPeer = CTD_BIN_DIR "/codex-telemetry-peer";

PeerMessage heard(PeerProcess& peer) {
  const auto message = peer.hear();
  EXPECT_TRUE(message.has_value()) << "the peer is gone";
  return message.value_or(PeerMessage{});
}

// Nothing comes within a time in which a peer could have said it.
bool is_silent(const Fd& fd) {
  pollfd waiting{fd.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 50) == 0;
}

TEST(Peer, SaysHowItWasStartedAndWhatItWasGiven) {
  PeerProcess peer(kPeer, {"exec", "", "é", "\xff"});
  const PeerMessage hello = heard(peer);
  EXPECT_EQ(hello.kind, Kind::kHello);
  EXPECT_EQ(hello.argv, (std::vector<std::string>{"exec", "", "é", "\xff"}));
  EXPECT_GT(hello.pid, 1);
  ASSERT_TRUE(::write(peer.input.get(), "hi \xff", 4) == 4);
  peer.input.reset();
  const PeerMessage input = heard(peer);
  EXPECT_EQ(input.kind, Kind::kStdin);
  EXPECT_EQ(input.input, "hi \xff");
}

TEST(Peer, ObeysBeforeItsStdinHasEnded) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  peer.order({.kind = Order::Kind::kOut, .bytes = "x"});
  EXPECT_EQ(read_some(peer.output), "x");
  EXPECT_TRUE(heard(peer).obeyed);
  peer.order({.kind = Order::Kind::kExit, .number = 0});
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_EQ(peer.wait(), 0);
}

TEST(Peer, AcknowledgesWhenTheClientHasReadIt) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  const std::string big(200 * 1000, 'x');
  peer.order({.kind = Order::Kind::kOut, .bytes = big});
  std::thread impatient([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    peer.order({.kind = Order::Kind::kEof});
  });
  std::string all;
  for (;;) {
    const std::string some = read_some(peer.output);
    if (some.empty()) break;
    all += some;
  }
  impatient.join();
  EXPECT_EQ(all, big);
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_TRUE(heard(peer).obeyed);
}

TEST(Peer, IsNotHurtByAClientThatReadsNoMore) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  peer.order({.kind = Order::Kind::kOut, .bytes = std::string(200 * 1000, 'x')});
  EXPECT_FALSE(read_some(peer.output).empty());
  peer.output.reset();
  EXPECT_FALSE(heard(peer).obeyed);
  peer.order({.kind = Order::Kind::kOut, .bytes = "y"});
  EXPECT_FALSE(heard(peer).obeyed);
  peer.order({.kind = Order::Kind::kExit, .number = 3});
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_EQ(WEXITSTATUS(peer.wait()), 3);
}

TEST(Peer, WaitsForStderrToBeReadBeforeItLeaves) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  peer.order({.kind = Order::Kind::kErr, .bytes = "why"});
  EXPECT_TRUE(heard(peer).obeyed);
  peer.order({.kind = Order::Kind::kExit, .number = 1});
  EXPECT_TRUE(is_silent(peer.output));
  EXPECT_EQ(read_some(peer.errors), "why");
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_EQ(WEXITSTATUS(peer.wait()), 1);
}

TEST(Peer, ButNotForEver) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  peer.order({.kind = Order::Kind::kErr, .bytes = "why"});
  heard(peer);
  peer.order({.kind = Order::Kind::kExit, .number = 1});
  EXPECT_EQ(WEXITSTATUS(peer.wait()), 1);
  EXPECT_EQ(read_some(peer.errors), "why");
}

TEST(Peer, DiesOfSignals) {
  for (const int number : {SIGKILL, SIGTERM, SIGPIPE, SIGSEGV}) {
    PeerProcess peer(kPeer, {});
    heard(peer);
    peer.order({.kind = Order::Kind::kSignal, .number = number});
    EXPECT_TRUE(heard(peer).obeyed);
    const int status = peer.wait();
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_FALSE(WCOREDUMP(status));
  }
}

TEST(Peer, StaysUntilItIsToldOtherwise) {
  PeerProcess peer(kPeer, {});
  heard(peer);
  peer.order({.kind = Order::Kind::kStay});
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_TRUE(is_silent(peer.output));
}

TEST(Peer, LeavesWithItsConductor) {
  for (const bool asleep : {false, true}) {
    PeerProcess peer(kPeer, {});
    heard(peer);
    if (asleep) peer.order({.kind = Order::Kind::kSleep, .sleep_ms = 60000});
    peer.hang_up();
    EXPECT_EQ(WEXITSTATUS(peer.wait()), kPeerAbandoned);
  }
}

const std::vector<std::string> kServer = {"--config", "a=1", "app-server", "--listen", "stdio://"};

TEST(Peer, AsAppServerSaysEachLineAsItComes) {
  PeerProcess peer(kPeer, kServer);
  EXPECT_EQ(heard(peer).argv, kServer);
  const auto write = [&](std::string_view bytes) {
    ASSERT_EQ(::write(peer.input.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  };
  write("{\"id\":1}\n\xff\r\n\nha");
  for (const char* line : {"{\"id\":1}", "\xff\r", ""}) {
    const PeerMessage said = heard(peer);
    EXPECT_EQ(said.kind, Kind::kLine);
    EXPECT_EQ(said.input, line);
  }
  write("lf\nrest");
  EXPECT_EQ(heard(peer).input, "half");
  peer.input.reset();
  const PeerMessage rest = heard(peer);
  EXPECT_EQ(rest.kind, Kind::kStdin);
  EXPECT_EQ(rest.input, "rest");
  // It stays until it is told otherwise.
  peer.order({.kind = Order::Kind::kOut, .bytes = "x"});
  EXPECT_EQ(read_some(peer.output), "x");
  EXPECT_TRUE(heard(peer).obeyed);
}

TEST(Peer, DoesNotWaitForAClientThatReadsNoMore) {
  PeerProcess peer(kPeer, kServer);
  heard(peer);
  for (const std::size_t size : {std::size_t{1}, std::size_t{200 * 1000}}) {
    peer.order({.kind = Order::Kind::kOut, .bytes = std::string(size, 'x')});
    if (size == 1) peer.order({.kind = Order::Kind::kUnread});
    EXPECT_FALSE(heard(peer).obeyed);
  }
  peer.order({.kind = Order::Kind::kExit, .number = 4});
  EXPECT_TRUE(heard(peer).obeyed);
  EXPECT_EQ(WEXITSTATUS(peer.wait()), 4);
}

TEST(Peer, AsAppServerSaysAllThatWasWrittenBeforeItIsTerminated) {
  for (int round = 0; round < 20; ++round) {
    PeerProcess peer(kPeer, kServer);
    const pid_t pid = static_cast<pid_t>(heard(peer).pid);
    ASSERT_EQ(::write(peer.input.get(), "last\n", 5), 5);
    peer.input.reset();
    ::kill(pid, SIGTERM);
    EXPECT_EQ(heard(peer).input, "last");
    EXPECT_EQ(heard(peer).kind, Kind::kStdin);
    const int status = peer.wait();
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGTERM);
  }
}

// What a client writes by then fails, and its stderr has ended, before its output does.
// Whoever has no processor meanwhile sees both at once, so it is tried again; one that closes its output
// first shows it open in no try.
TEST(Peer, AsAppServerClosesItsOutputLast) {
  bool was_open = false;
  for (int tries = 0; tries < 50 && !was_open; ++tries) {
    PeerProcess peer(kPeer, kServer);
    heard(peer);
    peer.order({.kind = Order::Kind::kErr, .bytes = "half a line"});
    EXPECT_TRUE(heard(peer).obeyed);
    peer.order({.kind = Order::Kind::kExit, .number = 0});
    EXPECT_EQ(read_some(peer.errors), "half a line");
    EXPECT_EQ(read_some(peer.errors), "");
    pollfd broken{peer.input.get(), 0, 0};
    EXPECT_EQ(::poll(&broken, 1, 0), 1);
    EXPECT_EQ(broken.revents, POLLERR);
    pollfd open{peer.output.get(), POLLIN, 0};
    was_open = ::poll(&open, 1, 5) == 0;
    EXPECT_EQ(read_some(peer.output), "");
    EXPECT_TRUE(heard(peer).obeyed);
    EXPECT_EQ(WEXITSTATUS(peer.wait()), 0);
  }
  EXPECT_TRUE(was_open);
}

std::string stderr_of(Process& process) {
  std::string text(1000, '\0');
  const ssize_t size = ::read(process.stderr_fd(), text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

TEST(Peer, StartedByHandSaysWhatItIs) {
  Result<Process> process =
      Process::spawn({.argv = {kPeer}, .environment = {}, .capture_stderr = true});
  ASSERT_TRUE(process.ok()) << process.error().text();
  EXPECT_EQ(process->wait(5000)->status, 2);
  EXPECT_EQ(
      stderr_of(process.value()),
      "codex-telemetry-peer plays the codex side of a tape to a client. It is started by that "
      "client, and told by the variable CODEX_TELEMETRY_PEER_SOCKET who conducts it; that is "
      "not set.\n");
}

TEST(Peer, WithoutAConductorSaysSo) {
  Result<Process> process =
      Process::spawn({.argv = {kPeer},
                      .environment = {std::string(kPeerSocketVariable) + "=/no/such"},
                      .capture_stderr = true});
  ASSERT_TRUE(process.ok()) << process.error().text();
  EXPECT_EQ(process->wait(5000)->status, kPeerAbandoned);
  EXPECT_EQ(stderr_of(process.value()),
            "codex-telemetry-peer: cannot reach its conductor at /no/such: No such file or "
            "directory\n");
}

}  // namespace
}  // namespace codex::harness
