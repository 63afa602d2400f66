// The loop that forwards and the one that observes, where one of them misbehaves. What a client
// sees of a whole proxy is in tests/cli/observe_proxy_test.cc.
#include "harness/proxy/proxy.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codex/telemetry/propagation.h"
#include "harness/proxy/pump.h"
#include "tests/support/live_program.h"

namespace codex::harness {
namespace {

using testing::ElementsAre;

std::pair<Fd, Fd> pipe_ends() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

// ---- pumps ----

// A pump between two pipes or sockets, served as long as there is something to do.
class Way {
 public:
  explicit Way(bool sockets) {
    auto [from, in] = sockets ? socket_pair() : pipe_ends();
    auto [out, to] = sockets ? socket_pair() : pipe_ends();
    if (!sockets) ::fcntl(to.get(), F_SETPIPE_SZ, 4096);
    set_nonblocking(in.get());
    set_nonblocking(out.get());
    in_ = std::move(in);
    out_ = std::move(out);
    pump_.emplace(std::move(from), std::move(to), [this](std::string_view bytes) {
      tapped_ += bytes;
      ended_ = ended_ || bytes.empty();
    });
  }
  void serve() {
    for (int i = 0; i < 3; ++i) {
      std::vector<pollfd> waiting;
      pump_->add_to(waiting);
      if (waiting.empty() || ::poll(waiting.data(), waiting.size(), 0) <= 0) return;
      pump_->serve(waiting);
    }
  }
  std::size_t write(std::string_view bytes) {
    const ssize_t count = ::write(in_.get(), bytes.data(), bytes.size());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  std::string read(std::size_t most) {
    std::string bytes(most, '\0');
    const ssize_t count = ::read(out_.get(), bytes.data(), most);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
  bool at_end() {
    char byte = 0;
    return ::read(out_.get(), &byte, 1) == 0;
  }

  Fd in_;
  Fd out_;
  std::optional<Pump> pump_;
  std::string tapped_;
  bool ended_ = false;
};

RC_GTEST_PROP(Pump, PassesAndTellsAllHoweverItIsCut, ()) {
  Way way(*rc::gen::arbitrary<bool>());
  const auto input = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto repeats = *rc::gen::inRange<std::size_t>(1, 2000);
  std::string all;
  for (std::size_t i = 0; i < repeats; ++i) all += input;
  std::string_view left = all;
  std::string out;
  bool over = false;
  for (int turn = 0; !over; ++turn) {
    const auto step = turn < 50 ? *rc::gen::inRange<std::size_t>(0, 3) : static_cast<std::size_t>(turn % 3);
    const std::size_t size = turn < 50 ? *rc::gen::inRange<std::size_t>(1, 9000) : 60000;
    if (step == 0 && !left.empty()) left.remove_prefix(way.write(left.substr(0, size)));
    if (step == 0 && left.empty()) way.in_.reset();
    if (step == 1) way.serve();
    if (step == 2) out += way.read(size);
    over = left.empty() && out.size() == all.size() && !way.pump_->open();
  }
  RC_ASSERT(out == all);
  RC_ASSERT(way.tapped_ == all);
  RC_ASSERT(way.ended_);
  RC_ASSERT(way.at_end());
}

TEST(Pump, TellsTheWriterThatTheReaderHasGone) {
  Way way(false);
  EXPECT_EQ(way.write("some"), 4U);
  way.serve();
  way.out_.reset();
  way.serve();
  EXPECT_FALSE(way.pump_->open());
  pollfd gone{way.in_.get(), 0, 0};
  EXPECT_EQ(::poll(&gone, 1, 0), 1);
  EXPECT_NE(gone.revents & POLLERR, 0);
}

TEST(Pump, LeavesAnInheritedPipeBlocking) {
  auto [read, write] = pipe_ends();
  const Fd kept(::fcntl(write.get(), F_DUPFD_CLOEXEC, 3));
  const Outlet outlet(std::move(write));
  const std::string much(1U << 20U, 'x');
  EXPECT_GT(outlet.write(much), 0);
  EXPECT_EQ(outlet.write(much), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(::fcntl(kept.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(outlet.polite_room(), 0U);
}

// ---- the feed ----

class Kept : public SessionListener {
 public:
  void started() override { heard.emplace_back("started"); }
  void bytes(Stream stream, std::string_view bytes) override {
    heard.push_back(name(stream) + ": " + std::string(bytes));
  }
  void gap(Stream stream, std::uint64_t bytes) override {
    heard.push_back(name(stream) + " lacks " + std::to_string(bytes));
  }
  void closed(Stream stream) override { heard.push_back(name(stream) + " closed"); }
  void ended(const ChildEnd& end, bool asked) override {
    heard.push_back((end.signal ? "signal " + std::to_string(*end.signal)
                                : "exit " + std::to_string(end.exit.value_or(-1))) +
                    (asked ? ", asked" : ""));
  }
  static std::string name(Stream stream) {
    return stream == Stream::kInput ? "in" : stream == Stream::kOutput ? "out" : "err";
  }
  std::vector<std::string> heard;
};

TEST(Feed, TellsAllInItsOrder) {
  auto [read, write] = pipe_ends();
  FeedWriter writer(std::move(write));
  writer.started();
  writer.bytes(Stream::kInput, "a");
  writer.bytes(Stream::kOutput, "b");
  writer.bytes(Stream::kError, "c");
  writer.closed(Stream::kInput);
  writer.ended({std::nullopt, 15}, true);
  Kept kept;
  EXPECT_TRUE(read_feed(read.get(), kept));
  EXPECT_THAT(kept.heard,
              ElementsAre("started", "in: a", "out: b", "err: c", "in closed", "signal 15, asked"));
}

TEST(Feed, DropsWhatIsTooMuchAndTellsHowMuch) {
  auto [read, write] = pipe_ends();
  ::fcntl(write.get(), F_SETPIPE_SZ, 4096);
  FeedWriter writer(std::move(write), 6000);
  writer.started();
  const std::string piece(5000, 'x');
  writer.bytes(Stream::kOutput, piece);
  writer.bytes(Stream::kOutput, piece);
  writer.bytes(Stream::kOutput, piece);
  writer.bytes(Stream::kError, "e");
  writer.ended({3, std::nullopt}, false);
  EXPECT_TRUE(writer.waiting());
  Kept kept;
  // Both ends at once: what waits goes when there is room.
  const pid_t pid = ::fork();
  if (pid == 0) {
    read.reset();
    while (writer.waiting()) {
      pollfd room{writer.fd(), POLLOUT, 0};
      ::poll(&room, 1, 1000);
      writer.flush();
    }
    ::_exit(0);
  }
  writer.close();
  EXPECT_TRUE(read_feed(read.get(), kept));
  ::waitpid(pid, nullptr, 0);
  EXPECT_THAT(kept.heard, ElementsAre("started", "out: " + piece, "err: e", "out lacks 10000", "exit 3"));
}

TEST(Feed, WithoutAReaderCostsNothing) {
  ::signal(SIGPIPE, SIG_IGN);
  auto [read, write] = pipe_ends();
  FeedWriter writer(std::move(write));
  read.reset();
  writer.started();
  EXPECT_TRUE(writer.broken());
  writer.bytes(Stream::kOutput, std::string(1000000, 'x'));
  EXPECT_FALSE(writer.waiting());
}

TEST(Feed, ThatIsCutIsTold) {
  auto [read, write] = pipe_ends();
  FeedWriter writer(std::move(write));
  writer.started();
  writer.bytes(Stream::kOutput, "b");
  writer.close();
  Kept kept;
  EXPECT_FALSE(read_feed(read.get(), kept));
  EXPECT_THAT(kept.heard, ElementsAre("started", "out: b"));
}

// ---- whoever observes, the session passes ----

struct Passed {
  int status = 0;
  std::string out;
  bool lost = false;
  bool late = false;
};

// In a process of its own: a proxy gives its stdin, stdout and stderr away.
Passed run_with(const std::function<void(int)>& observe, const std::string& script) {
  auto [out_read, out_write] = pipe_ends();
  auto [told_read, told_write] = pipe_ends();
  const pid_t pid = ::fork();
  if (pid == 0) {
    out_read.reset();
    told_read.reset();
    ProxyOptions options;
    options.argv = {"/bin/sh", "-c", script};
    options.environment = telemetry::current_environment();
    options.input = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    options.output = std::move(out_write);
    options.observe = observe;
    options.patience = std::chrono::milliseconds(300);
    options.feed_limit = 100000;
    const auto ended = run_proxy(std::move(options));
    const auto* end = std::get_if<ProxyEnd>(&ended);
    if (end == nullptr) ::_exit(99);
    const std::array<bool, 2> told = {end->observer_lost, end->observer_late};
    if (::write(told_write.get(), told.data(), sizeof told) < 0) ::_exit(98);
    end_as(end->child);
  }
  out_write.reset();
  told_write.reset();
  Passed passed;
  std::string bytes(65536, '\0');
  ssize_t count = 0;
  while ((count = ::read(out_read.get(), bytes.data(), bytes.size())) > 0) {
    passed.out.append(bytes.data(), static_cast<std::size_t>(count));
  }
  std::array<bool, 2> told{};
  EXPECT_EQ(::read(told_read.get(), told.data(), sizeof told), static_cast<ssize_t>(sizeof told));
  passed.lost = told[0];
  passed.late = told[1];
  ::waitpid(pid, &passed.status, 0);
  return passed;
}

constexpr const char* kTalks = "head -c 3000000 /dev/zero; exit 3";

void expect_whole(const Passed& passed) {
  EXPECT_EQ(WEXITSTATUS(passed.status), 3);
  EXPECT_TRUE(passed.out == std::string(3000000, '\0')) << passed.out.size();
}

TEST(Proxy, PassesAllWhereNobodyObserves) { expect_whole(run_with(nullptr, kTalks)); }

TEST(Proxy, PassesAllWhereTheObserverDies) {
  const Passed passed = run_with([](int) { ::raise(SIGKILL); }, kTalks);
  expect_whole(passed);
  EXPECT_TRUE(passed.lost);
}

TEST(Proxy, PassesAllWhereTheObserverHangs) {
  const Passed passed = run_with([](int) { ::sleep(3); }, kTalks);
  expect_whole(passed);
  EXPECT_TRUE(passed.late);
}

TEST(Proxy, PassesAllWhereTheObserverIsSlow) {
  // It begins when the session is over, and hears of what was too much for the feed.
  const Passed passed = run_with(
      [](int feed) {
        Kept kept;
        pollfd ended{feed, 0, 0};
        ::poll(&ended, 1, 100);
        read_feed(feed, kept);
        std::string heard;
        for (const std::string& each : kept.heard) {
          if (each.find("lacks") != std::string::npos || each.starts_with("exit")) heard += each + ";";
        }
        ::_exit(heard.find("out lacks") != std::string::npos && heard.ends_with("exit 3;") ? 0 : 1);
      },
      kTalks);
  expect_whole(passed);
  EXPECT_FALSE(passed.lost) << "it heard of the gap and of the end";
}

TEST(Proxy, ThatCannotStartItsProgramSaysWhy) {
  const Passed passed = run_with(nullptr, "exit 3");
  EXPECT_EQ(WEXITSTATUS(passed.status), 3);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ProxyOptions options;
    options.argv = {"/no/such/program"};
    options.output = Fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    options.observe = [](int feed) {
      Kept kept;
      // No frame at all: nothing has started.
      ::_exit(read_feed(feed, kept) || !kept.heard.empty() ? 1 : 0);
    };
    const auto ended = run_proxy(std::move(options));
    const auto* wrong = std::get_if<SpawnError>(&ended);
    ::_exit(wrong == nullptr ? 99 : wrong->status);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 127);
}

}  // namespace
}  // namespace codex::harness
