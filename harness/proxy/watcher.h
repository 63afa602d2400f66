// From the bytes of a session to its events and its tape.
#ifndef HARNESS_PROXY_WATCHER_H_
#define HARNESS_PROXY_WATCHER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/event.h"
#include "codex/telemetry/exec_observer.h"
#include "harness/proxy/feed.h"
#include "harness/proxy/line_cutter.h"
#include "harness/proxy/tape_writer.h"
#include "harness/tape/tape.h"

namespace codex::harness {

struct WatcherOptions {
  Transport transport = Transport::kExec;
  std::vector<std::string> argv;  // with the program
  telemetry::Correlation correlation;
  bool sees_input = true;      // stdin is forwarded
  TapeWriter* tape = nullptr;  // must live longer
};

// Feeds the library's observer, whole lines at a time: where bytes are missing, so is the line.
class Watcher : public SessionListener {
 public:
  Watcher(telemetry::Hub& hub, WatcherOptions options);

  void started() override;
  void bytes(Stream stream, std::string_view bytes) override;
  void gap(Stream stream, std::uint64_t bytes) override;
  void closed(Stream stream) override;
  void ended(const ChildEnd& end, bool asked) override;
  // The proxy was killed, and codex with it.
  void cut_off();
  bool has_started() const { return started_; }

  // Bytes that were not observed.
  std::uint64_t missing() const { return missing_; }
  // Codex did not end with status 0.
  bool failed() const { return failed_; }
  bool turn_failed() const { return exec_ && exec_->turn_failed(); }

 private:
  static constexpr std::size_t kMaxInput = 16U << 20U;

  void start_exec();
  void client_line(std::string_view line);
  void codex_line(std::string_view line);
  void end_streams();

  WatcherOptions options_;
  std::optional<telemetry::ExecObserver> exec_;
  std::optional<telemetry::AppServerObserver> app_server_;
  LineCutter from_client_;
  LineCutter from_codex_;
  std::string input_;  // of exec
  bool input_whole_ = true;
  bool input_closed_ = false;
  bool started_ = false;
  bool exec_started_ = false;
  std::uint64_t missing_ = 0;
  bool failed_ = false;
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_WATCHER_H_
