#include "harness/proxy/watcher.h"

#include <signal.h>

#include <utility>

namespace codex::harness {
namespace {

std::vector<std::string> arguments_of(const std::vector<std::string>& argv) {
  return argv.empty() ? argv : std::vector<std::string>(argv.begin() + 1, argv.end());
}

}  // namespace

Watcher::Watcher(telemetry::Hub& hub, WatcherOptions options) : options_(std::move(options)) {
  if (options_.transport == Transport::kExec) {
    telemetry::ExecObserver::Options settings;
    settings.correlation = options_.correlation;
    exec_.emplace(hub, std::move(settings));
  } else {
    telemetry::AppServerObserver::Options settings;
    settings.correlation = options_.correlation;
    app_server_.emplace(hub, std::move(settings));
  }
}

void Watcher::started() {
  started_ = true;
  if (app_server_) app_server_->started(arguments_of(options_.argv));
  if (exec_ && !options_.sees_input) start_exec();
}

// What codex is asked is known when its stdin has ended; it reads that before it says anything.
void Watcher::start_exec() {
  if (!exec_ || std::exchange(exec_started_, true)) return;
  const bool known = options_.sees_input && input_whole_;
  exec_->started(arguments_of(options_.argv), input_);
  if (options_.tape != nullptr) {
    options_.tape->exec_started(known ? std::optional(input_) : std::nullopt);
  }
}

void Watcher::bytes(Stream stream, std::string_view data) {
  if (stream == Stream::kOutput) {
    start_exec();
    from_codex_.feed(data, [this](std::string_view line) { codex_line(line); });
  } else if (stream == Stream::kError) {
    if (exec_) exec_->standard_error(data);
    if (app_server_) app_server_->standard_error(data);
    if (options_.tape != nullptr) options_.tape->standard_error(data);
  } else if (app_server_) {
    from_client_.feed(data, [this](std::string_view line) { client_line(line); });
  } else if (input_.size() + data.size() <= kMaxInput) {
    input_ += data;
  } else {
    input_whole_ = false;
  }
}

void Watcher::gap(Stream stream, std::uint64_t count) {
  missing_ += count;
  if (stream == Stream::kOutput) from_codex_.gap();
  if (stream == Stream::kInput) {
    from_client_.gap();
    input_whole_ = false;
  }
  if (options_.tape != nullptr) options_.tape->incomplete();
}

void Watcher::closed(Stream stream) {
  if (stream != Stream::kInput) return;
  input_closed_ = true;
  start_exec();
}

void Watcher::client_line(std::string_view line) {
  app_server_->client_output(line);
  if (options_.tape != nullptr) options_.tape->to_codex(line);
}

void Watcher::codex_line(std::string_view line) {
  if (exec_) exec_->standard_output(line);
  if (app_server_) app_server_->standard_output(line);
  if (options_.tape != nullptr) options_.tape->from_codex(line);
}

void Watcher::end_streams() {
  start_exec();
  if (app_server_) from_client_.end([this](std::string_view line) { client_line(line); });
  from_codex_.end([this](std::string_view line) { codex_line(line); });
}

void Watcher::ended(const ChildEnd& end, bool asked) {
  end_streams();
  failed_ = end.signal || end.exit.value_or(0) != 0;
  if (exec_) exec_->ended(end.exit, end.signal);
  if (app_server_) app_server_->ended(end.exit, end.signal);
  if (options_.tape != nullptr) options_.tape->ended(end, asked || input_closed_);
}

void Watcher::cut_off() { ended(ChildEnd{std::nullopt, SIGKILL}, true); }

}  // namespace codex::harness
