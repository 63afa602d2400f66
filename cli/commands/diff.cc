#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <sstream>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/session_job.h"
#include "golden/compare.h"
#include "golden/transcript_file.h"
#include "matrix/difference_text.h"

namespace codex::cli {
namespace {

harness::Result<golden::StoredTranscript> read(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return harness::Error{"is a folder", path, 0, "name a transcript or a golden in it"};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return harness::Error{"cannot be read", path, 0, "name a transcript or a golden"};
  auto parsed = golden::parse_observations(text.str(), path);
  if (parsed && parsed->transcript.lines.empty()) {
    return harness::Error{"holds no observation", path, 0, "name a transcript or a golden"};
  }
  return parsed;
}

int run(const std::string& a, const std::string& b, const Console& console) {
  const auto data = JobData::load();
  const auto expected = read(a);
  const auto actual = read(b);
  if (!data) console.error(data.error());
  if (!expected) console.error(expected.error());
  if (!actual) console.error(actual.error());
  if (!data || !expected || !actual) return kUsage;
  // What the one subject cannot show is no difference here either.
  golden::Observability observability;
  const auto declared = data->subjects.find(expected->transcript.subject.name);
  if (declared != data->subjects.end()) observability = declared->second;
  const golden::Comparison comparison =
      golden::compare(actual->transcript, expected->transcript, observability, data->rules);
  const golden::LeafTally total = comparison.total();
  constexpr std::size_t kLongest = 240;
  std::string lane;
  for (const golden::Difference& difference : comparison.differences) {
    if (difference.lane != lane) console.out << (lane = difference.lane) << '\n';
    golden::JudgedDifference judged;
    judged.subject = "B";
    judged.against = "A";
    judged.difference = difference;
    const auto text = matrix::describe(judged, console.verbose ? 0 : kLongest);
    console.out << "  " << text.place << "\n    expected " << text.expected << "\n    actual   "
                << text.actual << '\n';
  }
  console.out << matrix::counted(comparison.differences.size(), "difference", "differences")
              << "; leaves: " << total.compared
              << " compared, " << total.masked << " masked, " << total.not_observed
              << " not observed\n";
  return comparison.differences.empty() ? kParity : kDifferences;
}

}  // namespace

void add_diff(CLI::App& app, Context& context) {
  struct Options {
    std::string a;
    std::string b;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("diff", "Compare two transcripts or goldens");
  command->footer(
      "Example: codex-telemetry-diff diff golden/transcripts/echo.golden.jsonl out/echo.cpp.jsonl\n"
      "A is what is expected, B what is there. Transcripts come from `replay --transcripts DIR`.");
  command->add_option("A", options->a, "Transcript or golden: what is expected")->required();
  command->add_option("B", options->b, "Transcript or golden: what is there")->required();
  command->callback(
      [options, &context] { context.status = run(options->a, options->b, context.console); });
}

}  // namespace codex::cli
