#include "codex/telemetry/registry.h"
#include "encode.h"
#include "event_message.h"
#include "json_out.h"

namespace codex::telemetry::otlp {
namespace {

// SeverityNumber: the first of the four that each level has.
int severity(Level level) {
  if (level >= Level::kCritical) return 21;
  if (level >= Level::kError) return 17;
  if (level >= Level::kWarning) return 13;
  if (level >= Level::kInfo) return 9;
  return 5;
}

bool ids(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos &&
         text.find_first_not_of('0') != text.npos;
}

}  // namespace

std::string encode_event(const Event& event, std::chrono::system_clock::time_point observed,
                         const OtlpLimits& limits) {
  const EventInfo* const info = find_event(event.name);
  const Level level = info == nullptr ? Level::kInfo : info->level;
  std::string body;
  if (info == nullptr) {
    body = event.name;
  } else {
    append_event_message(body, info->message, event, nullptr);
  }

  std::string out;
  out.reserve(1024);
  out += R"({"timeUnixNano":)";
  put_time(out, event.time);
  out += R"(,"observedTimeUnixNano":)";
  put_time(out, observed);
  out += R"(,"severityNumber":)" + std::to_string(severity(level));
  out += R"(,"severityText":)";
  put_text(out, level_name(level));
  out += R"(,"eventName":)";
  put_text(out, event.name);
  out += R"(,"body":{"stringValue":)";
  put_text(out, body, limits.length);
  out += "},";

  const Correlation& of = event.correlation;
  Attributes attributes(out, limits);
  const auto add_id = [&attributes](std::string_view key, const std::string& id) {
    if (!id.empty()) attributes.add(key, std::string_view(id));
  };
  add_id("session.id", of.session);
  add_id("gen_ai.conversation.id", of.thread);
  add_id("codex.turn.id", of.turn);
  add_id("codex.item.id", of.item);
  add_id("codex.call.id", of.call);
  for (const auto& [key, value] : event.measurements)
    attributes.add("codex.measurement", key, value);
  for (const auto& [key, value] : event.metadata)
    attributes.add("codex.data", key, value);
  attributes.close();

  if (ids(of.trace.trace_id, 32)) {
    out += R"(,"traceId":)";
    put_text(out, of.trace.trace_id);
    if (ids(of.trace.span_id, 16)) {
      out += R"(,"spanId":)";
      put_text(out, of.trace.span_id);
    }
    if (of.trace.sampled) out += R"(,"flags":1)";
  }
  out += '}';
  return out;
}

}  // namespace codex::telemetry::otlp
