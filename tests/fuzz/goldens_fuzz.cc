// Goldens and transcripts: what is read prints and reads as the same again, and the quick reader
// of `diff` takes and refuses the same texts as the exact one.
#include "golden/line_skim.h"
#include "golden/transcript_file.h"
#include "golden/transcript_index.h"
#include "tests/fuzz/sealed.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

using harness::Result;

void check_both_readers(const std::string& text) {
  const auto exact = golden::parse_observations(text, "a");
  golden::LineSkimmer skimmer([](const json::Value&, std::string*) { return false; });
  const auto quick = golden::TranscriptIndex::read(text, "a", skimmer);
  check(exact.ok() == quick.ok(), "both readers take the same texts");
  if (!exact) {
    check(exact.error().text() == quick.error().text(), "both readers tell the same error");
    return;
  }
  const auto& lines = exact->transcript.lines;
  check(lines.size() == quick->lines().size(), "both readers find the same lines");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    check(quick->observation(i) == lines[i], "both readers read a line alike");
    const golden::SkimmedLine& skimmed = quick->lines()[i].skimmed;
    check(skimmer.lane(skimmed.lane) == lines[i].observation.lane &&
              skimmer.name(skimmed.name) == lines[i].observation.name &&
              skimmed.origin == lines[i].origin,
          "the quick reader tells lane, name and origin");
    const golden::SkimmedLine exactly = skimmer.number(lines[i]);
    check(exactly.data == skimmed.data && exactly.tally == skimmed.tally,
          "the quick reader tells the same data apart");
  }
}

void run(std::string_view input) {
  const std::string bare(input);
  const std::string sealed = sealed_golden(input);
  check_both_readers(bare);
  check_both_readers(sealed);
  const auto stored = golden::parse_transcript(sealed, "a");
  if (!stored) {
    check(!stored.error().message.empty() && stored.error().file == "a",
          "an error names the file and the reason");
    return;
  }
  const std::string printed = golden::print_transcript(stored.value());
  const auto again = golden::parse_transcript(printed, "a");
  check(static_cast<bool>(again), "what is printed is read");
  check(again->transcript.lines == stored->transcript.lines, "and is the same");
  check(golden::print_transcript(again.value()) == printed, "and prints as the same text");
}

std::vector<std::string> seeds() {
  return files_of_tree("golden/transcripts", ".golden.jsonl", 3500);
}

}  // namespace

const Target kGoldens{"goldens", run, seeds};

}  // namespace codex::fuzz
