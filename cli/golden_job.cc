#include "cli/golden_job.h"

#include <algorithm>
#include <cstdlib>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "golden/json_text.h"
#include "golden/policy.h"

namespace codex::cli {
namespace {

bool keepable(const harness::Transcript& transcript) {
  return transcript.outcome == harness::Outcome::kCompleted ||
         transcript.outcome == harness::Outcome::kFailed ||
         transcript.outcome == harness::Outcome::kHang;
}

}  // namespace

std::string plain(const std::string& text) {
  const std::string quoted = golden::shown(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

bool may_write(const std::string& command, const Console& console) {
  const char* ci = std::getenv("CI");
  const std::optional<std::string_view> value =
      ci == nullptr ? std::nullopt : std::optional<std::string_view>(ci);
  const auto refusal = golden::write_refusal(value, "codex-telemetry-diff golden " + command);
  if (refusal) console.error(*refusal);
  return !refusal;
}

bool choose_references(GoldenOptions& options, const Console& console) {
  std::vector<std::string>& names = options.job.subjects.names;
  if (std::find(names.begin(), names.end(), "cpp") != names.end()) {
    console.error("--subject cpp: goldens come from the real Python clients; leave it out");
    return false;
  }
  if (names.empty()) names = reference_subjects();
  return true;
}

std::optional<JobResult> reference_runs(const GoldenOptions& options, const JobData& data,
                                        const std::vector<harness::Tape>& tapes,
                                        const Console& console) {
  handle_interrupts();
  Progress progress(console, "sessions", tapes.size());
  JobResult result = run_job(tapes, data, options.job, interrupted(),
                             [&](std::size_t done) { progress.show(done); });
  progress.clear();
  for (const harness::Error& error : result.errors) console.error(error);
  if (!result.errors.empty()) return std::nullopt;
  return result;
}

Refused for_each_keepable(
    const JobResult& result, const Console& console,
    const std::function<void(const SessionOutcome&, const harness::Transcript&)>& take) {
  Refused refused;
  for (const SessionOutcome& session : result.sessions) {
    if (session.transcripts.empty()) {
      ++refused.count;
      console.error(session.report.path + ": none of the chosen subjects can run such a tape");
    }
    for (const auto& [name, transcript] : session.transcripts) {
      if (keepable(transcript)) {
        take(session, transcript);
        continue;
      }
      refused.unavailable =
          refused.unavailable || transcript.outcome == harness::Outcome::kUnavailable;
      ++refused.count;
      console.error(session.report.path + ": no golden from " + name + ", outcome " +
                    harness::outcome_name(transcript.outcome) + ": " +
                    session.report.subjects.at(name).reason);
    }
  }
  return refused;
}

}  // namespace codex::cli
