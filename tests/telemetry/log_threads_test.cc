// The default logger from many threads at once. Run it under ThreadSanitizer.
#include <array>
#include <atomic>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/default_logger.h"
#include "tests/support/temp_folder.h"
#include "tests/telemetry/log_lines.h"

namespace codex::telemetry {
namespace {

// Lines of many threads: whole, each thread's in order, none lost.
class ManyThreads : public testing::Test {
 protected:
  static constexpr int kThreads = 8;
  static constexpr int kLines = 400;

  void log_all() {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([this, thread] {
        Correlation ids;
        ids.thread = std::to_string(thread);
        const CorrelationScope scope(ids);
        for (int line = 0; line < kLines; ++line) {
          // Some are longer than what a pipe takes in one piece.
          const std::size_t size = line % 50 == 0 ? 9000U : static_cast<std::size_t>(line % 90);
          logger_.debug("%s %s", {line, std::string(size, static_cast<char>('a' + thread))});
        }
      });
    }
    for (std::thread& thread : threads)
      thread.join();
  }

  static void check(std::istream& stream) {
    std::map<std::string, int> next;
    for (std::string line; std::getline(stream, line);) {
      const json::ParseResult parsed = json::parse(line);
      ASSERT_TRUE(parsed) << line.substr(0, 200);
      const std::string thread(parsed.value().get("thread")->text());
      const json::Array& args = *parsed.value().get("args")->array();
      ASSERT_EQ(args[0].as_int64(), next[thread]++) << thread;
      ASSERT_EQ(args[1].text().find_first_not_of(static_cast<char>('a' + std::stoi(thread))),
                std::string_view::npos);
    }
    ASSERT_EQ(next.size(), static_cast<std::size_t>(kThreads));
    for (const auto& [thread, count] : next)
      EXPECT_EQ(count, kLines) << thread;
  }

  DefaultLoggerOptions json(LogSink sink) {
    return everything_to(std::move(sink), logger_, LogFormat::kJson);
  }

  Logger logger_{"openai.agents"};
};

TEST_F(ManyThreads, WriteWholeLinesToAPipe) {
  Ends ends;
  ASSERT_EQ(pipe(&ends.read), 0);
  std::string all;
  std::thread reading([&] {
    std::array<char, 4096> bytes;
    for (ssize_t size; (size = read(ends.read, bytes.data(), bytes.size())) > 0;) {
      all.append(bytes.data(), static_cast<std::size_t>(size));
    }
  });
  DefaultLogger output = attach_default_logger(json(LogSink::descriptor(ends.write)));
  log_all();
  output.detach();
  close(std::exchange(ends.write, -1));
  reading.join();
  std::istringstream stream(all);
  check(stream);
  EXPECT_EQ(output.counts().lost, 0U);
}

TEST_F(ManyThreads, WriteWholeLinesToAStream) {
  const test::TempFolder folder;
  const std::string path = folder.write("log", "");
  {
    std::ofstream file(path);
    DefaultLogger output = attach_default_logger(json(LogSink::stream(file)));
    log_all();
    output.detach();  // and then the stream may go
    EXPECT_EQ(output.counts().lost, 0U);
  }
  std::ifstream file(path);
  check(file);
}

TEST_F(ManyThreads, WriteWholeLinesToAFunctionWhileOutputsComeAndGo) {
  LogLines lines;
  DefaultLogger output = attach_default_logger(json(lines.sink()));
  std::atomic<bool> done{false};
  std::thread coming_and_going([&] {
    while (!done) {
      LogLines some;
      DefaultLogger another = attach_default_logger(json(some.sink()));
      std::this_thread::yield();
      another.detach();  // `some` is not in use any more
    }
  });
  log_all();
  done = true;
  coming_and_going.join();
  output.detach();
  std::stringstream stream;
  for (const std::string& line : lines.take())
    stream << line << '\n';
  check(stream);
}

}  // namespace
}  // namespace codex::telemetry
