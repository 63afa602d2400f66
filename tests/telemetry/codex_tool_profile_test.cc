// The client profile openai-agents/0.24, fed by the observer, against the real codex_tool on the
// same wire: agents_vectors/wire.py.
#include "codex/telemetry/codex_tool_profile.h"

#include <gtest/gtest.h>

#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/registry.h"
#include "telemetry/src/codex_items.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using json::Value;

// Starts and ends of the spans that the profile makes, as the vectors have them.
class CustomSpans final : public TracingProcessor {
 public:
  explicit CustomSpans(const Span& around) {
    normalize_(std::string(around.trace_id()) + " " + std::string(around.id()));
  }
  void on_trace_start(const Trace&) override {}
  void on_trace_end(const Trace&) override {}
  void on_span_start(const Span& span) override { say("span start", span); }
  void on_span_end(const Span& span) override { say("span end", span); }

  std::vector<std::string> lines;

 private:
  void say(std::string_view what, const Span& span) {
    if (span.type() != "custom") return;
    lines.push_back(normalize_(json::dump(json::Array{what, span.exported()})));
  }
  Normalizer normalize_;
};

// Bytes, or [times, bytes] pairs.
std::string bytes_of(const Value* written) {
  if (written == nullptr) return "";
  if (const std::string* text = written->string()) return raw_bytes(*text);
  std::string bytes;
  for (const Value& pair : *written->array()) {
    const std::string piece = raw_bytes((*pair.array())[1].text());
    for (std::int64_t i = *(*pair.array())[0].as_int64(); i > 0; --i) bytes += piece;
  }
  return bytes;
}

CodexToolProfile::Options options_of(const Value* changed) {
  CodexToolProfile::Options options;
  if (changed == nullptr) return options;
  for (const auto& [key, value] : *changed->object()) {
    if (key == "tracing_disabled") options.tracing_disabled = *value.boolean();
    if (key == "include_sensitive_data") options.include_sensitive_data = *value.boolean();
    if (key == "span_data_max_chars") options.span_data_max_chars = value.as_int64();
    if (key == "thread_id") options.thread_id = value;
    if (key == "stream_limit") options.stream_limit = static_cast<std::size_t>(*value.as_int64());
  }
  return options;
}

void expect_error(const ClientError& error, const Value& vector) {
  const json::Array& expected = *member(vector, "error").array();
  EXPECT_EQ(error.type, expected[0].text());
  if (expected.size() == 2) {
    EXPECT_EQ(error.text, expected[1].text());
    return;
  }
  EXPECT_TRUE(error.text.starts_with(expected[1].text())) << error.text.substr(0, 200);
  EXPECT_EQ(static_cast<std::int64_t>(json::length(error.text)), expected[2].as_int64());
  EXPECT_TRUE(error.text.ends_with(expected[3].text()));
}

// `step`: how many bytes the observer gets at once.
void expect_same(const Value& vector, std::size_t step) {
  const TracingScope own({});
  Logger logger("openai.agents");
  TraceProvider::Options tracing;
  tracing.logger = &logger;
  tracing.scrubbing = Scrubbing::off();  // the vectors have keys of any kind
  TraceProvider provider(tracing);
  const auto trace = provider.create_trace({});
  provider.start_trace(trace);
  const auto function = provider.create_span(std::make_shared<FunctionSpanData>());
  provider.start(function, true);
  const auto spans = std::make_shared<CustomSpans>(*function);
  provider.set_processors({spans});

  json::Array events;
  CodexToolProfile profile(provider, options_of(vector.get("options")),
                           [&](std::string_view name, const json::Object& data) {
                             events.push_back(json::Array{name, data});
                           });
  Hub hub;
  std::vector<std::string> misfits;
  hub.attach("", [&](const Event& event) {
    if (const auto misfit = validate(event)) misfits.push_back(*misfit);
  });
  ExecObserver::Options observing;
  observing.listener = [&](const Event& event, std::string_view line) {
    profile.observe(event, line);
  };
  ExecObserver observer(hub, observing);
  observer.started({"exec"}, "hi");
  observer.standard_error(bytes_of(vector.get("stderr")));
  const std::string output = bytes_of(vector.get("stdout"));
  for (std::size_t at = 0; at < output.size(); at += step) {
    observer.standard_output(std::string_view(output).substr(at, step));
  }
  const Value* status = vector.get("exit");
  const int exit = status == nullptr ? 0 : static_cast<int>(*status->as_int64());
  exit < 0 ? observer.ended(std::nullopt, -exit) : observer.ended(exit);

  EXPECT_EQ(json::dump(events), json::dump(member(vector, "events")));
  EXPECT_EQ(misfits, std::vector<std::string>());
  std::vector<std::string> expected;
  if (const Value* lines = vector.get("spans")) {
    for (const Value& line : *lines->array()) expected.emplace_back(line.text());
  }
  EXPECT_EQ(spans->lines, expected);
  ASSERT_TRUE(profile.done());
  if (profile.failed()) {
    ASSERT_NE(vector.get("error"), nullptr) << profile.error().type << profile.error().text;
    return expect_error(profile.error(), vector);
  }
  Usage usage;
  if (const auto error = profile.added_usage(usage)) {
    ASSERT_NE(vector.get("error"), nullptr) << error->type << error->text;
    return expect_error(*error, vector);
  }
  ASSERT_NE(vector.get("result"), nullptr);
  EXPECT_EQ(profile.result().text(), member(vector, "result").text());
  const Value* added = vector.get("usage");
  EXPECT_EQ(usage.requests, added == nullptr ? 0 : 1);
  if (added != nullptr) {
    EXPECT_EQ(json::dump(Value(usage.serialized())), json::dump(*added));
  }
}

TEST(CodexToolProfile, ShowsAWireAsPythonDoes) {
  const auto check = [](const Value& vector) { expect_same(vector, std::string::npos); };
  for_each_agents_vector("wire", 2000, check);
}

TEST(CodexToolProfile, ShowsAWireInPiecesAsPythonDoes) {
  const auto check = [](const Value& vector) { expect_same(vector, 7); };
  for_each_agents_vector("wire", 2000, check);
}

}  // namespace
}  // namespace codex::telemetry
