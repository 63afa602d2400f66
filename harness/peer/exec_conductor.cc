#include "harness/peer/exec_conductor.h"

#include <algorithm>
#include <utility>

#include "harness/tape/pairing.h"

namespace codex::harness {

ExecConductor::ExecConductor(const Tape& tape)
    : tape_(tape), plan_(make_plan(tape)), processes_(plan_.processes.size()) {}

// Which of several processes this is, is told by its stdin alone; and a tape that says what stands
// there means that codex has read it. A raw log says nothing of it, but codex reads it as well.
bool ExecConductor::needs_input(const std::vector<std::string>& argv) const {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    const PlannedProcess& expected = plan_.processes[i];
    if (processes_[i].peer) continue;
    if (!expected.argv || (expected.input && same_argv(argv, *expected.argv))) return true;
  }
  return false;
}

void ExecConductor::started(PeerId id, std::vector<std::string> argv) {
  if (off_script_) return;
  if (!pair_process(tape_, taken_, argv, {})) return refuse(argv);
  Peer& peer = peers_[id];
  peer.argv = std::move(argv);
  if (!needs_input(peer.argv)) pair(id, peer);
}

void ExecConductor::input_ended(PeerId id, std::string input) {
  const auto found = peers_.find(id);
  if (off_script_ || found == peers_.end()) return;
  Peer& peer = found->second;
  peer.input = std::move(input);
  if (!peer.process) pair(id, peer);
}

void ExecConductor::pair(PeerId id, Peer& peer) {
  const std::optional<std::size_t> entry =
      pair_process(tape_, taken_, peer.argv, peer.input ? *peer.input : std::string());
  if (!entry) return refuse(peer.argv);
  taken_.push_back(*entry);
  peer.process = *entry == kRawProcess ? 0 : tape_.entries[*entry].process - 1;
  processes_[*peer.process].peer = id;
  advance();
}

void ExecConductor::acknowledged(PeerId id) {
  if (busy_ != id) return;
  busy_.reset();
  advance();
}

void ExecConductor::gone(PeerId id) {
  const auto found = peers_.find(id);
  if (found == peers_.end()) return;
  if (!found->second.process) {
    peers_.erase(found);  // it was never known which process this is, so none has been started
    return;
  }
  processes_[*found->second.process].gone = true;
  if (busy_ == id) busy_.reset();
  advance();
}

void ExecConductor::advance() {
  while (!off_script_ && !busy_ && next_ < plan_.steps.size()) {
    const Step& step = plan_.steps[next_];
    Process& process = processes_[step.process];
    if (!process.peer) return;
    ++next_;
    if (!step.order || process.gone) continue;
    if (step.order->kind == Order::Kind::kStay) process.stalled = true;
    busy_ = process.peer;
    commands_.push_back({*process.peer, *step.order});
  }
}

void ExecConductor::finish() {
  const auto missing = std::find_if(processes_.begin(), processes_.end(),
                                    [](const Process& process) { return !process.peer; });
  // A raw log has no `>` that could be missed.
  if (off_script_ || tape_.raw || missing == processes_.end()) return;
  const auto half_started = std::find_if(peers_.begin(), peers_.end(),
                                         [](const auto& peer) { return !peer.second.process; });
  const auto index = static_cast<std::size_t>(missing - processes_.begin());
  const std::size_t line = plan_.processes[index].line;
  leave_script(line, tape_.path + ":" + std::to_string(line) + ": " +
                         (half_started == peers_.end()
                              ? "the client never started this process"
                              : "the client started this process but never ended its stdin"));
}

void ExecConductor::refuse(const std::vector<std::string>& argv) {
  leave_script(unpaired_line(tape_, taken_), unpaired_reason(tape_, taken_, argv));
}

void ExecConductor::leave_script(std::size_t line, std::string reason) {
  off_script_ = OffScript{line, std::move(reason)};
  commands_.clear();
}

std::vector<Conductor::Command> ExecConductor::take_commands() {
  return std::exchange(commands_, {});
}

Conductor::State ExecConductor::state() const {
  if (off_script_) return State::kOffScript;
  if (busy_) return State::kPlaying;
  if (next_ < plan_.steps.size()) return State::kWaiting;
  const bool stalled =
      std::any_of(processes_.begin(), processes_.end(),
                  [](const Process& process) { return process.stalled && !process.gone; });
  return stalled ? State::kStalled : State::kEnd;
}

std::vector<Observation> ExecConductor::observations() const {
  std::vector<Observation> observations;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (!processes_[i].peer) continue;
    const Peer& peer = peers_.at(*processes_[i].peer);
    json::Array argv;
    for (const std::string& argument : peer.argv)
      argv.push_back(bytes_to_json(argument));
    json::Object data;
    data.append("argv", std::move(argv));
    if (peer.input) data.append("stdin", bytes_to_json(*peer.input));
    observations.push_back({"wire/call:" + std::to_string(i + 1), "exec", std::move(data)});
  }
  return observations;
}

}  // namespace codex::harness
