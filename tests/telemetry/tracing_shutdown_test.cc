// The end of a trace provider, as openai-agents 0.24.0 has it: agents/tracing/provider.py.
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/testing_capture.h"
#include "codex/telemetry/tracing.h"

namespace codex::telemetry {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using namespace std::chrono_literals;

class Processor final : public TracingProcessor {
 public:
  Processor(std::vector<std::string>& calls, std::string name, bool fails = false)
      : calls_(calls), name_(std::move(name)), fails_(fails) {}
  void on_trace_start(const Trace&) override {}
  void on_trace_end(const Trace&) override {}
  void on_span_start(const Span&) override {}
  void on_span_end(const Span&) override {}
  void force_flush() override { called("flush"); }
  void shutdown(std::optional<std::chrono::steady_clock::time_point> deadline) override {
    called(deadline ? "shutdown in time" : "shutdown");
    if (deadline) std::this_thread::sleep_until(*deadline);
  }

 private:
  void called(const char* what) {
    calls_.push_back(name_ + " " + what);
    if (fails_) throw std::runtime_error("it failed");
  }
  std::vector<std::string>& calls_;
  const std::string name_;
  const bool fails_;
};

struct TracingShutdown : testing::Test {
  Logger logger{"openai.agents"};
  LogCapture log{logger};
  std::vector<std::string> calls;
  std::vector<std::shared_ptr<TracingProcessor>> processors{
      std::make_shared<Processor>(calls, "first", true),
      std::make_shared<Processor>(calls, "second")};
  TraceProvider::Options options(bool redact) {
    TraceProvider::Options made;
    made.logger = &logger;
    made.switches.dont_log_model_data = made.switches.dont_log_tool_data = redact;
    return made;
  }
};

TEST_F(TracingShutdown, LogsAsPythonDoes) {
  TraceProvider provider(options(true));
  provider.set_processors(processors);
  provider.shutdown();
  EXPECT_THAT(calls, ElementsAre("first shutdown", "second shutdown"));
  EXPECT_THAT(log.messages(), ElementsAre("DEBUG Shutting down trace provider",
                                          "DEBUG Shutting down trace processor",
                                          "ERROR Error shutting down trace processor",
                                          "DEBUG Shutting down trace processor"));
}

TEST_F(TracingShutdown, NamesTheProcessorWhereItMay) {
  TraceProvider provider(options(false));
  provider.set_processors(processors);
  provider.shutdown();
  EXPECT_THAT(log.messages(), ElementsAre("DEBUG Shutting down trace provider",
                                          StartsWith("DEBUG Shutting down trace processor <"),
                                          "ERROR Error shutting down trace processor: it failed",
                                          StartsWith("DEBUG Shutting down trace processor <")));
}

TEST_F(TracingShutdown, WithoutProcessorsSaysOneThing) {
  TraceProvider provider(options(true));
  provider.shutdown(5s);
  EXPECT_THAT(log.messages(), ElementsAre("DEBUG Shutting down trace provider"));
}

TEST_F(TracingShutdown, StopsWhenItsTimeIsOver) {
  TraceProvider provider(options(true));
  processors.push_back(processors.back());
  processors.erase(processors.begin());
  provider.set_processors(processors);
  provider.shutdown(1s);  // all of which the first processor takes
  EXPECT_THAT(calls, ElementsAre("second shutdown in time"));
  EXPECT_THAT(
      log.messages(),
      ElementsAre("DEBUG Shutting down trace provider", "DEBUG Shutting down trace processor",
                  "DEBUG Shutting down trace processor",
                  "WARNING [non-fatal] Tracing: shutdown timeout reached before processor "
                  "cleanup."));
}

TEST_F(TracingShutdown, FlushReachesAll) {
  TraceProvider provider(options(true));
  provider.set_processors(processors);
  provider.force_flush();
  EXPECT_THAT(calls, ElementsAre("first flush", "second flush"));
  EXPECT_THAT(log.messages(), ElementsAre("ERROR Error flushing trace processor"));
}

TEST_F(TracingShutdown, AnAddedProcessorComesBehindTheOthers) {
  TraceProvider provider(options(true));
  provider.set_processors(processors);
  provider.add_processor(std::make_shared<Processor>(calls, "added"));
  provider.force_flush();
  EXPECT_EQ(calls.back(), "added flush");
  EXPECT_EQ(calls.size(), processors.size() + 1);
}

}  // namespace
}  // namespace codex::telemetry
