// What the examples share: how an event is printed, and spans.
#ifndef CODEX_TELEMETRY_EXAMPLES_SHOWN_H_
#define CODEX_TELEMETRY_EXAMPLES_SHOWN_H_

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <codex/telemetry/event.h>
#include <codex/telemetry/tracing.h>

namespace examples {

// codex.item.completed thread="…" turn="1" item="item_0" {"item":{…}}
// Ids and metadata come from the wire: as JSON text no control character gets to the terminal.
inline std::string shown(const codex::telemetry::Event& event) {
  std::string line(event.name);
  const auto add = [&line](const char* name, const std::string& id) {
    if (!id.empty()) line += " " + std::string(name) + "=" + codex::json::dump(id);
  };
  const codex::telemetry::Correlation& ids = event.correlation;
  add("session", ids.session);
  add("thread", ids.thread);
  add("turn", ids.turn);
  add("item", ids.item);
  add("call", ids.call);
  add("trace", ids.trace.trace_id);
  add("span", ids.trace.span_id);
  return line + " " + codex::json::dump(event.metadata, codex::json::kCompact);
}

// A span that is current as long as this lives.
class Work {
 public:
  Work(codex::telemetry::TraceProvider& provider, const std::string& name)
      : provider_(provider),
        span_(provider.create_span(
            std::make_shared<codex::telemetry::CustomSpanData>(name, codex::json::Object()))) {
    provider_.start(span_, true);
  }
  ~Work() { provider_.finish(span_, true); }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void failed(const std::string& message, codex::json::Value data = {}) {
    span_->set_error({message, std::move(data)});
  }

 private:
  codex::telemetry::TraceProvider& provider_;
  const std::shared_ptr<codex::telemetry::Span> span_;
};

// Prints each span when it ends, one JSON object a line.
class SpanPrinter : public codex::telemetry::TracingProcessor {
 public:
  void on_trace_start(const codex::telemetry::Trace&) override {}
  void on_trace_end(const codex::telemetry::Trace&) override {}
  void on_span_start(const codex::telemetry::Span&) override {}
  void on_span_end(const codex::telemetry::Span& span) override {
    std::cout << codex::json::dump(span.exported(), codex::json::kCompact) << '\n';
  }
};

}  // namespace examples

#endif  // CODEX_TELEMETRY_EXAMPLES_SHOWN_H_
