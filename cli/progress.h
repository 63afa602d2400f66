// How far a run is, on a terminal's stderr and nowhere else.
#ifndef CLI_PROGRESS_H_
#define CLI_PROGRESS_H_

#include <chrono>
#include <cstddef>

#include "cli/console.h"

namespace codex::cli {

// Says nothing in the first second, and nothing in a pipe or when quiet.
class Progress {
 public:
  Progress(const Console& console, std::size_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::size_t done);
  void clear();

 private:
  const Console& console_;
  const std::size_t total_;
  const bool on_;
  const std::chrono::steady_clock::time_point start_;
  bool shown_ = false;
};

}  // namespace codex::cli

#endif  // CLI_PROGRESS_H_
