// What normalization must be on every session: done twice it is the same as done once, and how the
// bytes were cut on their way says nothing.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden/store.h"
#include "harness/agent_run/cpp_session.h"
#include "harness/model/data_dir.h"
#include "harness/normalize/normalize.h"
#include "harness/sdk_run/sdk_session.h"
#include "harness/tape/rpc.h"
#include "harness/tape/tape.h"
#include "tests/mutations/edit_draw.h"

namespace codex::test {
namespace {

using harness::Observation;
using harness::Tape;
using harness::Transcript;

const harness::RuleSet& rules() {
  static const auto loaded = harness::RuleSet::load(harness::data_file("harness/data/rules.json"));
  EXPECT_TRUE(loaded) << loaded.error().text();
  return *loaded.operator->();
}

// Of the corpus, every `step`-th.
std::vector<Tape> tapes(std::size_t step) {
  const auto files = harness::find_tapes({CTD_SOURCE_DIR "/harness/sessions"});
  EXPECT_TRUE(files) << files.error().text();
  std::vector<Tape> all;
  for (std::size_t i = 0; i < files->size(); i += step) {
    auto tape = harness::read_tape(files.value()[i].path, files.value()[i].root);
    EXPECT_TRUE(tape) << tape.error().text();
    all.push_back(std::move(tape.value()));
  }
  return all;
}

// What C++ shows of the tape.
harness::SubjectRun shown(const Tape& tape) {
  harness::SubjectRun run;
  run.info.name = "cpp";
  run.outcome = harness::Outcome::kCompleted;  // all of it is kept
  const auto keep = [&](const Observation& each) { run.observations.push_back(each); };
  if (tape.transport == harness::Transport::kExec) {
    harness::run_cpp_session(tape, std::chrono::seconds(10), keep, run.extra);
  } else {
    harness::run_sdk_session(tape, keep, run.extra);
  }
  return run;
}

void expect_same(const Transcript& once, const Transcript& again) {
  ASSERT_EQ(once.lines.size(), again.lines.size()) << once.session;
  for (std::size_t i = 0; i < once.lines.size(); ++i) {
    ASSERT_EQ(to_json(once.lines[i].observation), to_json(again.lines[i].observation))
        << once.session << ", observation " << i;
    ASSERT_EQ(once.lines[i].origin, again.lines[i].origin) << once.session;
  }
}

// The same bytes in the same order between the same events, in other pieces.
Tape cut_otherwise(Tape tape, Draw& draw) {
  std::vector<harness::Entry> entries;
  for (std::size_t i = 0; i < tape.entries.size();) {
    harness::Entry entry = tape.entries[i++];
    auto* output = std::get_if<harness::FromCodex>(&entry.what);
    if (output == nullptr) {
      entries.push_back(std::move(entry));
      continue;
    }
    std::string bytes = std::move(output->bytes);
    while (i < tape.entries.size() && tape.entries[i].process == entry.process &&
           tape.entries[i].at_ms == entry.at_ms) {
      const auto* more = std::get_if<harness::FromCodex>(&tape.entries[i].what);
      if (more == nullptr) break;
      bytes += more->bytes;
      ++i;
    }
    while (!bytes.empty()) {
      const std::size_t size = std::min(bytes.size(), 1 + draw.below(2 * bytes.size()));
      entry.what = harness::FromCodex{bytes.substr(0, size)};
      entries.push_back(entry);
      bytes.erase(0, size);
    }
  }
  tape.entries = std::move(entries);
  return tape;
}

TEST(Normalization, OfAGoldenIsTheGolden) {
  const golden::Store store(CTD_SOURCE_DIR "/golden/transcripts");
  std::size_t count = 0;
  for (const Tape& tape : tapes(1)) {
    const auto stored = store.read(tape.name);
    ASSERT_TRUE(stored) << stored.error().text();
    if (!stored.value()) continue;
    const Transcript& once = stored.value()->transcript;
    expect_same(once, rules().normalize(tape, once));
    ++count;
  }
  EXPECT_GT(count, 600u);
}

TEST(Normalization, TwiceIsOnceWhateverASubjectShows) {
  Draw draw(1);
  std::size_t changed = 0;
  for (const Tape& tape : tapes(5)) {
    const harness::SubjectRun run = shown(tape);
    for (const char* channel : {"wire", "event", "span", "log", "outcome"}) {
      harness::SubjectRun other = run;
      for (int changes = 0; changes < 5; ++changes) {
        const auto drawn = draw_edit(other.observations, channel, draw);
        if (drawn && apply(drawn->edit, other.observations)) ++changed;
      }
      const Transcript once = rules().normalize(tape, other);
      expect_same(once, rules().normalize(tape, once));
    }
  }
  EXPECT_GT(changed, 1000u);
}

// Of an app-server tape the entries in which codex answers nobody. Those stay whole: what stands on one
// line is paired with its request as a whole.
Tape cut_smaller(const Tape& tape, Draw& draw) {
  Tape cut = tape;
  cut.entries.clear();
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    harness::Entry entry = tape.entries[i];
    const auto* output = std::get_if<harness::FromCodex>(&tape.entries[i].what);
    if (output == nullptr || !harness::response_ids(tape, i).empty()) {
      cut.entries.push_back(std::move(entry));
      continue;
    }
    for (std::string_view rest = output->bytes; !rest.empty();) {
      const std::string piece(rest.substr(0, 1 + draw.below(2 * rest.size())));
      rest.remove_prefix(piece.size());
      entry.what = harness::FromCodex{piece};
      cut.entries.push_back(entry);
    }
  }
  return cut;
}

TEST(Normalization, DoesNotDependOnHowTheBytesWereCut) {
  Draw draw(1);
  std::size_t compared = 0;
  for (const Tape& tape : tapes(3)) {
    const bool is_exec = tape.transport == harness::Transport::kExec;
    // Where a line is odd the client itself shows what was in its piece: a bad byte takes the lines
    // before it along.
    if (!is_exec && tape.name.starts_with("odd/")) continue;
    const Transcript whole = rules().normalize(tape, shown(tape));
    for (int times = 0; times < 3; ++times) {
      const Tape cut = is_exec ? cut_otherwise(tape, draw) : cut_smaller(tape, draw);
      EXPECT_TRUE(is_exec || cut.entries.size() >= tape.entries.size());
      expect_same(whole, rules().normalize(tape, shown(cut)));
      ++compared;
    }
  }
  EXPECT_GT(compared, 300u);
}

}  // namespace
}  // namespace codex::test
