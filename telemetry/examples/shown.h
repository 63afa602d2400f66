// How the examples print: an event, and spans as they end.
#ifndef CODEX_TELEMETRY_EXAMPLES_SHOWN_H_
#define CODEX_TELEMETRY_EXAMPLES_SHOWN_H_

#include <iostream>
#include <string>

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
