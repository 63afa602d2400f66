// The ids in a host's own log lines: spdlog and std::ostream.
#include <iomanip>
#include <sstream>
#include <syncstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/async.h>
#include <spdlog/sinks/ostream_sink.h>

#include "codex/telemetry/ostream_adapter.h"
#include "codex/telemetry/spdlog_adapter.h"

namespace codex::telemetry {
namespace {

using testing::UnorderedElementsAreArray;

Correlation thread_ids(std::string thread, std::string turn = {}) {
  Correlation ids;
  ids.thread = std::move(thread);
  ids.turn = std::move(turn);
  return ids;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

// ---- std::ostream ----

TEST(OstreamAdapter, PrefixesEveryLine) {
  std::ostringstream stream;
  {
    const CorrelatedStream correlated(stream);
    stream << "no ids\n";
    const CorrelationScope scope(thread_ids("t"));
    stream << "a " << 1 << ' ' << std::setw(4) << std::hex << 255 << std::endl;
    stream << "two\nlines\n\n";
    stream << "part";
    {
      const CorrelationScope inner(thread_ids("", "u"));
      stream << " of the same line" << '\n' << "next\n";
    }
    stream.put('x').put('\n');
    stream << "" << std::flush << "open";
  }
  EXPECT_EQ(stream.str(),
            "no ids\n"
            "[thread=t] a 1   ff\n"
            "[thread=t] two\n[thread=t] lines\n\n"
            "[thread=t] part of the same line\n[thread=t turn=u] next\n"
            "[thread=t] x\n"
            "[thread=t] open");
  const CorrelationScope scope(thread_ids("t"));
  stream << "\nits own again\n";
  EXPECT_TRUE(stream.str().ends_with("open\nits own again\n"));
}

TEST(OstreamAdapter, PassesFailuresOn) {
  struct Full final : std::streambuf {};  // takes nothing
  Full full;
  std::ostream stream(&full);
  const CorrelatedStream correlated(stream);
  const CorrelationScope scope(thread_ids("t"));
  stream << "x" << std::flush;
  EXPECT_TRUE(stream.bad());
  stream.clear();
  stream << "a whole line\n";
  EXPECT_TRUE(stream.bad());
}

TEST(OstreamAdapter, LeavesABufferThatCameLater) {
  std::ostringstream stream, other;
  std::ostream host(stream.rdbuf());
  {
    const CorrelatedStream correlated(host);
    host.rdbuf(other.rdbuf());
  }
  host << "x";
  EXPECT_EQ(other.str(), "x");
}

TEST(OstreamAdapter, OneLineByHand) {
  std::ostringstream stream;
  stream << with_ids << "none\n";
  const CorrelationScope scope(thread_ids("t", "a b"));
  stream << with_ids << "some\n"
         << "plain\n";
  EXPECT_EQ(stream.str(), "none\n[thread=t turn=\"a b\"] some\nplain\n");
}

template <typename Log>
void from_many_threads(const Log& log) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&log, i] {
      const CorrelationScope scope(thread_ids(std::to_string(i)));
      for (int line = 0; line < 100; ++line)
        log(i, line);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
}

std::vector<std::string> lines_of_many_threads() {
  std::vector<std::string> lines;
  for (int i = 0; i < 8; ++i) {
    for (int line = 0; line < 100; ++line) {
      lines.push_back("[thread=" + std::to_string(i) + "] line " + std::to_string(line) + " of " +
                      std::to_string(i));
    }
  }
  return lines;
}

TEST(OstreamAdapter, SyncstreamsOfManyThreads) {
  std::ostringstream stream;
  {
    const CorrelatedStream correlated(stream);
    from_many_threads([&stream](int i, int line) {
      std::osyncstream(stream) << "line " << line << " of " << i << '\n';
    });
  }
  EXPECT_THAT(lines_of(stream.str()), UnorderedElementsAreArray(lines_of_many_threads()));
}

// ---- spdlog ----

TEST(SpdlogAdapter, FlagInAPattern) {
  std::ostringstream stream;
  spdlog::logger logger("host", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream));
  logger.set_formatter(spdlog_formatter_with_ids("[%n] [%l] %*%v"));
  logger.info("cold {}", 1);
  const CorrelationScope scope(thread_ids("t", "u\n"));
  logger.warn("cold {}", 2);
  auto copy = logger.clone("copy");
  copy->error("three");
  EXPECT_EQ(stream.str(),
            "[host] [info] cold 1\n"
            "[host] [warning] [thread=t turn=u\\n] cold 2\n"
            "[copy] [error] [thread=t turn=u\\n] three\n");
}

TEST(SpdlogAdapter, DefaultPattern) {
  std::ostringstream stream;
  spdlog::logger logger("host", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream));
  logger.set_formatter(spdlog_formatter_with_ids());
  const CorrelationScope scope(thread_ids("t"));
  logger.info("m");
  EXPECT_THAT(stream.str(), testing::MatchesRegex(R"(\[....-..-.. ..:..:..\....\] \[host\] )"
                                                  R"(\[info\] \[thread=t\] m.)"));
}

TEST(SpdlogAdapter, AnyLoggerOfManyThreads) {
  std::ostringstream stream;
  {
    // Asynchronous: it formats on a thread that knows no ids.
    auto pool = std::make_shared<spdlog::details::thread_pool>(8192, 1);
    auto target = std::make_shared<spdlog::async_logger>(
        "host", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream), pool);
    target->set_pattern("%v");
    target->set_level(spdlog::level::info);
    const std::shared_ptr<spdlog::logger> logger = spdlog_logger_with_ids(target);
    EXPECT_EQ(logger->name(), "host");
    EXPECT_EQ(logger->level(), spdlog::level::info);
    logger->debug("below the level of the target");
    from_many_threads([&logger](int i, int line) { logger->info("line {} of {}", line, i); });
    logger->flush();
  }
  EXPECT_THAT(lines_of(stream.str()), UnorderedElementsAreArray(lines_of_many_threads()));
}

}  // namespace
}  // namespace codex::telemetry
