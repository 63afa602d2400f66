#include "golden/verdict.h"

#include <utility>

#include "golden/three_way.h"

namespace codex::golden {
namespace {

using harness::Outcome;
using harness::Transcript;
using State = SubjectSide::State;

constexpr const char* kGolden = "golden";

std::vector<std::string> why_stale(const StoredTranscript& golden, const SessionInput& input) {
  std::vector<std::string> reasons;
  const Provenance& then = golden.provenance;
  if (then.tape != input.today.tape) reasons.emplace_back("the tape has changed since");
  if (then.driver != input.today.driver)
    reasons.emplace_back("the tape's driver has changed since");
  if (then.rules != input.today.rules) {
    reasons.push_back("it was made with " + then.rules + ", today's rules are " +
                      input.today.rules);
  }
  if (golden.transcript.subject.name != input.reference) {
    reasons.push_back("it was made from " + golden.transcript.subject.name + ", not from " +
                      input.reference);
  }
  return reasons;
}

class SessionJudge {
 public:
  explicit SessionJudge(const SessionInput& input) : input_(input) {}

  Judgement run() {
    for (const SubjectSide* side : {&input_.cpp, &input_.python}) {
      if (side->state != State::kUnavailable) continue;
      found(Verdict::kUnavailable);
      note(side->name + " is unavailable: " + side->reason);
    }
    const bool both = has(input_.cpp) && has(input_.python);
    bool stale = false;
    if (input_.golden != nullptr && (has(input_.cpp) || has(input_.python))) {
      stale = tell_stale();
      against_golden(stale);
    }
    if (both && (input_.golden == nullptr || stale)) directly();
    if (!compared_ && result_.causes.empty()) {
      found(Verdict::kGoldenMissing);
      note("nothing was compared: there is neither a golden nor a second subject");
    }
    if (input_.require_golden && input_.golden == nullptr) {
      found(Verdict::kGoldenMissing);
      note("there is no golden");
    }
    tell_missing();
    if (result_.causes.empty()) result_.causes.insert(Verdict::kMatch);
    result_.verdict = *result_.causes.rbegin();
    return std::move(result_);
  }

 private:
  static bool has(const SubjectSide& side) { return side.state == State::kRan; }
  void found(Verdict verdict) { result_.causes.insert(verdict); }
  void note(std::string text) { result_.notes.push_back(std::move(text)); }

  bool tell_stale() {
    const std::vector<std::string> reasons = why_stale(*input_.golden, input_);
    for (const std::string& reason : reasons)
      note("the golden is stale: " + reason);
    if (!reasons.empty()) found(Verdict::kGoldenStale);
    return !reasons.empty();
  }

  // A comparison's differences; `known` has the id of each that is known.
  struct Found {
    std::string subject;
    std::string against;
    std::vector<Difference> differences;
    std::vector<std::optional<std::string>> known;

    std::vector<Difference> unknown() const {
      std::vector<Difference> result;
      for (std::size_t i = 0; i < differences.size(); ++i) {
        if (!known[i]) result.push_back(differences[i]);
      }
      return result;
    }
  };

  // `excused`: what the reference's subject may lack.
  Found compared(const SubjectSide& side, const Transcript& reference, std::string against,
                 const Observability& excused, bool counts) {
    ComparedShapes shapes;
    Comparison comparison = compare(*side.transcript, reference, excused, input_.is_mask,
                                    input_.want_coverage ? &shapes : nullptr);
    compared_ = true;
    if (counts) result_.lanes = std::move(comparison.lanes);
    Found result{side.name, std::move(against), std::move(comparison.differences), {}};
    for (const Difference& difference : result.differences) {
      std::optional<std::string> id;
      if (input_.known != nullptr) id = input_.known->find(input_.session, difference);
      if (id) occurred_.insert(*id);
      if (id && input_.want_coverage) shapes.set_known(result.known.size());
      result.known.push_back(std::move(id));
    }
    // A comparison with the golden comes first, and stands.
    if (input_.want_coverage) result_.coverage.try_emplace(side.name, std::move(shapes.all));
    return result;
  }

