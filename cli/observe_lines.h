// Where the lines of `observe` go. A line is written whole or lost, and what is lost is counted.
#ifndef CLI_OBSERVE_LINES_H_
#define CLI_OBSERVE_LINES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/result.h"
#include "harness/proxy/outlet.h"

namespace codex::cli {

class ObserveLines {
 public:
  // Opened to append; created where it is not there. A pipe without a reader is an error.
  static harness::Result<ObserveLines> file(const std::string& path);
  // Copies of this process's own. `beside_codex`: codex writes there too, and its bytes come
  // first: of a pipe no more than half is filled, and nothing is waited for long.
  static ObserveLines standard_error(bool beside_codex);
  static ObserveLines standard_output();

  void write(std::string_view line);  // without its LF
  std::uint64_t lost() const { return lost_; }
  // Why the first line was lost.
  const std::string& reason() const { return reason_; }
  // "FILE", "stderr", "stdout"
  const std::string& name() const { return name_; }
  int fd() const { return outlet_.get(); }

 private:
  using Milliseconds = std::chrono::milliseconds;
  ObserveLines(harness::Outlet outlet, std::string name, bool polite,
               std::optional<Milliseconds> patience);
  bool write_all(std::string_view bytes);
  bool wait_for_room(std::size_t bytes);

  harness::Outlet outlet_;
  std::string name_;
  bool polite_;
  std::optional<Milliseconds> patience_;  // for the reader, in all; none: for ever
  std::uint64_t lost_ = 0;
  std::string reason_;
  bool cut_ = false;  // a line was begun and not ended
};

}  // namespace codex::cli

#endif  // CLI_OBSERVE_LINES_H_
