#include "cli/last_run.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/places.h"
#include "codex/telemetry/json.h"
#include "golden/policy.h"
#include "harness/tape/file.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = ".codex-telemetry-diff/last-run.json";

bool under_ci() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && golden::is_ci(ci);
}

}  // namespace

std::string LastRun::identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

LastRun LastRun::of_project() {
  LastRun run;
  const std::string folder = project_folder();
  if (folder.empty()) return run;
  run.file_ = (fs::path(folder) / kFile).string();
  const harness::Result<std::string> text = harness::read_file(run.file_);
  const json::ParseResult parsed = json::parse(text ? text.value() : "{}");
  const json::Value* failed = parsed ? parsed.value().get("failed") : nullptr;
  if (failed == nullptr || !failed->is_array()) return run;
  for (const json::Value& path : *failed->array()) run.failed_.emplace(path.text());
  return run;
}

std::optional<harness::Error> LastRun::record(const std::vector<matrix::SessionReport>& sessions) {
  if (file_.empty() || under_ci()) return std::nullopt;
  for (const matrix::SessionReport& session : sessions) {
    const std::string path = identity(session.path);
    if (session.verdict() > golden::Verdict::kKnownDifference) {
      failed_.insert(path);
    } else {
      failed_.erase(path);
    }
  }
  json::Array failed(failed_.begin(), failed_.end());
  const json::Object state{{"last_run", 1}, {"failed", std::move(failed)}};
  const fs::path draft = file_ + ".part" + std::to_string(::getpid());
  std::error_code error;
  fs::create_directories(draft.parent_path(), error);
  std::ofstream(draft, std::ios::binary) << json::dump(json::Value(state), json::kCompactUnicode) << '\n';
  fs::rename(draft, file_, error);
  if (!error) return std::nullopt;
  return harness::Error{.message = "cannot be written, so --since-last will not know of this run: " +
                                   error.message(),
                        .file = file_};
}

}  // namespace codex::cli
