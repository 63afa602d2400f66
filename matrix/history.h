// The nights before, in one SQLite file (WAL; beside it stand NAME-wal and NAME-shm while it is
// open). Not for network file systems: SQLite's locks do not hold there.
//
// Whatever happens to a process, a night is wholly in it or not at all. Several processes may
// write at once: each waits for the other a few seconds. An error names the file, the reason and
// what to do; a file that is not ours, newer, cut or broken is never written to.
#ifndef MATRIX_HISTORY_H_
#define MATRIX_HISTORY_H_

#include <cstddef>
#include <memory>
#include <string>

#include "harness/model/result.h"
#include "matrix/past.h"
#include "matrix/report.h"

namespace codex::matrix {

// By what a night is told: RunFacts::id, else when it began.
std::string run_id(const RunFacts& run);

struct HistoryOptions {
  int wait_ms = 5000;  // for another process that writes
};

// Used by one thread at a time.
class History {
 public:
  // Creates the file where there is none, in a folder that exists.
  static harness::Result<History> open(const std::string& path, const HistoryOptions& options = {});
  History(History&&) noexcept;
  History& operator=(History&&) noexcept;
  ~History();

  // The last nights that were recorded before the run of that id, or of all where it is not there:
  // `nights` of them with sessions and differences, `trend` as points.
  harness::Result<Past> past(const std::string& before_run, std::size_t nights = 10,
                             std::size_t trend = 30) const;

  enum class Recorded { kNew, kAlready };
  // In one transaction, on the disk when it returns. A run that is recorded already (RunFacts::id)
  // stays as it was. `keep` > 0: nights beyond the last `keep` are taken out.
  harness::Result<Recorded> record(const Report& report, std::size_t keep = 0);

 private:
  struct State;
  explicit History(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace codex::matrix

#endif  // MATRIX_HISTORY_H_
