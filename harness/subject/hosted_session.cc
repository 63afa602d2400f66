#include "harness/subject/hosted_session.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "harness/model/perturbation.h"
#include "harness/peer/protocol.h"
#include "harness/subject/outcome.h"
#include "harness/subject/timeout.h"

namespace codex::harness {
namespace {

using std::chrono::milliseconds;

constexpr int kPatience = 3;  // timeouts from the end of the tape, whatever still comes
// From the end of a session's socket to word of how its process ended.
constexpr milliseconds kGrace{1500};
// From its last line to the end of its process.
constexpr milliseconds kLeave{300};
// A child that does not take a word for so long is stuck.
constexpr int kSayTimeoutMs = 2000;

}  // namespace

// The functions that return bool say whether the session goes on.

void HostedSession::run(const std::string& peer_path, SubjectRun& run) {
  run_ = &run;
  bool going = open(peer_path);
  while (going)
    going = wait_once();
  clean_up();
  // Before the outcome, which is the last word.
  std::vector<Observation> wire = peers_.conductor().observations();
  auto last = std::find_if(run.observations.begin(), run.observations.end(),
                           [](const Observation& shown) { return shown.lane == kOutcomeLane; });
  run.observations.insert(last, std::make_move_iterator(wire.begin()),
                          std::make_move_iterator(wire.end()));
}

bool HostedSession::open(const std::string& peer_path) {
  if (const auto error = peers_.open()) return end(Outcome::kUnavailable, error->text());
  auto [ours, theirs] = socket_pair();
  if (!ours || !set_nonblocking(ours.get())) {
    return end(Outcome::kUnavailable, "no socket could be made for the session");
  }
  socket_ = std::move(ours);
  lines_ = LineReader(socket_.get());
  json::Object environment;
  environment.append(kPeerSocketVariable, peers_.socket_path());
  if (const auto number = perturbation()) {
    environment.append(kPerturbVariable, std::to_string(*number));
  }
  json::Object request;
  request.append("driver", tape_.driver);
  request.append("peer", peer_path);
  request.append("peer_env", std::move(environment));
  json::Value script = peers_.conductor().script();
  if (!script.is_null()) request.append("tape", std::move(script));
  progress_ = Clock::now();
  session_ = worker_.start(std::move(request), theirs.get());
  return true;
}

HostedSession::Clock::time_point HostedSession::deadline() const {
  const Clock::time_point quiet = std::max(progress_, peers_.silent_until()) + limits_.timeout;
  return played_ ? std::min(quiet, *played_ + kPatience * limits_.timeout) : quiet;
}

bool HostedSession::wait_once() {
  peers_.hand_out_commands();
  say_words();
  std::vector<pollfd> waiting = {{session_->wake_fd(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
  peers_.add_to(waiting);
  ::poll(waiting.data(), waiting.size(), poll_time(deadline() - Clock::now(), limits_.stop));
  if (is_stopped(limits_.stop)) return end(Outcome::kCrash, "it was interrupted");

  if (peers_.serve()) progress_ = Clock::now();
  const Conductor::State state = peers_.conductor().state();
  if (state == Conductor::State::kOffScript) return hear_what_is_there() && end_off_script();
  if (!played_ && (state == Conductor::State::kEnd || state == Conductor::State::kStalled)) {
    played_ = Clock::now();
  }
  if (waiting[1].revents != 0 && !read_child()) return false;
  if (waiting[0].revents != 0 && !look_at_child()) return false;
  return Clock::now() < deadline() || look_at_clock();
}

bool HostedSession::look_at_child() {
  child_ = session_->child();
  if (!child_.error.empty()) return end(Outcome::kUnavailable, child_.error);
  // Without its worker a session that runs can still end; one that was not started can't.
  if (child_.worker_gone && child_.pid == 0) return end_not_started();
  if (!child_.exit) return true;
  // Everything that it wrote is there by now.
  while (has_more()) {
    if (!read_child()) return false;
  }
  return end_crashed();
}

bool HostedSession::has_more() const {
  pollfd waiting{socket_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

bool HostedSession::read_child() {
  const bool open = lines_.fill();
  while (const std::optional<std::string> line = lines_.next()) {
    if (!hear(*line)) return false;
  }
  return open || end_crashed();
}

// What the child said before it did what is on no tape.
bool HostedSession::hear_what_is_there() {
  while (has_more() && lines_.fill()) {
    while (const std::optional<std::string> line = lines_.next()) {
      if (!hear(*line)) return false;
    }
  }
  return true;
}

bool HostedSession::hear(const std::string& line) {
  progress_ = Clock::now();
  bytes_ += line.size();
  if (bytes_ > limits_.most_bytes) {
    return end(Outcome::kHang, "it has sent more than " + std::to_string(limits_.most_bytes) +
                                   " bytes of observations and goes on");
  }
  json::ParseResult parsed = json::parse(line);
  if (!parsed) return end(Outcome::kCrash, "the client's process sent a line that is no JSON");
  const json::Value& said = parsed.value();
  if (said.get("end") != nullptr) return end_by_itself();
  if (const json::Value* bug = said.get("bug")) {
    return end(Outcome::kCrash, "the adapter failed: " + std::string(json::strip(bug->text())));
  }
  if (said.get("lane") == nullptr) {
    // What its peer said before comes first.
    peers_.drain();
    if (peers_.conductor().heard(said)) return true;
  }
  Observation observation;
  std::string why;
  if (!from_json(said, observation, why)) {
    return end(Outcome::kCrash, "the client's process sent what is no observation: " + why);
  }
  run_->observations.push_back(std::move(observation));
  return true;
}

// What the conductor has to say to the child. One that does not listen any more is found out by
// the end of its socket, or by the clock.
void HostedSession::say_words() {
  for (const json::Value& word : peers_.conductor().take_words()) {
    if (!write_line(socket_.get(), word, kSayTimeoutMs)) return;
  }
}

bool HostedSession::look_at_clock() {
  const std::string time = seconds_text(limits_.timeout);
  if (child_.pid == 0) {
    return end(Outcome::kHang, "the worker has not started the session within " + time);
  }
  // Silence while the tape waits for the client is the client's: it has left the script.
  if (peers_.conductor().state() == Conductor::State::kWaiting) {
    peers_.conductor().finish();
    if (peers_.conductor().off_script()) return end_off_script();
  }
  switch (peers_.conductor().state()) {
    case Conductor::State::kStalled:
      return end(Outcome::kHang,
                 "the tape stalls, and the client has not come back within " + time);
    case Conductor::State::kEnd:
      return end(Outcome::kHang,
                 "the tape was played to its end, and the client has not come back within " + time);
    case Conductor::State::kWaiting:  // where nothing that is missing is off script
      return end(Outcome::kHang, tape_.raw ? "the client has not started codex within " + time
                                           : "the connection is over, and the client has not "
                                             "come back within " + time);
    case Conductor::State::kHolding:
      return end(Outcome::kHang, "a call was answered, and has not come back within " + time);
    default:
      return end(Outcome::kHang, "the client has not read what codex wrote for " + time);
  }
}

// The client came back; was it on script?
bool HostedSession::end_by_itself() {
  came_back_ = true;
  peers_.drain();
  peers_.conductor().finish();
  if (peers_.conductor().off_script()) return end_off_script();
  const std::optional<Outcome> told = told_outcome(*run_);
  if (!told) return end(Outcome::kCrash, "the client's process ended without an outcome");
  run_->outcome = *told;
  return false;
}

bool HostedSession::end_off_script() {
  const Conductor::OffScript& left = *peers_.conductor().off_script();
  json::Object data;
  data.append("line", static_cast<std::int64_t>(left.line));
  conclude(*run_, Outcome::kOffScript, left.reason, std::move(data));
  return false;
}

bool HostedSession::end_not_started() {
  not_started_ = true;
  return end(Outcome::kUnavailable, worker_.wait_started(Clock::now()).reason);
}

bool HostedSession::end_crashed() {
  wait_for_exit(kGrace);
  // A worker that refuses a session closes its socket before the word of it is here.
  if (!child_.error.empty()) return end(Outcome::kUnavailable, child_.error);
  if (child_.worker_gone && child_.pid == 0) return end_not_started();
  std::string reason = "the client's process has closed its socket";
  if (child_.exit) {
    reason = "the client's process " + child_.exit->text();
  } else if (child_.worker_gone) {
    reason = "its worker is gone: " + worker_.wait_started(Clock::now()).reason;
  }
  return end(Outcome::kCrash, std::move(reason));
}

void HostedSession::wait_for_exit(milliseconds time) {
  const Clock::time_point until = Clock::now() + time;
  const auto is_over = [this] {
    child_ = session_->child();
    return child_.exit || child_.worker_gone || !child_.error.empty();
  };
  while (!is_over() && Clock::now() < until) {
    pollfd waiting{session_->wake_fd(), POLLIN, 0};
    ::poll(&waiting, 1, poll_time(until - Clock::now()));
  }
}

bool HostedSession::end(Outcome outcome, std::string reason) {
  conclude(*run_, outcome, std::move(reason));
  return false;
}

void HostedSession::clean_up() {
  if (session_ == nullptr) return;
  // It leaves by itself right after its last line.
  wait_for_exit(came_back_ ? kLeave : milliseconds(0));
  if (!child_.exit && child_.pid > 1) ::kill(-child_.pid, SIGKILL);
  peers_.kill_peers();
  // All other sessions of a worker that is stuck end with it, so it is not to be one on a machine that
  // has too much to do: it has the session's time-out besides.
  wait_for_exit(kGrace + std::chrono::ceil<milliseconds>(limits_.timeout));
  // It has neither refused the session nor said how it ended: it is stuck.
  if (!child_.exit && child_.error.empty()) worker_.stop();
  session_.reset();
}

}  // namespace codex::harness
