#include "harness/runner/runner.h"

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

#include "harness/fuzz/random.h"
#include "harness/model/perturbation.h"

namespace codex::harness {

namespace {

std::vector<std::size_t> order_of(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (const auto number = perturbation()) {
    fuzz::Random random(*number, 0);
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  }
  return order;
}

}  // namespace

void run_tapes(const std::vector<Tape>& tapes, const MakeSubjects& make_subjects,
               const RunOptions& options, const SessionDone& done) {
  std::atomic<std::size_t> next{0};
  SubjectOptions subject_options = options.subject;
  subject_options.stop = options.stop;
  const auto is_stopped = [&] { return options.stop != nullptr && *options.stop; };
  const std::vector<std::size_t> order = order_of(tapes.size());
  const auto job = [&] {
    const std::vector<std::shared_ptr<Subject>> subjects = make_subjects();
    for (;;) {
      if (is_stopped()) return;
      const std::size_t turn = next++;
      if (turn >= tapes.size()) return;
      const std::size_t index = order[turn];
      const Tape& tape = tapes[index];
      std::vector<SubjectRun> runs;
      for (const auto& subject : subjects) {
        if (subject->applies(tape)) runs.push_back(subject->run(tape, subject_options));
      }
      if (is_stopped()) return;  // a run may have been cut
      done(index, tape, std::move(runs));
    }
  };
  const auto wanted = static_cast<std::size_t>(std::max(options.jobs, 1));
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(wanted, tapes.size()); ++i) threads.emplace_back(job);
  job();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace codex::harness
