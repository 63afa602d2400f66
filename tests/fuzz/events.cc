#include "tests/fuzz/events.h"

#include <memory>
#include <variant>

#include "codex/telemetry/json.h"
#include "codex/telemetry/registry.h"
#include "codex/telemetry/scrub.h"
#include "harness/tape/tape.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

const std::shared_ptr<const telemetry::Scrubber>& scrubber() {
  static const auto made = std::make_shared<const telemetry::Scrubber>();
  return made;
}

std::string bytes_of(std::string_view text, bool both) {
  const auto tape = harness::parse_tape(text, "seed.tape.jsonl", "");
  if (!tape) return std::string(text);
  std::string bytes;
  for (const harness::Entry& entry : tape->entries) {
    if (const auto* from = std::get_if<harness::FromCodex>(&entry.what)) bytes += from->bytes;
    const auto* to = std::get_if<harness::ToCodex>(&entry.what);
    if (both && to != nullptr) bytes += ">" + json::dump(to->message, json::kCompact) + "\n";
  }
  return bytes;
}

}  // namespace

Recorded::Recorded() : hub_(telemetry::Scrubbing(scrubber())) {
  hub_.attach("", [this](const telemetry::Event& event) {
    text_.append(event.name).append(1, ' ');
    text_ += json::dump(event.metadata) + json::dump(event.measurements);
    for (const std::string* id :
         {&event.correlation.session, &event.correlation.thread, &event.correlation.turn,
          &event.correlation.item, &event.correlation.call, &event.correlation.trace.trace_id}) {
      text_.append(1, ' ').append(*id);
    }
    text_ += '\n';
  });
}

std::function<void(const telemetry::Event&, std::string_view)> Recorded::listener(
    std::string_view transport) {
  return [transport](const telemetry::Event& event, std::string_view) {
    const auto problem = telemetry::validate(event, transport);
    check(!problem, problem.value_or(""));
  };
}

std::string Recorded::text() {
  hub_.flush();
  return text_;
}

std::string codex_side(std::string_view tape) { return bytes_of(tape, false); }
std::string both_sides(std::string_view tape) { return bytes_of(tape, true); }

}  // namespace codex::fuzz
