#include "harness/normalize/normalize.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "codex/telemetry/scrub.h"
#include "harness/normalize/guard.h"
#include "harness/normalize/lane_order.h"
#include "harness/normalize/made_ids.h"
#include "harness/normalize/rules.h"
#include "harness/normalize/scope.h"
#include "harness/normalize/span_tree.h"
#include "harness/normalize/wire_ids.h"
#include "harness/subject/outcome.h"
#include "harness/tape/file.h"

namespace codex::harness {
namespace {

// What a client that was killed still managed to say is another in every run; what it sent by then
// stands on the tape.
bool is_kept(const Observation& observation, Outcome outcome) {
  if (outcome == Outcome::kCompleted || outcome == Outcome::kFailed || outcome == Outcome::kHang) {
    return true;
  }
  return observation.lane == kOutcomeLane || observation.channel() == "wire";
}

void sort_by_lane(std::vector<Observation>& observations) {
  std::stable_sort(
      observations.begin(), observations.end(),
      [](const Observation& a, const Observation& b) { return lane_before(a.lane, b.lane); });
}

}  // namespace

struct RuleSet::Impl {
  Rules rules;
  telemetry::Scrubber scrubber;

  std::vector<Observation> scrubbed(const SubjectRun& run, telemetry::ScrubCounts& counts) const;
  SpanForest take_trees(std::vector<Observation>& observations, const Identities& wire) const;
  void replace_ids(const Identities& identities, Observation& observation,
                   std::vector<RuleUse>& uses) const;
  // All steps after scrub and guard.
  void finish(const Tape& tape, std::vector<Observation> observations,
              Transcript& transcript) const;
};

std::vector<Observation> RuleSet::Impl::scrubbed(const SubjectRun& run,
                                                 telemetry::ScrubCounts& counts) const {
  std::vector<Observation> kept;
  const std::vector<std::string> marks = rules.marks();
  for (const Observation& raw : run.observations) {
    if (!is_kept(raw, run.outcome)) continue;
    Observation& observation = kept.emplace_back(raw);
    scrubber.scrub(observation.name, &counts);
    scrubber.scrub(observation.data, &counts);
    guard(observation.name, marks);
    guard(observation.data, marks);
  }
  return kept;
}

// The order of siblings looks at their content as it will be compared, except for made ids, which
// have no numbers before there is an order.
SpanForest RuleSet::Impl::take_trees(std::vector<Observation>& observations,
                                     const Identities& wire) const {
  const SpanTimes no_times({});
  return take_spans(observations, [&](Observation& observation) {
    wire.replace(observation.data);
    apply_rules(rules, no_times, observation, nullptr);
  });
}

void RuleSet::Impl::replace_ids(const Identities& identities, Observation& observation,
                                std::vector<RuleUse>& uses) const {
  const auto use = [&](const std::string& kind, std::string path, const std::string& before) {
    uses.push_back({"identity-" + kind, observation.lane, std::move(path),
                    json::dump(json::Value(before), json::kCompact)});
  };
  const std::string name = observation.name;
  if (const std::string kind = identities.replace(observation.name); !kind.empty()) {
    use(kind, "/name", name);
  }
  identities.replace(observation.data,
                     [&](const Place& place, const Identities::Replacement& replacement) {
                       use(replacement.kind, to_pointer(place.path("data")), replacement.before);
                     });
}

void RuleSet::Impl::finish(const Tape& tape, std::vector<Observation> observations,
                           Transcript& transcript) const {
  Identities identities = wire_identities(tape);
  for (Observation& observation : observations) number_scope(identities, observation.lane);
  SpanForest forest = take_trees(observations, identities);
  std::move(forest.lines.begin(), forest.lines.end(), std::back_inserter(observations));
  sort_by_lane(observations);
  add_made_ids(forest, observations, tape.driver, identities);
  const SpanTimes times(observations);
  const bool parallel = has_parallel_calls(tape.driver);
  for (Observation& observation : observations) {
    // Rules first: their checks know spans by the ids that they have.
    apply_rules(rules, times, observation, &transcript.uses);
    if (parallel) apply_unordered(rules.unordered, observation, transcript.uses);
    replace_ids(identities, observation, transcript.uses);
    const Origin origin = rules.origin_of(observation);
    transcript.lines.push_back({std::move(observation), origin});
  }
}

RuleSet::RuleSet(Impl* impl) : impl_(impl) {}
RuleSet::RuleSet(RuleSet&& other) noexcept : impl_(std::exchange(other.impl_, nullptr)) {}
RuleSet& RuleSet::operator=(RuleSet&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
RuleSet::~RuleSet() { delete impl_; }

Result<RuleSet> RuleSet::load(const std::string& path) {
  const Result<std::string> bytes = read_file(path);
  if (!bytes) return bytes.error();
  Result<Rules> rules = parse_rules(bytes.value(), path);
  if (!rules) return rules.error();
  return RuleSet(new Impl{std::move(rules.value()), telemetry::Scrubber()});
}

const std::string& RuleSet::version() const { return impl_->rules.version; }

Transcript RuleSet::normalize(const Tape& tape, const SubjectRun& run) const {
  Transcript transcript;
  transcript.session = tape.name;
  transcript.subject = run.info;
  transcript.outcome = run.outcome;
  impl_->finish(tape, impl_->scrubbed(run, transcript.scrubbed), transcript);
  return transcript;
}

Transcript RuleSet::normalize(const Tape& tape, const Transcript& normalized) const {
  Transcript transcript;
  transcript.session = normalized.session;
  transcript.subject = normalized.subject;
  transcript.outcome = normalized.outcome;
  transcript.scrubbed = normalized.scrubbed;
  std::vector<Observation> observations;
  for (const TranscriptLine& line : normalized.lines) observations.push_back(line.observation);
  for (Observation& observation : observations) {
    impl_->scrubber.scrub(observation.data, &transcript.scrubbed);
  }
  impl_->finish(tape, std::move(observations), transcript);
  return transcript;
}

bool RuleSet::is_mask(const json::Value& value, std::string* rule) const {
  if (!value.is_string()) return false;
  for (const Rule& known : impl_->rules.rules) {
    if (!masks_whole(known.shape) || known.replace != value.text()) continue;
    if (rule != nullptr) *rule = known.name;
    return true;
  }
  return false;
}

}  // namespace codex::harness
