// The tracing API against that of openai-agents: agents_vectors/tracing.py tells what its calls
// mean; here the same calls are made in C++.
#include <map>
#include <stdexcept>

#include <gtest/gtest.h>

#include "codex/telemetry/tracing.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using json::Value;

void set_field(AgentSpanData& data, std::string_view field, const Value& value) {
  if (field == "name") data.name = value.text();
  if (field == "handoffs") data.handoffs = value;
  if (field == "tools") data.tools = value;
  if (field == "output_type") data.output_type = value;
}
void set_field(TaskSpanData& data, std::string_view, const Value& value) {
  data.name = value.text();
}
void set_field(TurnSpanData& data, std::string_view field, const Value& value) {
  if (field == "turn") data.turn = *value.as_int64();
  if (field == "agent_name") data.agent_name = value.text();
}
void set_field(FunctionSpanData& data, std::string_view field, const Value& value) {
  if (field == "name") data.name = value.text();
  if (field == "input") data.input = value;
  if (field == "output") data.output = value;
  if (field == "mcp_data") data.mcp_data = value;
}
void set_field(GenerationSpanData& data, std::string_view field, const Value& value) {
  if (field == "input") data.input = value;
  if (field == "output") data.output = value;
  if (field == "model") data.model = value;
  if (field == "model_config") data.model_config = value;
  if (field == "usage") data.usage = value;
}
void set_field(ResponseSpanData& data, std::string_view field, const Value& value) {
  (field == "usage" ? data.usage : data.response_id) = value;
}
void set_field(HandoffSpanData& data, std::string_view field, const Value& value) {
  (field == "to_agent" ? data.to_agent : data.from_agent) = value;
}
void set_field(CustomSpanData& data, std::string_view field, const Value& value) {
  if (field == "name") data.name = value.text();
  if (field == "data") data.data = value.is_object() ? *value.object() : json::Object{};
}
void set_field(GuardrailSpanData& data, std::string_view field, const Value& value) {
  if (field == "name") data.name = value.text();
  if (field == "triggered") data.triggered = *value.boolean();
}
void set_field(McpToolsSpanData& data, std::string_view field, const Value& value) {
  (field == "server" ? data.server : data.result) = value;
}

// The members that three of the types have besides; false where `field` is none of them.
template <typename Data>
bool set_extra(Data& data, std::string_view field, const Value& value) {
  const auto optional = [&] {
    return value.is_null() ? std::nullopt : std::optional<json::Object>(*value.object());
  };
  if constexpr (requires { data.extra; }) {
    if (field == "metadata") {
      data.extra = optional();
      return true;
    }
  }
  if constexpr (requires { *data.usage; }) {
    if (field == "usage") {
      data.usage = optional();
      return true;
    }
  }
  return false;
}

struct Maker {
  std::shared_ptr<SpanData> (*make)();
  void (*set)(SpanData&, std::string_view field, const Value& value);
};

template <typename Data>
Maker maker() {
  return {[]() -> std::shared_ptr<SpanData> {
            if constexpr (std::is_default_constructible_v<Data>) {
              return std::make_shared<Data>();
            } else {
              return std::make_shared<Data>("", json::Object{});
            }
          },
          [](SpanData& base, std::string_view field, const Value& value) {
            auto& data = static_cast<Data&>(base);
            if (!set_extra(data, field, value)) set_field(data, field, value);
          }};
}

const Maker& maker_of(std::string_view type) {
  static const std::map<std::string, Maker, std::less<>> makers = {
      {"agent", maker<AgentSpanData>()},           {"task", maker<TaskSpanData>()},
      {"turn", maker<TurnSpanData>()},             {"function", maker<FunctionSpanData>()},
      {"generation", maker<GenerationSpanData>()}, {"response", maker<ResponseSpanData>()},
      {"handoff", maker<HandoffSpanData>()},       {"custom", maker<CustomSpanData>()},
      {"guardrail", maker<GuardrailSpanData>()},   {"mcp_tools", maker<McpToolsSpanData>()},
  };
  return makers.find(type)->second;
}

class Recorder final : public TracingProcessor {
 public:
  void say(std::string_view what, Value shown) {
    lines_.push_back(normalize_(json::dump(json::Array{what, std::move(shown)})));
  }
  void log(const LogRecord& record) {
    json::Array args = record.args;
    for (Value& arg : args) {  // what the library caught is no Python exception
      if (arg.get("class") != nullptr && arg.get("class")->text() == "std::exception") {
        arg.object()->set("class", "RuntimeError");
      }
    }
    say("log", json::Array{level_name(record.level), record.message_template, std::move(args),
                           record.exception == "std::exception" ? "RuntimeError"
                                                                : record.exception.c_str()});
  }
  void on_trace_start(const Trace& trace) override { say("trace start", trace.exported()); }
  void on_trace_end(const Trace& trace) override { say("trace end", trace.exported()); }
  void on_span_start(const Span& span) override { say("span start", span.exported()); }
  void on_span_end(const Span& span) override { say("span end", span.exported()); }

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  Normalizer normalize_;
};

