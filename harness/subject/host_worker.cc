#include "harness/subject/host_worker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

namespace codex::harness {
namespace {

constexpr std::size_t kStderrTail = 2000;
// A worker that does not read a request for this long is stuck. All its sessions end then, so it is
// not to be one on a machine that has too much to do.
constexpr int kWriteTimeoutMs = 10000;
// From the end of its socket to the end of its process.
constexpr int kLeaveTimeoutMs = 1000;
// What was written to stderr right before the end is there by then.
constexpr int kLastWordsMs = 20;

Fd make_event() {
  return Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

void raise_event(const Fd& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(event.get(), &one, sizeof one);
}

void lower_event(const Fd& event) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t ignored = ::read(event.get(), &count, sizeof count);
}

std::string member_text(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value == nullptr ? std::string() : std::string(value->text());
}

int member_int(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value == nullptr ? 0 : static_cast<int>(value->as_int64().value_or(0));
}

// The last lines, on one.
std::string one_line(std::string_view text) {
  std::string line(json::strip(text));
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

}  // namespace

HostWorker::HostWorker(std::vector<std::string> argv, std::vector<std::string> environment)
    : stop_(make_event()) {
  thread_ = std::thread([this, argv = std::move(argv), environment = std::move(environment)] {
    live(argv, environment);
  });
}

HostWorker::~HostWorker() {
  stop();
  thread_.join();
}

void HostWorker::stop() {
  {
    // At once, so that nobody begins another session with it.
    const std::lock_guard lock(mutex_);
    if (status_.state == State::kReady || status_.state == State::kStarting) {
      status_.state = State::kGone;
      status_.reason = "it was stopped";
      changed_.notify_all();
    }
  }
  raise_event(stop_);
}

HostWorker::Status HostWorker::wait_started(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [this] { return status_.state != State::kStarting; });
  return status_;
}

void HostWorker::live(const std::vector<std::string>& argv,
                      const std::vector<std::string>& environment) {
  auto [ours, theirs] = socket_pair();
  if (!ours || !stop_) return end(State::kGone, "no socket could be made for it");
  Result<Process> process = Process::spawn(
      {.argv = argv, .environment = environment, .socket = theirs.get(), .capture_stderr = true});
  theirs.reset();
  if (!process) return end(State::kUnavailable, process.error().text());
  {
    const std::lock_guard lock(writing_);
    socket_ = std::move(ours);
  }
  listen(process.value());
  std::optional<ProcessExit> left = process->wait(kLeaveTimeoutMs);
  if (!left) left = process->kill_group();
  std::string reason = std::filesystem::path(argv.front()).filename().string() + " " + left->text();
  if (const std::string words = one_line(stderr_tail_); !words.empty()) reason += ": " + words;
  end(State::kGone, reason);
}

// Until the worker closes its socket, or is to be stopped.
void HostWorker::listen(Process& process) {
  LineReader lines(socket_.get());
  std::array<pollfd, 3> waiting{
      {{socket_.get(), POLLIN, 0}, {process.stderr_fd(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
  bool open = true;
  while (open) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[2].revents != 0) {
      process.kill_group();
      return;
    }
    if (waiting[1].revents != 0) {
      read_stderr(process.stderr_fd());
      if ((waiting[1].revents & POLLIN) == 0) waiting[1].fd = -1;
    }
    if (waiting[0].revents == 0) continue;
    open = lines.fill();
    while (const std::optional<std::string> line = lines.next())
      hear(*line);
  }
  // Sessions hold copies of stderr, so its end is not waited for.
  pollfd last{process.stderr_fd(), POLLIN, 0};
  while (::poll(&last, 1, kLastWordsMs) > 0 && (last.revents & POLLIN) != 0) {
    read_stderr(process.stderr_fd());
  }
}

void HostWorker::read_stderr(int fd) {
  std::array<char, 4096> chunk;
  const ssize_t got = ::read(fd, chunk.data(), chunk.size());
  if (got <= 0) return;
  stderr_tail_.append(chunk.data(), static_cast<std::size_t>(got));
  if (stderr_tail_.size() > kStderrTail) {
    stderr_tail_.erase(0, stderr_tail_.size() - kStderrTail);
  }
}

void HostWorker::hear(const std::string& line) {
  const json::ParseResult parsed = json::parse(line);
  if (!parsed) return;
  const json::Value& said = parsed.value();
  const std::lock_guard lock(mutex_);
  const bool is_starting = status_.state == State::kStarting;  // else it was stopped meanwhile
  const json::Value* ready = said.get("ready");
  if (ready != nullptr && is_starting) {
    status_.info = {.name = member_text(*ready, "name"),
                    .package = member_text(*ready, "package"),
                    .version = member_text(*ready, "version")};
    status_.state = State::kReady;
    status_.was_ready = true;
    changed_.notify_all();
  } else if (said.get("unavailable") != nullptr && is_starting) {
    status_.reason = member_text(said, "unavailable");
    status_.state = State::kUnavailable;
    changed_.notify_all();
  } else {
    hear_of_session(said);
  }
}

// {"started":PID,"session":…}, {"exited":PID,…} or {"error":…,"session":…}; under the mutex.
void HostWorker::hear_of_session(const json::Value& said) {
  const pid_t started = member_int(said, "started");
  const pid_t exited = member_int(said, "exited");
  std::string id = member_text(said, "session");
  if (started != 0) ids_[started] = id;
  if (exited != 0) {
    const auto known = ids_.extract(exited);
    if (known) id = known.mapped();
  }
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Session& session = *found->second;
  if (started != 0) session.child_.pid = started;
  if (exited != 0) {
    session.child_.exit =
        ProcessExit{.status = member_int(said, "status"), .signal = member_int(said, "signal")};
  }
  if (said.get("error") != nullptr) session.child_.error = member_text(said, "error");
  raise_event(session.wake_);
}

void HostWorker::end(State state, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  // What it said itself before it left, or what it was stopped for, says more.
  if (status_.state == State::kReady || status_.state == State::kStarting) {
    status_.state = state;
    status_.reason = reason;
  }
  for (const auto& [id, session] : sessions_) {
    session->child_.worker_gone = true;
    raise_event(session->wake_);
  }
  changed_.notify_all();
}

HostWorker::Session::Session(HostWorker& worker, std::string id)
    : worker_(worker), id_(std::move(id)), wake_(make_event()) {}

HostWorker::Session::~Session() {
  const std::lock_guard lock(worker_.mutex_);
  worker_.sessions_.erase(id_);
}

HostedChild HostWorker::Session::child() {
  const std::lock_guard lock(worker_.mutex_);
  lower_event(wake_);
  return child_;
}

std::unique_ptr<HostWorker::Session> HostWorker::start(json::Object request, int socket) {
  std::unique_ptr<Session> session;
  {
    const std::lock_guard lock(mutex_);
    const std::string id = "session-" + std::to_string(++last_id_);
    session.reset(new Session(*this, id));
    sessions_.emplace(id, session.get());
    if (status_.state != State::kReady) {
      session->child_.worker_gone = true;
      raise_event(session->wake_);
      return session;
    }
    request.set("session", id);
  }
  json::Object line;
  line.append("run", std::move(request));
  const std::lock_guard lock(writing_);
  if (!write_line_with_fd(socket_.get(), json::Value(std::move(line)), socket, kWriteTimeoutMs)) {
    // Half a request may have been written: nothing else can be said to this worker.
    stop();
  }
  return session;
}

}  // namespace codex::harness