  // `kinds` are those of the unknown ones.
  void tell(Found found_there, const std::vector<Verdict>& kinds) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < found_there.differences.size(); ++i) {
      const bool is_known = found_there.known[i].has_value();
      const Verdict kind = is_known ? Verdict::kKnownDifference : kinds[next++];
      found(kind);
      result_.differences.push_back({.subject = found_there.subject,
                                     .against = found_there.against,
                                     .difference = std::move(found_there.differences[i]),
                                     .kind = kind,
                                     .known = std::move(found_there.known[i])});
    }
  }

  void against_golden(bool stale) {
    const Transcript& golden = input_.golden->transcript;
    const bool has_cpp = has(input_.cpp);
    Found cpp;
    Found python;
    if (has_cpp) cpp = compared(input_.cpp, golden, kGolden, input_.observability, true);
    // The golden is this very client's: what it shows beyond its declaration is new.
    const Observability nothing;
    if (has(input_.python)) {
      python = compared(input_.python, golden, kGolden, nothing, !has_cpp);
    }
    const Agree agree = [&](const Difference& c, const Difference& p) {
      return values_agree(c, *c.actual, *p.actual, input_.observability, input_.is_mask);
    };
    ThreeWay kinds = judge_places(cpp.unknown(), python.unknown(), agree);
    if (stale) {
      kinds.cpp.assign(kinds.cpp.size(), Verdict::kGoldenStale);
      kinds.python.assign(kinds.python.size(), Verdict::kGoldenStale);
    }
    tell(std::move(cpp), kinds.cpp);
    tell(std::move(python), kinds.python);
  }

  void directly() {
    Found all = compared(input_.cpp, *input_.python.transcript, input_.python.name,
                         input_.observability, true);
    const std::vector<Verdict> kinds(all.differences.size(), Verdict::kDifference);
    tell(std::move(all), kinds);
  }

  // Known differences are about cpp: where it was not compared, none could occur.
  void tell_missing() {
    if (input_.known == nullptr || !compared_ || !has(input_.cpp)) return;
    result_.stale_entries = input_.known->missing(input_.session, occurred_);
    if (!result_.stale_entries.empty()) found(Verdict::kStaleKnownDifference);
  }

  const SessionInput& input_;
  Judgement result_;
  bool compared_ = false;
  std::set<std::string> occurred_;
};

}  // namespace

SubjectSide SubjectSide::unavailable(std::string name, std::string reason) {
  return {.state = State::kUnavailable,
          .name = std::move(name),
          .transcript = nullptr,
          .reason = std::move(reason)};
}

SubjectSide SubjectSide::ran(const Transcript& transcript) {
  if (transcript.outcome == Outcome::kUnavailable) {
    return unavailable(transcript.subject.name, "it reported so");
  }
  return {.state = State::kRan,
          .name = transcript.subject.name,
          .transcript = &transcript,
          .reason = ""};
}

Judgement judge(const SessionInput& input) {
  return SessionJudge(input).run();
}

void Totals::add(Verdict verdict) {
  ++sessions;
  ++by_verdict[verdict];
}

int exit_code(const Totals& totals) {
  if (totals.sessions == 0) return 2;
  const auto count = [&](Verdict verdict) {
    const auto found = totals.by_verdict.find(verdict);
    return found == totals.by_verdict.end() ? std::size_t{0} : found->second;
  };
  std::size_t harmless = 0;
  for (const Verdict verdict :
       {Verdict::kMatch, Verdict::kKnownDifference, Verdict::kUnavailable}) {
    harmless += count(verdict);
  }
  if (harmless != totals.sessions || totals.stale_entries > 0 || totals.matrix_regressions > 0) {
    return 1;
  }
  return count(Verdict::kUnavailable) > 0 ? 3 : 0;
}

}  // namespace codex::golden
