#include "cli/progress.h"

#include <ostream>

namespace codex::cli {

Progress::Progress(const Console& console, std::size_t total)
    : console_(console),
      total_(total),
      on_(!console.quiet && console.err_terminal()),
      start_(std::chrono::steady_clock::now()) {}

void Progress::show(std::size_t done) {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (!on_ || seconds < 1) return;
  const double rate = static_cast<double>(done) / seconds;
  const auto left = static_cast<long>(static_cast<double>(total_ - done) / rate);
  console_.err << "\r\x1b[K" << done << " of " << total_ << " sessions, "
               << static_cast<long>(rate + 0.5) << "/s, about " << left << " s left" << std::flush;
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  console_.err << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace codex::cli
