// The scrubber beside RE2 alone, over the same bytes with the same patterns.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <re2/re2.h>
#include <re2/set.h>

#include "codex/telemetry/scrub.h"
#include "telemetry/src/scrub_rules.h"
#include "tests/benchmarks/measure.h"
#include "tests/telemetry/secret_samples.h"

#include <benchmark/benchmark.h>

namespace codex::benchmarks {
namespace {

using Lines = std::vector<std::string>;

// A text that comes as one: an output, an answer, a patch.
constexpr std::size_t kText = 4096;

std::size_t bytes_of(const Lines& lines) {
  std::size_t bytes = 0;
  for (const std::string& line : lines)
    bytes += line.size();
  return bytes;
}

// What sessions hold: the lines of the corpus that nothing is found in, over and over.
Lines clean_texts() {
  const telemetry::Scrubber scrubber;
  std::string all;
  const std::filesystem::path folder = std::filesystem::path(CTD_SOURCE_DIR) / "harness/sessions";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
      std::string clean = line;
      if (!scrubber.scrub(clean)) all += line + "\n";
    }
  }
  constexpr std::size_t kWanted = 1U << 20U;
  Lines texts;
  for (std::size_t at = 0; all.size() > kText && texts.size() * kText < kWanted; at += kText) {
    if (at + kText > all.size()) at = 0;
    texts.push_back(all.substr(at, kText));
  }
  return texts;
}

// A secret every hundred bytes or so, of every rule in turn.
Lines dense_texts() {
  Lines texts;
  std::string text;
  std::size_t bytes = 0;
  for (std::size_t i = 0; bytes < (1U << 18U); ++i) {
    const auto& samples = telemetry::secret_samples();
    text += "line " + std::to_string(i) +
            " of an output that has a secret in it: " + samples[i % samples.size()].text() +
            " and goes on\n";
    if (text.size() < kText) continue;
    bytes += text.size();
    texts.push_back(std::move(text));
    text.clear();
  }
  return texts;
}

// How one would do it with RE2 and nothing else: a set tells which expressions are in the text at
// all, and those replace what they find.
class Re2Alone {
 public:
  Re2Alone() : set_(options(), re2::RE2::UNANCHORED) {
    for (const telemetry::Rule& rule : telemetry::built_in_rules()) {
      std::string pattern(rule.data().pattern);
      // What follows a name that tells of a secret: the name belongs to it then.
      if (rule.data().kind == telemetry::RuleKind::kAssignment) {
        pattern = "(?i:key|token|secret|passw(?:or)?d|credential)" + pattern;
      }
      std::string error;
      if (set_.Add(pattern, &error) < 0) std::abort();
      expressions_.push_back(std::make_unique<re2::RE2>(pattern, options()));
    }
    if (!set_.Compile()) std::abort();
  }
  void scrub(std::string& text) const {
    std::vector<int> matching;
    if (!set_.Match(text, &matching)) return;
    for (const int index : matching) {
      re2::RE2::GlobalReplace(&text, *expressions_[static_cast<std::size_t>(index)], "[REDACTED]");
    }
  }

 private:
  static re2::RE2::Options options() {
    re2::RE2::Options made;
    made.set_encoding(re2::RE2::Options::EncodingLatin1);
    made.set_max_mem(64 << 20);
    return made;
  }
  re2::RE2::Set set_;
  std::vector<std::unique_ptr<re2::RE2>> expressions_;
};

template <typename Scrub>
void run(benchmark::State& state, const Lines& texts, const Scrub& scrub) {
  std::string text;
  const auto all = [&] {
    for (const std::string& each : texts) {
      text = each;
      scrub(text);
      benchmark::DoNotOptimize(text.data());
    }
  };
  all();
  for (auto _ : state)
    all();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes_of(texts)));
}

const Lines& clean() {
  static const Lines made = clean_texts();
  return made;
}
const Lines& dense() {
  static const Lines made = dense_texts();
  return made;
}

void ours(benchmark::State& state, const Lines& texts) {
  const telemetry::Scrubber scrubber;
  run(state, texts, [&](std::string& text) { scrubber.scrub(text); });
}
void re2_alone(benchmark::State& state, const Lines& texts) {
  const Re2Alone re2;
  run(state, texts, [&](std::string& text) { re2.scrub(text); });
}

void ours_clean(benchmark::State& state) {
  ours(state, clean());
}
void ours_dense(benchmark::State& state) {
  ours(state, dense());
}
void re2_clean(benchmark::State& state) {
  re2_alone(state, clean());
}
void re2_dense(benchmark::State& state) {
  re2_alone(state, dense());
}
BENCHMARK(ours_clean)->Name("scrub/clean")->Unit(benchmark::kMillisecond);
BENCHMARK(ours_dense)->Name("scrub/dense")->Unit(benchmark::kMillisecond);
BENCHMARK(re2_clean)->Name("scrub/re2_clean")->Unit(benchmark::kMillisecond);
BENCHMARK(re2_dense)->Name("scrub/re2_dense")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace codex::benchmarks
