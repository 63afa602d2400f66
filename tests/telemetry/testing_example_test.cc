// The example of docs/telemetry.md: the page shows what stands between the two markers.
// [example]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <codex/telemetry/exec_observer.h>
#include <codex/telemetry/testing_matchers.h>

using namespace codex::telemetry;
using namespace codex::telemetry::matchers;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(MyHost, TellsWhatCodexAnswers) {
  Hub hub;
  MemorySink sink(hub);

  ExecObserver observer(hub);  // your program
  observer.standard_output(R"({"type":"thread.started","thread_id":"t1"}
{"type":"turn.started"}
{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"All done."}}
)");

  EXPECT_THAT(sink.events(),
              EventsInOrder("codex.turn.start",
                            AllOf(EventNamed("codex.item.completed"), InThread("t1"),
                                  HasMetadata("/item/text", JsonText(HasSubstr("done"))))));
  EXPECT_THAT(sink.events(), Each(FitsRegistry()));
  EXPECT_EQ(sink.dropped(), 0U);
}

TEST(MyHost, WorksUnderASpan) {
  auto spans = std::make_shared<SpanCapture>();
  LogCapture log;  // of agents_logger()
  TraceProvider provider;
  provider.set_processors({spans});

  const auto trace = provider.create_trace({});  // your program
  provider.start_trace(trace);
  const auto job = provider.create_span(
      std::make_shared<CustomSpanData>("nightly", codex::json::Object()));
  provider.start(job, true);
  const auto tool = provider.create_span(std::make_shared<FunctionSpanData>());
  provider.start(tool);
  provider.finish(tool);
  provider.finish(job, true);
  provider.finish_trace(trace);

  EXPECT_THAT(spans->spans(), SpanTree({"custom nightly", "  function"}));
  EXPECT_THAT(log.records(), Each(LogLine(Level::kDebug, Not(IsEmpty()))));
}
// [example]

#include <fstream>
#include <iterator>

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(CTD_SOURCE_DIR + ("/" + path));
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DocumentedExample, IsThisOne) {
  const std::string marker = "// [example]\n";
  const std::string source = text_of("tests/telemetry/testing_example_test.cc");
  const std::size_t begin = source.find(marker) + marker.size();
  const std::string example = source.substr(begin, source.find(marker, begin) - begin);
  EXPECT_THAT(text_of("docs/telemetry.md"), HasSubstr("```cpp\n" + example + "```\n"));
}

}  // namespace
