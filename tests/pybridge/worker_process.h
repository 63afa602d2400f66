// A real codex-telemetry-py-worker at the other end of a socket.
#ifndef TESTS_PYBRIDGE_WORKER_PROCESS_H_
#define TESTS_PYBRIDGE_WORKER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"

namespace codex::pybridge::testing {

// Where scripts/setup makes the environment; tests that need it fail without it.
std::string environment_folder();
// tests/pybridge/NAME
std::string test_file(const std::string& name);

// Lines of one socket; nothing that is waited for takes for ever.
class Lines {
 public:
  explicit Lines(harness::Fd socket);
  int socket() const { return socket_.get(); }
  // The next line; null when the other side has closed or nothing came for a while.
  json::Value next();
  // All lines up to the end; a last null tells that the end did not come.
  std::vector<json::Value> rest();
  void close() { socket_.reset(); }

 private:
  bool wait_for_line(std::string& line);
  harness::Fd socket_;
  std::unique_ptr<harness::LineReader> reader_;
  bool ended_ = false;
};

class WorkerProcess {
 public:
  struct Options {
    std::string subject = "probe";
    std::string venv = environment_folder();
    bool test_adapters = true;             // else those of the product
    std::vector<std::string> environment;  // NAME=VALUE, beside PATH
    std::string log;                       // file that gets its stderr; empty: the test's own
  };
  explicit WorkerProcess(const Options& options);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Starts a session and returns its socket. With a tape it is a conducted one.
  Lines run(const json::Value& session, const json::Value& driver,
            const std::string& peer = "/none",
            const json::Value& peer_env = json::Value(json::Object{}),
            const json::Value& tape = json::Value());
  // A line without a descriptor.
  void say(const json::Value& line);
  json::Value next() { return control_.next(); }
  void close() { control_.close(); }
  // Exit status, 128 + signal where one ended it; -1 where it does not end within the time.
  int wait();
  pid_t pid() const { return pid_; }

 private:
  Lines control_;
  pid_t pid_ = -1;
};

// Processes that name `parent` as theirs, zombies included.
std::vector<pid_t> children_of(pid_t parent);
// Waits a while for a process that is not a child of the worker to end.
bool goes_away(pid_t pid);

}  // namespace codex::pybridge::testing

#endif  // TESTS_PYBRIDGE_WORKER_PROCESS_H_
