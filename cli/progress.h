// How far a run is: one line on a terminal's stderr, nothing anywhere else.
#ifndef CLI_PROGRESS_H_
#define CLI_PROGRESS_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/console.h"

namespace codex::cli {

// What a job has done of what it is to do, `elapsed` after it began.
struct Pace {
  std::string what;       // in the plural where things are counted: "sessions"
  std::size_t done = 0;
  std::size_t total = 0;  // 0: nobody knows; or nothing is counted, and `done` stays 0
  std::chrono::duration<double> elapsed{0};
  std::vector<std::string> more{};  // further words, at the end: "3 findings"
};

// "12 of 649 sessions, 38/s, about 17 s left" or "12 sessions, 38/s", with no more words than fit
// into so many columns. What is left is told from the mean rate so far; without anything done, how
// long it has taken.
std::string progress_text(const Pace& pace, std::size_t columns);
// "38/s", "2.5/s", "3.0/min"
std::string rate_text(double per_second);

// Draws nothing in the first second, then the same line over and over; it is gone at the end.
// Any thread may call any of it.
class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Where it is drawn, and when.
  struct Screen {
    std::ostream* out = nullptr;  // null: nowhere
    std::function<Time()> now;
    std::function<std::size_t()> columns;
    bool ticks = false;  // a thread of its own draws, so that the time goes on where nothing ends
  };

  // Nowhere in a pipe or when quiet.
  Progress(const Console& console, std::string what, std::size_t total);
  Progress(Screen screen, std::string what, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // So many are done; `more` stands behind it.
  void show(std::size_t done, std::vector<std::string> more = {});
  // From here on it is about this, of which nothing is counted where `total` is 0. The first
  // second is not waited for again.
  void next(std::string what, std::size_t total = 0);
  // Draws where it is time to; a ticking screen does so by itself.
  void tick();
  // Takes the line away; nothing is drawn until there is something to show again.
  void clear();

 private:
  void draw();  // under mutex_
  void erase();

  const Screen screen_;
  std::mutex mutex_;
  const Time start_;
  Time part_start_;
  Time drawn_;
  Pace pace_;
  bool paused_ = false;
  std::size_t width_ = 0;  // of the line that stands there
  bool over_ = false;
  std::condition_variable over_changed_;
  std::thread ticker_;
};

}  // namespace codex::cli

#endif  // CLI_PROGRESS_H_
