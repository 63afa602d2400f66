#include "handler_failure.h"

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {
namespace {

// An exception's text is whatever the host made it: without secrets, bounded, and one character
// per byte that is not ASCII, for nothing says that it is UTF-8.
std::string safe_text(std::string_view what) {
  constexpr std::size_t kScrubbed = 65536;
  constexpr std::size_t kMost = 1000;
  std::string text(what.substr(0, kScrubbed));
  default_scrubber()->scrub(text);
  if (text.size() > kMost) text.resize(kMost);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

}  // namespace

Event handler_failure(HandlerId id, std::string_view prefix, const Event& event,
                      std::string_view what) {
  Event report;
  report.name = event::kTelemetryHandlerFailed;
  report.metadata.append("handler_id", id);
  report.metadata.append("prefix", prefix);
  report.metadata.append("event", event.name);
  report.metadata.append("what", safe_text(what));
  report.correlation = event.correlation;
  return report;
}

}  // namespace codex::telemetry
