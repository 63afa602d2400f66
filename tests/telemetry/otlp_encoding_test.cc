// Spans, events and metrics as OTLP/JSON: names, ids, attributes, limits.
#include <cmath>
#include <limits>
#include <set>
#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/propagation.h"
#include "otlp_support.h"
#include "telemetry/src/otlp/encode.h"
#include "telemetry/src/otlp/json_out.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using json::Array;
using json::Object;
using json::Value;
using test::at;
using test::FailureServer;
using test::parsed;
using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Not;

const OtlpLimits kLimits;

std::string text(std::string_view given, std::size_t length = kNoLimit) {
  std::string out;
  otlp::put_text(out, given, length);
  return out;
}

std::string any(const Value& value, OtlpLimits limits = {}) {
  std::string out;
  otlp::put_value(out, value, limits);
  return out;
}

TEST(OtlpJson, TextsAreValidWhateverTheyHold) {
  EXPECT_EQ(text("a\"b\\c\n\r\t\x01\x7f"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\x7f\"");
  EXPECT_EQ(text(std::string_view("\0x", 2)), "\"\\u0000x\"");
  EXPECT_EQ(text("é😀"), "\"é😀\"");
  EXPECT_EQ(text("a\xED\xA0\x80z"), "\"a\uFFFDz\"");  // a lone surrogate
  EXPECT_EQ(text("a\xFFz\xC3"), "\"a\uFFFDz\uFFFD\"");
}

TEST(OtlpJson, TextsAreCutBetweenCodePoints) {
  EXPECT_EQ(text("aé😀z", 3), "\"aé😀\"");
  EXPECT_EQ(text("aé😀z", 2), "\"aé\"");
  EXPECT_EQ(text("aé😀z", 4), "\"aé😀z\"");
  EXPECT_EQ(text("abc", 0), "\"\"");
}

TEST(OtlpJson, Values) {
  EXPECT_EQ(any(nullptr), "{}");
  EXPECT_EQ(any(true), R"({"boolValue":true})");
  EXPECT_EQ(any(std::numeric_limits<std::int64_t>::min()),
            R"({"intValue":"-9223372036854775808"})");
  EXPECT_EQ(any(json::Integer{"9223372036854775808"}), R"({"stringValue":"9223372036854775808"})");
  EXPECT_EQ(any(0.1), R"({"doubleValue":0.1})");
  EXPECT_EQ(any(std::nan("")), R"({"doubleValue":"NaN"})");
  EXPECT_EQ(any(-std::numeric_limits<double>::infinity()), R"({"doubleValue":"-Infinity"})");
  EXPECT_EQ(any(Array{1, "x"}),
            R"({"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"x"}]}})");
  EXPECT_EQ(any(Object{{"k", Object{}}}),
            R"({"kvlistValue":{"values":[{"key":"k","value":{"kvlistValue":{"values":[]}}}]}})");
  EXPECT_EQ(any(Array{"long", Object{{"keys stay", "long"}}}, {.length = 2}),
            R"({"arrayValue":{"values":[{"stringValue":"lo"},{"kvlistValue":{"values":[{"key":)"
            R"("keys stay","value":{"stringValue":"lo"}}]}}]}})");
}

TEST(OtlpJson, WhatLiesTooDeepIsEmpty) {
  Value deep = "bottom";
  for (int i = 0; i < 100'000; ++i) {
    Array one;
    one.push_back(std::move(deep));
    deep = std::move(one);
  }
  const std::string whole = any(deep);
  EXPECT_EQ(whole.find("bottom"), std::string::npos);
  EXPECT_EQ(any(Array{Array{Array{}}}, {.depth = 2}),
            R"({"arrayValue":{"values":[{"arrayValue":{"values":[{}]}}]}})");
  // Taken apart from the top: it is too deep for its own destructor.
  while (deep.is_array() && !deep.array()->empty()) {
    Value inner = std::move(deep.array()->front());
    deep = std::move(inner);
  }
}

TEST(OtlpJson, WhatIsTooManyIsCounted) {
  std::string out = "{";
  otlp::Attributes attributes(out, {.count = 2});
  for (const char* const key : {"a", "b", "c", "d"})
    attributes.add(key, true);
  attributes.add("", "no key");
  attributes.close();
  EXPECT_EQ(out + "}",
            R"({"attributes":[{"key":"a","value":{"boolValue":true}},{"key":"b","value":)"
            R"({"boolValue":true}}],"droppedAttributesCount":2})");
}