class Thrower final : public TracingProcessor {
 public:
  explicit Thrower(std::string_view callback) : callback_(callback) {}
  void on_trace_start(const Trace&) override { maybe("on_trace_start"); }
  void on_trace_end(const Trace&) override { maybe("on_trace_end"); }
  void on_span_start(const Span&) override { maybe("on_span_start"); }
  void on_span_end(const Span&) override { maybe("on_span_end"); }

 private:
  void maybe(std::string_view callback) const {
    if (callback == callback_) throw std::runtime_error("it's \xC3\xA9");
  }
  const std::string callback_;
};

class Player {
 public:
  Player(TraceProvider& provider, Recorder& recorder) : provider_(provider), recorder_(recorder) {}

  void play(const json::Array& call) {
    const std::string_view operation = call[0].text();
    if (operation == "disable") return provider_.set_disabled(*call[1].boolean());
    if (operation == "current") return say_current();
    const std::string name(call[1].text());
    if (operation == "trace") {
      traces_[name] = provider_.create_trace(options(call[2]));
    } else if (operation == "start_trace") {
      provider_.start_trace(traces_.at(name), *call[2].boolean());
    } else if (operation == "finish_trace") {
      provider_.finish_trace(traces_.at(name), *call[2].boolean());
    } else if (operation == "span") {
      const Maker& maker = maker_of(call[2].text());
      const std::shared_ptr<SpanData> data = maker.make();
      for (const auto& [field, value] : *call[3].object()) maker.set(*data, field, value);
      spans_[name] = provider_.create_span(data, *call[4].boolean());
    } else if (operation == "start") {
      provider_.start(spans_.at(name), *call[2].boolean());
    } else if (operation == "finish") {
      provider_.finish(spans_.at(name), *call[2].boolean());
    } else if (operation == "set") {
      SpanData& data = spans_.at(name)->data();
      maker_of(data.type()).set(data, call[2].text(), call[3]);
    } else if (operation == "update") {
      json::Object& data = static_cast<CustomSpanData&>(spans_.at(name)->data()).data;
      for (const auto& [key, value] : *call[2].object()) data.set(key, value);
    } else if (operation == "error") {
      spans_.at(name)->set_error({std::string(call[2].text()), call[3]});
    } else {
      ADD_FAILURE() << operation;
    }
  }

 private:
  static TraceProvider::TraceOptions options(const Value& given) {
    TraceProvider::TraceOptions options;
    options.name = member(given, "name").text();
    options.id = member(given, "id").text();
    options.group_id = member(given, "group_id");
    options.metadata = member(given, "metadata");
    options.disabled = *member(given, "disabled").boolean();
    return options;
  }

  void say_current() {
    const TracingContext now = current_tracing();
    const auto id = [](const auto& one) {
      if (!one) return Value();
      return one->recording() ? Value(one->id()) : Value("no-op");
    };
    recorder_.say("current", json::Array{id(now.trace), id(now.span)});
  }

  TraceProvider& provider_;
  Recorder& recorder_;
  std::map<std::string, std::shared_ptr<Trace>> traces_;
  std::map<std::string, std::shared_ptr<Span>> spans_;
};

TEST(TracingVectors, ExportsAndLogsAsPythonDoes) {
  const auto check = [](const Value& vector) {
    const TracingScope own({});
    const auto recorder = std::make_shared<Recorder>();
    Logger logger("openai.agents");
    logger.attach([&](const LogRecord& record) { recorder->log(record); });
    TraceProvider::Options options;
    options.logger = &logger;
    const bool redact = *member(vector, "redact").boolean();
    options.switches.dont_log_model_data = options.switches.dont_log_tool_data = redact;
    TraceProvider provider(options);
    std::vector<std::shared_ptr<TracingProcessor>> processors{recorder};
    if (const std::string* callback = member(vector, "throws").string()) {
      processors.insert(processors.begin(), std::make_shared<Thrower>(*callback));
    }
    provider.set_processors(processors);
    Player player(provider, *recorder);
    for (const Value& call : *member(vector, "calls").array()) player.play(*call.array());

    std::vector<std::string> expected;
    for (const Value& line : *member(vector, "records").array()) expected.emplace_back(line.text());
    EXPECT_EQ(recorder->lines(), expected);
  };
  for_each_agents_vector("tracing", 500, check);
}

}  // namespace
}  // namespace codex::telemetry
