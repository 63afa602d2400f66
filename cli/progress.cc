#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <utility>
#include <vector>

namespace codex::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kSilence = 1s;
constexpr auto kBetweenDrawings = 200ms;
constexpr std::size_t kUsualColumns = 80;  // of a terminal that does not say

std::string number(double value, int decimals) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string duration(double seconds) {
  const long whole = std::lround(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  const long minutes = whole / 60;
  if (minutes < 60) {
    const long rest = whole % 60;
    return std::to_string(minutes) + " min" + (rest == 0 ? "" : " " + std::to_string(rest) + " s");
  }
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

Progress::Screen screen_of(const Console& console) {
  const bool on = !console.quiet && console.err_terminal();
  return {.out = on ? &console.err : nullptr,
          .now = std::chrono::steady_clock::now,
          .columns = terminal_columns,
          .ticks = on};
}

}  // namespace

std::string rate_text(double per_second) {
  if (per_second >= 9.95) return number(per_second, 0) + "/s";
  if (per_second >= 0.95) return number(per_second, 1) + "/s";
  return number(per_second * 60, 1) + "/min";
}

std::string progress_text(const Pace& pace, std::size_t columns) {
  const double seconds = pace.elapsed.count();
  std::vector<std::string> parts;
  if (pace.total == 0 && pace.done == 0) {
    parts = {pace.what, duration(seconds)};
  } else {
    const std::string of = pace.total == 0 ? "" : " of " + std::to_string(pace.total);
    parts = {std::to_string(pace.done) + of + " " + pace.what};
    if (pace.done == 0 || seconds <= 0) {
      parts.push_back(duration(seconds));
    } else {
      const double per_second = static_cast<double>(pace.done) / seconds;
      parts.push_back(rate_text(per_second));
      if (pace.done < pace.total) {
        const auto left = static_cast<double>(pace.total - pace.done);
        parts.push_back("about " + duration(left / per_second) + " left");
      }
    }
  }
  parts.insert(parts.end(), pace.more.begin(), pace.more.end());
  std::string text = parts.front().substr(0, columns);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (text.size() + 2 + parts[i].size() > columns) break;
    text += ", " + parts[i];
  }
  return text;
}

Progress::Progress(const Console& console, std::string what, std::size_t total)
    : Progress(screen_of(console), std::move(what), total) {}

Progress::Progress(Screen screen, std::string what, std::size_t total)
    : screen_(std::move(screen)), start_(screen_.now()), part_start_(start_), drawn_(start_) {
  pace_.what = std::move(what);
  pace_.total = total;
  if (screen_.out == nullptr || !screen_.ticks) return;
  ticker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!over_changed_.wait_for(lock, kBetweenDrawings, [this] { return over_; })) draw();
  });
}

Progress::~Progress() {
  clear();
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  over_changed_.notify_all();
  if (ticker_.joinable()) ticker_.join();
}

void Progress::show(std::size_t done, std::vector<std::string> more) {
  const std::lock_guard lock(mutex_);
  pace_.done = done;
  pace_.more = std::move(more);
  paused_ = false;
  draw();
}

void Progress::next(std::string what, std::size_t total) {
  const std::lock_guard lock(mutex_);
  pace_.what = std::move(what);
  pace_.done = 0;
  pace_.total = total;
  pace_.more.clear();
  part_start_ = screen_.now();
  drawn_ = start_;
  paused_ = false;
  draw();
}

void Progress::tick() {
  const std::lock_guard lock(mutex_);
  draw();
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
  erase();
}

void Progress::draw() {
  if (screen_.out == nullptr || paused_) return;
  const Time now = screen_.now();
  if (now - start_ < kSilence || now - drawn_ < kBetweenDrawings) return;
  drawn_ = now;
  pace_.elapsed = now - part_start_;
  const std::size_t columns = screen_.columns();
  // The last column stays free: what stands there makes some terminals begin a new line.
  const std::string text = progress_text(pace_, columns == 0 ? 0 : columns - 1);
  *screen_.out << '\r' << text;
  if (text.size() < width_) {
    *screen_.out << std::string(width_ - text.size(), ' ') << '\r' << text;
  }
  *screen_.out << std::flush;
  width_ = text.size();
}

// With blanks: there are terminals that know no escape sequence.
void Progress::erase() {
  if (screen_.out == nullptr || width_ == 0) return;
  *screen_.out << '\r' << std::string(width_, ' ') << '\r' << std::flush;
  width_ = 0;
}

}  // namespace codex::cli