TEST(OtlpIds, AreTheDigits) {
  EXPECT_EQ(otlp::w3c_trace_id("trace_4bf92f3577b34da6a3ce929d0e0e4736"),
            "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(otlp::w3c_span_id("span_00f067aa0ba902b7deadbeef"), "00f067aa0ba902b7");
}

TEST(OtlpIds, OfAnotherShapeAreHashed) {
  std::set<std::string> ids;
  for (const std::string id : {"my-run", "my-run2", "", "trace_00000000000000000000000000000000",
                               "trace_4BF92F3577B34DA6A3CE929D0E0E4736"}) {
    const std::string made = otlp::w3c_trace_id(id);
    EXPECT_EQ(made, otlp::w3c_trace_id(id));
    EXPECT_EQ(made.size(), 32U);
    EXPECT_EQ(made.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(otlp::w3c_span_id(id).size(), 16U);
    ids.insert(made);
  }
  EXPECT_EQ(ids.size(), 5U);
}

// The one span that was exported, and its request's body.
struct Exported {
  Value body;
  Value span;
};
template <typename Make>
Exported exported(const Make& make,
                  std::map<std::string, std::string, std::less<>> variables = {}) {
  FailureServer server;
  SpanSource source;
  const auto exporter =
      attach_otlp({.traces = &source.provider()},
                  otlp_options(server.url(), environment_of(std::move(variables))));
  {
    const TracingScope scope({source.trace(), nullptr});
    make(source);
  }
  EXPECT_TRUE(exporter->shutdown(in_time()));
  const auto requests = server.requests();
  if (requests.size() != 1) {
    ADD_FAILURE() << requests.size() << " requests";
    return {};
  }
  const Value body = parsed(requests[0].body);
  return {body, at(body, "/resourceSpans/0/scopeSpans/0/spans/0")};
}
template <typename Data, typename Fill>
Value span_of(const Fill& fill) {
  return exported([&](SpanSource& source) {
           auto data = std::make_shared<Data>();
           fill(*data);
           source.span(data);
         })
      .span;
}
std::string name_of(const Value& span) {
  return std::string(at(span, "/name").text());
}

TEST(OtlpSpans, Agent) {
  const Value span = span_of<AgentSpanData>([](AgentSpanData& data) {
    data.name = "Assistant";
    data.tools = Array{"codex"};
    data.output_type = "str";
  });
  EXPECT_EQ(name_of(span), "invoke_agent Assistant");
  EXPECT_EQ(at(span, "/kind"), Value(1));
  auto attributes = attributes_of(span);
  EXPECT_EQ(attributes["gen_ai.operation.name"], string_value("invoke_agent"));
  EXPECT_EQ(attributes["gen_ai.agent.name"], string_value("Assistant"));
  EXPECT_EQ(attributes["openai.agents.span.type"], string_value("agent"));
  EXPECT_EQ(json::dump(attributes["openai.agents.tools"], json::kCompact),
            R"({"arrayValue":{"values":[{"stringValue":"codex"}]}})");
  EXPECT_THAT(attributes, Not(Contains(Key("openai.agents.handoffs"))));
}

TEST(OtlpSpans, Function) {
  const Value span = span_of<FunctionSpanData>([](FunctionSpanData& data) {
    data.name = "codex";
    data.input = R"({"inputs":[]})";
    data.output = Object{{"a", 1}};
  });
  EXPECT_EQ(name_of(span), "execute_tool codex");
  auto attributes = attributes_of(span);
  EXPECT_EQ(attributes["gen_ai.operation.name"], string_value("execute_tool"));
  EXPECT_EQ(attributes["gen_ai.tool.name"], string_value("codex"));
  EXPECT_EQ(attributes["gen_ai.tool.call.arguments"], string_value(R"({"inputs":[]})"));
  EXPECT_EQ(attributes["gen_ai.tool.call.result"], string_value("{'a': 1}"));
}

TEST(OtlpSpans, Generation) {
  const Value span = span_of<GenerationSpanData>([](GenerationSpanData& data) {
    data.model = "gpt-5.5";
    data.input = Array{Object{{"role", "user"}}};
    data.model_config = Object{{"temperature", 0.5}, {"seed", 7}, {"top_p", nullptr}};
    data.usage = Object{
        {"input_tokens", 10}, {"output_tokens", 20}, {"cached_input_tokens", 5}, {"requests", 1}};
  });
  EXPECT_EQ(name_of(span), "chat gpt-5.5");
  EXPECT_EQ(at(span, "/kind"), Value(3));
  auto attributes = attributes_of(span);
  EXPECT_EQ(attributes["gen_ai.request.model"], string_value("gpt-5.5"));
  EXPECT_EQ(attributes["gen_ai.request.temperature"], Value(Object{{"doubleValue", 0.5}}));
  EXPECT_EQ(attributes["openai.agents.model_config.seed"], int_value("7"));
  EXPECT_THAT(attributes, Not(Contains(Key("gen_ai.request.top_p"))));
  EXPECT_EQ(attributes["gen_ai.input.messages"], string_value(R"([{"role":"user"}])"));
  EXPECT_EQ(attributes["gen_ai.usage.input_tokens"], int_value("10"));
  EXPECT_EQ(attributes["gen_ai.usage.output_tokens"], int_value("20"));
  EXPECT_EQ(attributes["gen_ai.usage.cache_read.input_tokens"], int_value("5"));
  EXPECT_EQ(attributes["openai.agents.usage.requests"], int_value("1"));
}

TEST(OtlpSpans, EveryOtherType) {
  const Value response = span_of<ResponseSpanData>([](ResponseSpanData& data) {
    data.response_id = "resp_1";
    data.usage = Object{{"input_tokens", 3}};
  });
  EXPECT_EQ(name_of(response), "chat");
  EXPECT_EQ(attributes_of(response)["gen_ai.response.id"], string_value("resp_1"));
  EXPECT_EQ(attributes_of(response)["gen_ai.usage.input_tokens"], int_value("3"));
  const Value task = span_of<TaskSpanData>([](TaskSpanData& data) {
    data.name = "Agent workflow";
    data.usage = Object{{"cache_write_input_tokens", 4}};
  });
  EXPECT_EQ(name_of(task), "invoke_workflow Agent workflow");
  EXPECT_EQ(attributes_of(task)["gen_ai.workflow.name"], string_value("Agent workflow"));
  EXPECT_EQ(attributes_of(task)["gen_ai.usage.cache_creation.input_tokens"], int_value("4"));
  const Value turn = span_of<TurnSpanData>([](TurnSpanData& data) {
    data.turn = 2;
    data.agent_name = "Assistant";
  });
  EXPECT_EQ(name_of(turn), "turn");
  EXPECT_EQ(attributes_of(turn)["openai.agents.turn"], int_value("2"));
  EXPECT_EQ(attributes_of(turn)["gen_ai.agent.name"], string_value("Assistant"));
  const Value handoff =
      span_of<HandoffSpanData>([](HandoffSpanData& data) { data.to_agent = "B"; });
  EXPECT_EQ(name_of(handoff), "handoff B");
  const Value guardrail = span_of<GuardrailSpanData>([](GuardrailSpanData& data) {
    data.name = "g";
    data.triggered = true;
  });
  EXPECT_EQ(name_of(guardrail), "guardrail g");
  EXPECT_EQ(attributes_of(guardrail)["openai.agents.triggered"],
            Value(Object{{"boolValue", true}}));
  const Value tools = span_of<McpToolsSpanData>([](McpToolsSpanData& data) { data.server = "s"; });
  EXPECT_EQ(name_of(tools), "tools/list s");
  EXPECT_EQ(attributes_of(tools)["mcp.method.name"], string_value("tools/list"));
}

TEST(OtlpSpans, CustomWithAnError) {
  const Exported made = exported([](SpanSource& source) {
    const auto span = source.provider().create_span(std::make_shared<CustomSpanData>(
        "Codex command execution", Object{{"command", "ls"}, {"exit_code", 1}}));
    source.provider().start(span);
    span->set_error({"it failed", Object{{"type", "CommandError"}, {"exit", 1}}});
    source.provider().finish(span);
  });
  EXPECT_EQ(name_of(made.span), "Codex command execution");
  EXPECT_EQ(json::dump(at(made.span, "/status"), json::kCompact),
            R"({"code":2,"message":"it failed"})");
  auto attributes = attributes_of(made.span);
  EXPECT_EQ(attributes["error.type"], string_value("CommandError"));
  EXPECT_EQ(attributes["openai.agents.data.command"], string_value("ls"));
  EXPECT_EQ(attributes["openai.agents.data.exit_code"], int_value("1"));
  EXPECT_EQ(attributes["openai.agents.trace.workflow_name"],
            Value());  // the trace was never started
}

TEST(OtlpSpans, ATraceIsOnItsRootAndItsGroupOnAll) {
  FailureServer server;
  SpanSource source;
  TraceProvider& provider = source.provider();
  const auto exporter =
      attach_otlp({.traces = &provider}, otlp_options(server.url(), environment_of({})));
  TraceProvider::TraceOptions named;
  named.name = "workflow";
  named.group_id = "group";
  named.metadata = Object{{"k", "v"}};
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);
  const auto root = provider.create_span(std::make_shared<CustomSpanData>("root", Object{}));
  provider.start(root, true);
  source.span("leaf");
  provider.finish(root, true);
  provider.finish_trace(trace);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  const Array spans = records_of(server.requests(), "traces");
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(at(spans[0], "/parentSpanId").text(), at(spans[1], "/spanId").text());
  EXPECT_EQ(at(spans[0], "/traceId").text(), trace->id().substr(6));
  EXPECT_EQ(at(spans[1], "/parentSpanId"), Value());
  EXPECT_EQ(attributes_of(spans[0])["gen_ai.conversation.id"], string_value("group"));
  EXPECT_EQ(attributes_of(spans[1])["gen_ai.conversation.id"], string_value("group"));
  EXPECT_EQ(attributes_of(spans[1])["openai.agents.trace.workflow_name"], string_value("workflow"));
  EXPECT_THAT(attributes_of(spans[0]), Not(Contains(Key("openai.agents.trace.workflow_name"))));
  const auto context = trace_context_of(*root);
  ASSERT_TRUE(context);
  EXPECT_EQ(at(spans[1], "/spanId").text(), context->span_id);
}

constexpr char kRemoteTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

Array spans_under(const std::string& parent,
                  std::map<std::string, std::string, std::less<>> more = {}, bool error = false) {
  more.insert({{"TRACEPARENT", parent}, {"TRACESTATE", "rojo=1"}});
  FailureServer server;
  SpanSource source;
  TraceProvider& provider = source.provider();
  const auto exporter = attach_otlp({.traces = &provider},
                                    otlp_options(server.url(), environment_of(std::move(more))));
  TraceProvider::TraceOptions named;
  named.id = std::string("trace_") + kRemoteTrace;
  const auto trace = provider.create_trace(named);
  const TracingScope scope({trace, nullptr});
  const auto span = provider.create_span(std::make_shared<CustomSpanData>("root", Object{}));
  provider.start(span);
  if (error) span->set_error({"no", {}});
  provider.finish(span);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  expect_settled(exporter->stats().at(0));
  EXPECT_EQ(exporter->stats().at(0).dropped(),
            exporter->stats().at(0).dropped(ExportDrop::kSampledOut));
  return records_of(server.requests(), "traces");
}

TEST(OtlpSpans, ARootHangsUnderTheProcessThatStartedUs) {
  const Array spans = spans_under(std::string("00-") + kRemoteTrace + "-00f067aa0ba902b7-01");
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(at(spans[0], "/parentSpanId").text(), "00f067aa0ba902b7");
  EXPECT_EQ(at(spans[0], "/traceState").text(), "rojo=1");
  EXPECT_EQ(at(spans[0], "/flags"), Value(769));
}

TEST(OtlpSpans, AreSampled) {
  const std::string on = std::string("00-") + kRemoteTrace + "-00f067aa0ba902b7-01";
  const std::string off = std::string("00-") + kRemoteTrace + "-00f067aa0ba902b7-00";
  EXPECT_EQ(spans_under(off).size(), 0U);
  EXPECT_EQ(spans_under(off, {{"OTEL_TRACES_SAMPLER", "always_on"}}).size(), 1U);
  EXPECT_EQ(spans_under(on, {{"OTEL_TRACES_SAMPLER", "parentbased_always_off"}}).size(), 1U);
  EXPECT_EQ(spans_under(on, {{"OTEL_TRACES_SAMPLER", "always_off"}}).size(), 0U);
  // Errors always go, but for where nothing does.
  EXPECT_EQ(spans_under(off, {}, true).size(), 1U);
  EXPECT_EQ(spans_under(on, {{"OTEL_TRACES_SAMPLER", "always_off"}}, true).size(), 0U);
}

TEST(OtlpSpans, LimitsHoldAndAreCounted) {
  Object data;
  for (int i = 0; i < 200; ++i)
    data.append("k" + std::to_string(i), "ééé");
  const Value span = exported([&](SpanSource& source) { source.span("many", data); },
                              {{"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2"}})
                         .span;
  EXPECT_EQ(attributes_of(span).size(), 128U);
  // Type, id, the trace's id and 200 of its own.
  EXPECT_EQ(at(span, "/droppedAttributesCount"), Value(200 + 3 - 128));
  EXPECT_EQ(attributes_of(span)["openai.agents.data.k0"], string_value("éé"));
}

TEST(OtlpSpans, TimesAreThoseOfTheSpan) {
  const Value span = parsed(otlp::encode_span(
      {{"id", "span_00f067aa0ba902b7deadbeef"},
       {"trace_id", std::string("trace_") + kRemoteTrace},
       {"parent_id", nullptr},
       {"started_at", "2026-11-23T03:04:39+00:00"},
       {"ended_at", "2026-11-23T03:04:39.100324+00:00"},
       {"span_data", Object{{"type", "custom"}, {"name", "x"}, {"data", Object{}}}},
       {"error", nullptr}},
      {}, kLimits));
  EXPECT_EQ(at(span, "/startTimeUnixNano").text(), "1795403079000000000");
  EXPECT_EQ(at(span, "/endTimeUnixNano").text(), "1795403079100324000");
}

TEST(OtlpResource, SaysWhoAndWhat) {
  const Exported made =
      exported([](SpanSource& source) { source.span("x"); },
               {{"OTEL_SERVICE_NAME", "me"}, {"OTEL_RESOURCE_ATTRIBUTES", "team=a"}});
  auto attributes = attributes_of(at(made.body, "/resourceSpans/0/resource"));
  EXPECT_EQ(attributes["service.name"], string_value("me"));
  EXPECT_EQ(attributes["team"], string_value("a"));
  EXPECT_EQ(attributes["telemetry.sdk.language"], string_value("cpp"));
  EXPECT_EQ(attributes["telemetry.sdk.name"], string_value("codex.telemetry"));
  EXPECT_THAT(attributes, Contains(Key("telemetry.sdk.version")));
  EXPECT_THAT(attributes, Contains(Key("service.instance.id")));
  EXPECT_EQ(at(made.body, "/resourceSpans/0/scopeSpans/0/scope/name").text(), "codex.telemetry");
  const Exported unnamed = exported([](SpanSource& source) { source.span("x"); });
  const auto own = attributes_of(at(unnamed.body, "/resourceSpans/0/resource"));
  EXPECT_EQ(own.at("service.name"), string_value("unknown_service:ctd_telemetry_otlp_test"));
}

TEST(OtlpLogs, AnEventIsALogRecord) {
  FailureServer server;
  Hub hub;
  const auto exporter = attach_otlp({.events = &hub}, quick_options(server.url()));
  Event event;
  event.name = event::kTurnFailed;
  event.time = std::chrono::system_clock::from_time_t(1'795'403'079);
  event.measurements.set("duration", 17);
  event.metadata.set("error", Object{{"message", "no"}});
  event.correlation = {"s", "t", "u", "i", "c", {kRemoteTrace, "00f067aa0ba902b7", true}};
  hub.emit(event);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  const Array records = records_of(server.requests(), "logs");
  ASSERT_EQ(records.size(), 1U);
  const Value& record = records[0];
  EXPECT_EQ(at(record, "/timeUnixNano").text(), "1795403079000000000");
  EXPECT_EQ(at(record, "/eventName").text(), "codex.turn.failed");
  EXPECT_EQ(at(record, "/severityNumber"), Value(17));
  EXPECT_EQ(at(record, "/severityText").text(), "ERROR");
  EXPECT_EQ(at(record, "/body"), string_value("turn failed: no"));
  EXPECT_EQ(at(record, "/traceId").text(), kRemoteTrace);
  EXPECT_EQ(at(record, "/spanId").text(), "00f067aa0ba902b7");
  EXPECT_EQ(at(record, "/flags"), Value(1));
  auto attributes = attributes_of(record);
  EXPECT_EQ(attributes["session.id"], string_value("s"));
  EXPECT_EQ(attributes["gen_ai.conversation.id"], string_value("t"));
  EXPECT_EQ(attributes["codex.turn.id"], string_value("u"));
  EXPECT_EQ(attributes["codex.item.id"], string_value("i"));
  EXPECT_EQ(attributes["codex.call.id"], string_value("c"));
  EXPECT_EQ(attributes["codex.measurement.duration"], int_value("17"));
  EXPECT_EQ(json::dump(attributes["codex.data.error"], json::kCompact),
            R"({"kvlistValue":{"values":[{"key":"message","value":{"stringValue":"no"}}]}})");
}

TEST(OtlpMetrics, SumsAndHistograms) {
  FailureServer server;
  Metrics metrics;
  metrics.counter("codex.turns", {"completed"}).add(3);
  metrics.counter("codex.turns.active").add(-1);
  metrics.histogram("codex.session.duration").record(2'000'000);
  const auto exporter = attach_otlp({.metrics = &metrics}, quick_options(server.url()));
  EXPECT_TRUE(exporter->flush(in_time()));
  const Array made = records_of(server.requests(), "metrics");
  ASSERT_EQ(made.size(), 3U);
  const Value& histogram = made[0];
  EXPECT_EQ(at(histogram, "/name").text(), "codex.session.duration");
  EXPECT_EQ(at(histogram, "/unit").text(), "ns");
  EXPECT_EQ(at(histogram, "/histogram/aggregationTemporality"), Value(2));
  const Value& point = at(histogram, "/histogram/dataPoints/0");
  EXPECT_EQ(at(point, "/count").text(), "1");
  EXPECT_EQ(at(point, "/sum"), Value(2'000'000.0));
  EXPECT_EQ(at(point, "/explicitBounds/0"), Value(1'000'000.0));
  EXPECT_EQ(at(point, "/bucketCounts/1").text(), "1");
  EXPECT_EQ(at(point, "/bucketCounts").array()->size(),
            at(point, "/explicitBounds").array()->size() + 1);
  const Value& turns = made[1];
  EXPECT_EQ(at(turns, "/sum/isMonotonic"), Value(true));
  EXPECT_EQ(at(turns, "/sum/dataPoints/0/asInt").text(), "3");
  EXPECT_EQ(attributes_of(at(turns, "/sum/dataPoints/0"))["outcome"], string_value("completed"));
  const std::string start(at(turns, "/sum/dataPoints/0/startTimeUnixNano").text());
  EXPECT_EQ(start,
            std::to_string(std::chrono::nanoseconds(metrics.since().time_since_epoch()).count()));
  EXPECT_LE(start, at(turns, "/sum/dataPoints/0/timeUnixNano").text());
  EXPECT_EQ(at(made[2], "/sum/isMonotonic"), Value());
  EXPECT_EQ(at(made[2], "/sum/dataPoints/0/asInt").text(), "-1");
  const ExporterStats stats = exporter->stats().at(1);
  EXPECT_EQ(stats.signal, "metric_data_point");
  expect_settled(stats);
  EXPECT_EQ(stats.exported, 3U);
}

std::string unzipped(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(1'000'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(OtlpRequest, IsWhatTheSettingsSay) {
  FailureServer server;
  SpanSource source;
  OtlpOptions options = quick_options(server.url() + "/base");
  options.traces.headers = {{"api-key", "k"}, {"empty", ""}, {"bad\n", "x"}};
  options.traces.gzip = true;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(100);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/base/v1/traces");
  auto headers = requests[0].headers;
  EXPECT_EQ(headers["content-type"], "application/json");
  EXPECT_EQ(headers["content-encoding"], "gzip");
  EXPECT_EQ(headers["api-key"], "k");
  EXPECT_EQ(headers.count("empty"), 1U);
  EXPECT_EQ(headers.count("x"), 0U);
  EXPECT_THAT(headers["user-agent"], testing::HasSubstr("codex-telemetry/"));
  const Value body = parsed(unzipped(requests[0].body));
  EXPECT_EQ(at(body, "/resourceSpans/0/scopeSpans/0/spans").array()->size(), 100U);
}

}  // namespace
}  // namespace codex::telemetry
