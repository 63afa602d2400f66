// A run of `fuzz`: sessions by number, what is new kept, what differs confirmed, minimized and
// written.
#ifndef CLI_FUZZ_RUN_H_
#define CLI_FUZZ_RUN_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cli/console.h"
#include "cli/fuzz_bench.h"
#include "cli/progress.h"
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
// What is new is seen by the lineage's sessions from its next batch of so many on. A lineage waits
// for its own batch, and for no other lineage.
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
  std::size_t client_alone = 0; // of these: C++ did not see that it would
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

// One thread takes in what sessions and findings come to; the bench's run the sessions, and a few
// more confirm and minimize, beside them.
class FuzzRun {
 public:
  FuzzRun(const FuzzOptions& options, const JobData& data, const harness::fuzz::Material& material,
          const std::string& folder, const Console& console);

  // Returns when the sessions or the time are used up, or `stop` holds, and all that differed was
  // looked into.
  FuzzSummary run(const std::atomic<bool>& stop);

 private:
  using Clock = std::chrono::steady_clock;
  struct Numbered {
    std::uint64_t number = 0;
    harness::Transport transport = harness::Transport::kExec;
    harness::fuzz::Made made;
    FuzzSession session() const;
  };
  struct Lineage {
    std::vector<harness::fuzz::Kept> kept;
    std::set<std::uint64_t> seen;
    // The batch that runs.
    std::uint64_t batch = 0;
    std::vector<Numbered> sessions;
    std::vector<FuzzResult> results;
    std::size_t left = 0;
  };
  // A cause as sessions showed it, before it was confirmed.
  struct Suspect {
    std::deque<Numbered> waiting;
    std::size_t looked_at = 0;    // sessions that were tried again
    bool busy = false;
    std::string words;
    std::string finding;          // the id of the finding that it is; or empty
  };
  // What came of one session of a suspect's.
  struct Investigated {
    std::string cause;                   // the id of what it is; empty: it did not come again
    std::string words;                   // of that cause
    std::optional<FuzzFinding> finding;  // nothing: it is not steady, or somebody else has it
    bool is_elsewhere = false;           // somebody else has it
    std::optional<harness::Error> error;
    harness::fuzz::Draft draft;
    FuzzResult shown;
  };

  void begin_batch(std::uint64_t lineage);
  void take_in(std::uint64_t lineage, std::size_t index, harness::Result<FuzzResult> result);
  void keep_new(Lineage& lineage, const Numbered& session, const FuzzResult& result);
  void fail(const harness::Error& error);

  void suspect(const Numbered& session, const FuzzCause& cause);
  void look_into_suspects();
  void conclude(const std::string& id, Investigated found);
  void count(const std::string& finding);
  void write(FuzzFinding finding, const harness::fuzz::Draft& draft, const FuzzResult& result);
  // On threads of their own.
  Investigated investigate(const Numbered& session);
  void minimize(const Numbered& session, const FuzzCause& cause, Investigated& found);

  void post(std::function<void()> what);
  void say_progress();
  double seconds() const;

  const FuzzOptions& options_;
  const harness::fuzz::Material& material_;
  const Console& console_;
  std::atomic<bool> stop_{false};
  Clock::time_point start_ = Clock::now();
  std::map<std::uint64_t, Lineage> lineages_;
  std::map<std::string, Suspect> suspects_;         // by the id of the cause as it was first seen
  std::map<std::string, std::size_t> uncounted_;    // sessions of a finding that is not written yet
  std::set<std::uint64_t> all_shapes_;
  FuzzSummary summary_;
  std::map<std::uint64_t, std::string> digests_;  // of tapes, by session
  std::size_t running_ = 0;                       // sessions
  std::vector<std::thread> investigators_;
  std::size_t investigations_ = 0;                // that have not ended
  std::optional<Progress> progress_;

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> inbox_;  // for the one thread that takes in
  std::set<std::string> claimed_;            // causes that somebody minimizes, or has
  // Last: its threads, and those who wait for it, use all of the above.
  FuzzBench bench_;
};

}  // namespace codex::cli

#endif  // CLI_FUZZ_RUN_H_
