// One fork server that hosts a Python client: the process, and the conversation with it. What is
// said on its socket: pybridge/fork_server.h.
#ifndef HARNESS_SUBJECT_HOST_WORKER_H_
#define HARNESS_SUBJECT_HOST_WORKER_H_

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "harness/subject/process.h"
#include "harness/subject/subject.h"

namespace codex::harness {

// What the worker says of one session's process.
struct HostedChild {
  pid_t pid = 0;                    // also its process group; 0: not started yet
  std::optional<ProcessExit> exit;  // while it is not known, the number is nobody else's
  std::string error;                // why nothing was started
  bool worker_gone = false;         // nothing more will be said
};

// Thread-safe. A thread of its own starts the process and reads what it says: the process is killed
// by the system when the thread that started it ends, so no thread of a caller may be that one.
class HostWorker {
 public:
  enum class State { kStarting, kReady, kUnavailable, kGone };
  struct Status {
    State state = State::kStarting;
    SubjectInfo info;
    std::string reason;      // of kUnavailable and kGone
    bool was_ready = false;  // of kGone: else it never got as far
  };

  HostWorker(std::vector<std::string> argv, std::vector<std::string> environment);
  HostWorker(const HostWorker&) = delete;
  HostWorker& operator=(const HostWorker&) = delete;
  ~HostWorker();

  // Waits while it is starting, but not longer than until `deadline`.
  Status wait_started(std::chrono::steady_clock::time_point deadline);
  // Kills it with everything in its group (sessions have groups of their own); it is gone at once.
  void stop();

  // A session that was asked for: readable when something new is known of it.
  class Session {
   public:
    ~Session();
    int wake_fd() const { return wake_.get(); }
    HostedChild child();  // and wake_fd is no longer readable

   private:
    friend class HostWorker;
    Session(HostWorker& worker, std::string id);
    HostWorker& worker_;
    std::string id_;
    HostedChild child_;  // under the worker's mutex
    Fd wake_;
  };
  // Asks for a session; the worker's child writes to (a copy of) `socket`. `request` is what
  // stands under "run", less the session's name.
  std::unique_ptr<Session> start(json::Object request, int socket);

 private:
  void live(const std::vector<std::string>& argv, const std::vector<std::string>& environment);
  void listen(Process& process);
  void hear(const std::string& line);
  void hear_of_session(const json::Value& line);
  void read_stderr(int fd);
  void end(State state, const std::string& reason);

  std::mutex mutex_;
  std::condition_variable changed_;
  Status status_;
  std::map<std::string, Session*> sessions_;
  std::map<pid_t, std::string> ids_;
  std::size_t last_id_ = 0;

  std::mutex writing_;
  Fd socket_;                // ours; written to under writing_
  Fd stop_;                  // readable: leave
  std::string stderr_tail_;  // of the thread
  std::thread thread_;
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_HOST_WORKER_H_
