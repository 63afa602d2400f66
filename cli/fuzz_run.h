// A run of `fuzz`: sessions by number in batches, what is new kept, what differs confirmed,
// minimized and written.
#ifndef CLI_FUZZ_RUN_H_
#define CLI_FUZZ_RUN_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/fuzz_bench.h"
#include "harness/fuzz/material.h"
#include "harness/fuzz/session_maker.h"
#include "matrix/shard.h"

namespace codex::cli {

struct FuzzOptions {
  JobOptions job;
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> runs;   // sessions of all shards
  std::optional<double> seconds;
  std::string transport = "all";       // exec, app-server, all
  std::string output;                  // folder of the findings
  std::string tapes;                   // folder to keep every session's tape in, or empty
  matrix::Shard shard;
  double confirm_timeout = 10;
  std::size_t most_tries = 400;        // of the minimizer, for one finding
};

// Session N belongs to lineage N modulo this. What a session shows for the first time in its
// lineage is bent further in that lineage alone; a shard runs whole lineages. So a session's tape
// does not depend on who else runs what.
inline constexpr std::uint64_t kLineages = 48;
// What is new is seen by the lineage's sessions from the next batch on: so many later.
inline constexpr std::uint64_t kBatchOfLineage = 10;

// Of every six sessions one is of exec, whose client says less, where both are wanted.
harness::Transport transport_of_session(const FuzzOptions& options, std::uint64_t number);

struct FuzzFinding {
  FuzzCause cause;
  std::uint64_t session = 0;  // the first
  std::string base;
  std::vector<std::string> bends;
  std::size_t sessions = 1;
  bool is_minimal = false;
  bool is_steady = true;       // false: not every time; kept aside, and no finding
  std::size_t lines = 0;  // of its tape
  std::string file;
};

struct FuzzTally {
  std::size_t compared = 0;
  std::size_t off_script = 0;   // of the client: nothing was compared
  std::size_t hangs = 0;        // of both sides alike
  std::size_t differing = 0;    // with a cause, confirmed or not
};

struct FuzzSummary {
  std::map<harness::Transport, FuzzTally> tally;
  std::vector<FuzzFinding> findings;
  // Differences that did not come again, by cause.
  std::map<std::string, std::size_t> unsteady;
  std::string digest;  // of the tapes of all sessions, in order
  std::size_t shapes = 0, kept = 0;
  double seconds = 0;
  bool interrupted = false;
  std::string unavailable;
  std::optional<harness::Error> error;
};

class FuzzRun {
 public:
  FuzzRun(const FuzzOptions& options, const JobData& data, const harness::fuzz::Material& material,
          const std::string& folder, const Console& console);

  // Returns when the sessions or the time are used up, or `stop` holds.
  FuzzSummary run(const std::atomic<bool>& stop);

 private:
  using Clock = std::chrono::steady_clock;
  struct Lineage {
    std::vector<harness::fuzz::Kept> kept;
    std::set<std::uint64_t> seen;
  };
  struct Numbered {
    std::uint64_t number = 0;
    harness::Transport transport = harness::Transport::kExec;
    harness::fuzz::Made made;
    FuzzSession session() const;
  };

  std::vector<Numbered> make_batch(std::uint64_t first);
  void run_batch(const std::vector<Numbered>& batch, const std::vector<FuzzSession>& sessions);
  void take_in(const std::vector<Numbered>& batch, std::vector<FuzzResult>& results);
  void keep_new(const Numbered& session, const FuzzResult& result);
  void investigate(const Numbered& session, const FuzzResult& first);
  std::optional<FuzzResult> confirmed(const Numbered& session);
  void minimize(const Numbered& session, const std::string& first_seen, const FuzzCause& cause);
  void write(FuzzFinding finding, const harness::fuzz::Draft& draft, const FuzzResult& result);
  void say_progress(std::size_t of_batch);
  void say(const std::string& line);
  double seconds() const;

  const FuzzOptions& options_;
  const harness::fuzz::Material& material_;
  const Console& console_;
  FuzzBench bench_;
  std::atomic<bool> stop_{false};
  Clock::time_point start_ = Clock::now();
  std::map<std::uint64_t, Lineage> lineages_;
  std::map<std::string, std::string> raw_causes_;  // id as first seen → id of the finding
  std::map<std::string, std::size_t> looked_at_;   // unsteady cause → sessions that were tried again
  std::set<std::uint64_t> all_shapes_;
  FuzzSummary summary_;
  std::string digests_;
  std::size_t done_ = 0;
  std::size_t at_once_ = 32;  // sessions before findings are looked into: few at first
  Clock::time_point last_word_ = Clock::now();
  bool shown_ = false;
};

}  // namespace codex::cli

#endif  // CLI_FUZZ_RUN_H_
