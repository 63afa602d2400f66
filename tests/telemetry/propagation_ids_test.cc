// The ids of tracing.h as W3C's.
#include <gtest/gtest.h>

#include "codex/telemetry/propagation.h"

namespace codex::telemetry {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";
const TraceContext kContext{kTrace, kSpan, true};

struct Ids {
  std::string trace = "trace_" + kTrace;
  std::string span_digits = kSpan + "deadbeef";
};

// A span of those ids; `work` runs under it.
template <typename Work>
void under_span(const Ids& ids, const Work& work, bool disabled = false) {
  TraceProvider::Options options;
  Logger quiet("test");
  options.logger = &quiet;
  options.random_hex = [&ids](std::size_t) { return ids.span_digits; };
  TraceProvider provider(std::move(options));
  TraceProvider::TraceOptions named;
  named.id = ids.trace;
  named.disabled = disabled;
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);
  const auto span = provider.create_span(std::make_shared<CustomSpanData>("codex", json::Object()));
  provider.start(span, true);
  work(*span);
  provider.finish(span, true);
  provider.finish_trace(trace);
}

TEST(SpanIds, AreTheFirstDigitsOfOurs) {
  under_span({}, [](const Span& span) {
    EXPECT_EQ(span.trace_id(), "trace_" + kTrace);
    EXPECT_EQ(span.id(), "span_" + kSpan + "deadbeef");
    EXPECT_EQ(trace_context_of(span), kContext);
    EXPECT_EQ(current_trace_context(), kContext);
    EXPECT_EQ(trace_id_for(kContext), span.trace_id());
  });
  EXPECT_EQ(current_trace_context(), std::nullopt);
}

TEST(SpanIds, OfTheirOwnShapeOnly) {
  const auto none = [](const Span& span) { EXPECT_EQ(trace_context_of(span), std::nullopt); };
  under_span({.trace = "my-run"}, none);
  under_span({.trace = "trace_" + kTrace + "0"}, none);
  under_span({.trace = "trace_4BF92F3577B34DA6A3CE929D0E0E4736"}, none);
  under_span({.trace = "trace_" + std::string(32, '0')}, none);
  under_span({.span_digits = std::string(16, '0') + "deadbeef"}, none);
  under_span({.span_digits = "short"}, none);
  under_span({}, [](const Span&) { EXPECT_EQ(current_trace_context(), std::nullopt); }, true);
}

TEST(SpanIds, OfAnyProviderMakeAContextThatCrosses) {
  Logger quiet("test");
  TraceProvider::Options options;
  options.logger = &quiet;
  TraceProvider provider(std::move(options));
  for (int i = 0; i < 200; ++i) {
    const auto trace = provider.create_trace({});
    provider.start_trace(trace);
    const auto span = provider.create_span(std::make_shared<TaskSpanData>());
    const auto context = trace_context_of(*span);
    ASSERT_TRUE(context) << span->trace_id() << ' ' << span->id();
    EXPECT_EQ(parse_traceparent(traceparent(*context)), context);
    EXPECT_EQ(trace_id_for(*context), trace->id());
    provider.finish_trace(trace);
  }
}

}  // namespace
}  // namespace codex::telemetry
