#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/session_job.h"
#include "golden/compare_files.h"
#include "golden/file_bytes.h"
#include "golden/transcript_index.h"
#include "matrix/difference_text.h"

namespace codex::cli {
namespace {

constexpr const char* kName = "name a transcript or a golden";

harness::Result<golden::TranscriptIndex> index(const harness::Result<golden::FileBytes>& file,
                                               const std::string& path,
                                               golden::LineSkimmer& skimmer,
                                               const golden::TranscriptIndex* like) {
  if (!file) return file.error();
  if (path.ends_with(".tape.jsonl") || path.ends_with(".exec.jsonl")) {
    return harness::Error{"is a tape, and no transcript", path, 0,
                          "replay --transcripts DIR writes what each subject shows of it"};
  }
  auto read = golden::TranscriptIndex::read(file->view(), path, skimmer, like);
  if (read && read->lines().empty()) {
    return harness::Error{"holds no observation", path, 0, kName};
  }
  return read;
}

int run(const std::string& a, const std::string& b, const Console& console) {
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  const golden::IsMask is_mask = [&](const json::Value& value, std::string* rule) {
    return data->rules.is_mask(value, rule);
  };
  golden::LineSkimmer skimmer(is_mask);
  const auto expected_file = golden::FileBytes::open(a, kName);
  const auto actual_file = golden::FileBytes::open(b, kName);
  const auto expected = index(expected_file, a, skimmer, nullptr);
  const auto actual = index(actual_file, b, skimmer, expected ? &expected.value() : nullptr);
  if (!expected) console.error(expected.error());
  if (!actual) console.error(actual.error());
  if (!expected || !actual) return kUsage;
  // What the one subject cannot show is no difference here either, unless both are of that subject.
  golden::Observability observability;
  const std::string& subject = expected->transcript().subject.name;
  const auto declared = data->subjects.find(subject);
  if (declared != data->subjects.end() && actual->transcript().subject.name != subject) {
    observability = declared->second;
  }
  const golden::Comparison comparison =
      golden::compare(actual.value(), expected.value(), observability, is_mask, skimmer);
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
  command->add_option("A", options->a, "Transcript or golden: what is expected")->type_name("")->required();
  command->add_option("B", options->b, "Transcript or golden: what is there")->type_name("")->required();
  command->callback(
      [options, &context] { context.status = run(options->a, options->b, context.console); });
}

}  // namespace codex::cli
