// rules.json: what is read can be applied, and applied twice changes nothing.
#include "harness/normalize/rules.h"

#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

const std::vector<harness::Observation>& observations() {
  static const auto made = [] {
    std::vector<harness::Observation> all;
    for (const std::string& golden : files_of_tree("golden/transcripts/odd/exec", ".golden.jsonl", 6000)) {
      for (std::size_t at = 0; at < golden.size() && all.size() < 24;) {
        const std::size_t end = std::min(golden.find('\n', at), golden.size());
        const auto line = json::parse(std::string_view(golden).substr(at, end - at));
        at = end + 1;
        harness::Observation observation;
        std::string why;
        if (line && harness::from_json(line.value(), observation, why)) all.push_back(observation);
      }
    }
    // As it stood before the rules.
    all.push_back({"span/trace:1", "agent",
                   json::Object{{"start", json::Object{{"started_at", "2026-01-01T10:00:00.123456+00:00"}}},
                                {"end", json::Object{{"ended_at", "2026-01-01T09:00:00+00:00"},
                                                     {"error", "<object at 0x7f0011223344>"}}}}});
    return all;
  }();
  return made;
}

void run(std::string_view input) {
  const auto rules = harness::parse_rules(input, "a");
  if (!rules) {
    check(rules.error().file == "a" && !rules.error().message.empty(),
          "an error names the file and the reason");
    return;
  }
  (void)rules->marks();
  const harness::SpanTimes times(observations());
  for (const harness::Observation& raw : observations()) {
    harness::Observation once = raw;
    std::vector<harness::RuleUse> uses;
    harness::apply_rules(rules.value(), times, once, &uses);
    check(!uses.empty() || once == raw, "what changes is told");
    (void)rules->origin_of(once);
    check(rules->of_lane(raw.lane).size() <= rules->rules.size(), "rules of a lane are of the rules");
  }
}

std::vector<std::string> seeds() {
  std::vector<std::string> all = files_of_tree("harness/data", "rules.json", 100'000);
  return all;
}

}  // namespace

const Target kRules{"rules", run, seeds, 8192};

}  // namespace codex::fuzz
