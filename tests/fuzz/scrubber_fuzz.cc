// The scrubber: idempotent, tells the truth about what it did, and in pieces it makes the same of
// a text as of the whole.
#include "codex/telemetry/scrub.h"

#include "codex/telemetry/json.h"
#include "codex/telemetry/stream_scrubber.h"
#include "tests/fuzz/target.h"
#include "tests/telemetry/secret_samples.h"

namespace codex::fuzz {
namespace {

constexpr std::size_t kLongest = 4096;
const std::string kKnown = "zw\xc3\xb6lf/\"drei\"+vier";

void run(std::string_view input) {
  static const telemetry::Scrubber scrubber({kKnown});
  const std::string text(input);
  std::string clean = text;
  telemetry::ScrubCounts counts;
  const bool changed = scrubber.scrub(clean, &counts);
  check(changed == (clean != text), "scrub() tells whether it changed the text");
  check(changed == !counts.empty(), "what was replaced is counted");
  check(!changed || scrubber.may_hold_secrets(text), "the quick look misses nothing");
  check(clean.find(kKnown) == std::string::npos, "a known value does not stay");
  std::string twice = clean;
  scrubber.scrub(twice);
  check(twice == clean, "scrub() is idempotent");

  Cuts cuts(input);
  telemetry::StreamScrubber stream(scrubber, 2 * kLongest);
  std::string out;
  for (std::string_view rest = input; !rest.empty();) {
    const std::string_view piece = rest.substr(0, cuts.next(cuts.next(200)));
    rest.remove_prefix(piece.size());
    out += stream.feed(piece);
  }
  out += stream.finish();
  check(out == clean, "in pieces it is the same");

  const json::ParseResult parsed = json::parse(input);
  if (!parsed) return;
  json::Value value = parsed.value();
  const bool replaced = scrubber.scrub(value);
  check(!replaced || scrubber.texts_may_hold_secrets(parsed.value()), "nor in a value");
  check(replaced == !(value == parsed.value()), "scrub() tells whether it changed the value");
  json::Value again = value;
  scrubber.scrub(again);
  check(again == value, "scrub() of a value is idempotent");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const telemetry::SecretSample& sample : telemetry::secret_samples()) {
    all.push_back("so it says: " + sample.text() + "\nand goes on");
    all.push_back(json::dump(json::Object{{"password", sample.text()}, {"list", json::Array{sample.text()}}}));
  }
  all.push_back("a " + kKnown + " b " + telemetry::private_key_sample(6));
  return all;
}

}  // namespace

const Target kScrubber{"scrubber", run, seeds, kLongest};

}  // namespace codex::fuzz
