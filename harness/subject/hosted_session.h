// One session of a hosted client: plays the tape, records what the client shows, and watches.
#ifndef HARNESS_SUBJECT_HOSTED_SESSION_H_
#define HARNESS_SUBJECT_HOSTED_SESSION_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "harness/subject/host_worker.h"
#include "harness/subject/peer_server.h"
#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::harness {

struct SessionLimits {
  // A hang: nothing has come from the client or its peers for so long. And where something comes
  // for ever: three times as long after the last line of the tape.
  std::chrono::nanoseconds timeout{std::chrono::seconds(10)};
  // More than this in observations is a hang too: whoever sends it does not come back either.
  std::size_t most_bytes = std::size_t{256} << 20;
  const std::atomic<bool>* stop = nullptr;  // SubjectOptions::stop
};

class HostedSession {
 public:
  HostedSession(const Tape& tape, HostWorker& worker, const SessionLimits& limits)
      : tape_(tape), worker_(worker), limits_(limits), peers_(tape) {}

  // Fills in everything but info and seconds. Nothing that the session started is left.
  void run(const std::string& peer_path, SubjectRun& run);
  // The worker was lost before it had started anything: another one may be tried.
  bool not_started() const { return not_started_; }

 private:
  using Clock = PeerServer::Clock;

  bool open(const std::string& peer_path);
  Clock::time_point deadline() const;
  bool wait_once();
  bool look_at_child();
  bool has_more() const;
  bool read_child();
  bool hear_what_is_there();
  bool hear(const std::string& line);
  void say_words();
  bool look_at_clock();
  bool end_by_itself();
  bool end(Outcome outcome, std::string reason);
  bool end_off_script();
  bool end_not_started();
  bool end_crashed();
  void wait_for_exit(std::chrono::milliseconds time);
  void clean_up();

  const Tape& tape_;
  HostWorker& worker_;
  const SessionLimits limits_;
  PeerServer peers_;
  SubjectRun* run_ = nullptr;
  std::unique_ptr<HostWorker::Session> session_;
  HostedChild child_;
  Fd socket_;  // its other end is the child's, for observations and for what the conductor says
  LineReader lines_{-1};
  std::size_t bytes_ = 0;
  bool came_back_ = false;
  bool not_started_ = false;
  Clock::time_point progress_;
  std::optional<Clock::time_point> played_;  // when the tape was at its end
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_HOSTED_SESSION_H_
