#include "harness/agent_run/tape_player.h"

#include <algorithm>
#include <utility>

#include "harness/tape/pairing.h"

namespace codex::harness {

TapePlayer::TapePlayer(const Tape& tape) : tape_(tape), processes_(std::max<std::size_t>(tape.processes, 1)) {
  for (std::size_t i = 0; i < tape_.entries.size(); ++i) {
    const std::size_t number = tape_.entries[i].process;
    if (number >= 1 && number <= processes_.size()) processes_[number - 1].last_entry = i;
  }
}

std::variant<std::size_t, TapePlayer::OffScript> TapePlayer::start(
    const std::vector<std::string>& argv, const std::string& standard_input, Client client) {
  const std::optional<std::size_t> entry = pair_process(tape_, taken_, argv, standard_input);
  if (!entry) return OffScript{unpaired_line(tape_, taken_), unpaired_reason(tape_, taken_, argv)};
  taken_.push_back(*entry);
  const std::size_t number = *entry == kRawProcess ? 1 : tape_.entries[*entry].process;
  Process& process = processes_[number - 1];
  process.taken = true;
  process.client = std::move(client);
  process.client.enter();
  process.client.observer->started(argv, standard_input);
  process.client.leave();
  return number;
}

TapePlayer::End TapePlayer::play() {
  bool hang = false;
  while (next_ < tape_.entries.size() && !hang) {
    const Entry& entry = tape_.entries[next_];
    if (std::holds_alternative<ToCodex>(entry.what)) {
      if (std::find(taken_.begin(), taken_.end(), next_) == taken_.end()) {
        if (all_done()) return End::kAllDone;
        off_script_ = {entry.line, tape_.path + ":" + std::to_string(entry.line) +
                                       ": the tape goes on only after this process was started, "
                                       "and the client waits for another"};
        return End::kOffScript;
      }
      // A process without a line of its own ends at once.
      Process& process = processes_[entry.process - 1];
      if (process.last_entry == next_) end(process, 0, std::nullopt);
    } else {
      Process& process = processes_[entry.process - 1];
      hang = !feed(process, entry);
      if (!hang && process.last_entry == next_) end(process, 0, std::nullopt);
    }
    ++next_;
  }
  if (hang) return End::kHang;
  // A raw log may be empty: its one process ends without a line.
  if (tape_.raw && tape_.entries.empty() && processes_[0].taken) end(processes_[0], 0, std::nullopt);
  return all_done() ? End::kAllDone : End::kHang;
}

bool TapePlayer::feed(Process& process, const Entry& entry) {
  if (process.ended) return true;
  process.client.enter();
  bool goes_on = true;
  if (const auto* output = std::get_if<FromCodex>(&entry.what)) {
    process.client.observer->standard_output(output->bytes);
  } else {
    const auto& event = std::get<ProcessEvent>(entry.what);
    if (!event.stderr_text.empty()) process.client.observer->standard_error(event.stderr_text);
    if (event.sleep_ms) goes_on = silence(process, *event.sleep_ms);
    if (event.stall) {
      goes_on = silence(process, -1);
      process.ended = true;
    }
  }
  process.client.leave();
  const auto* event = std::get_if<ProcessEvent>(&entry.what);
  if (event != nullptr && (event->exit || event->signal)) end(process, event->exit, event->signal);
  return goes_on;
}

// `milliseconds` below zero: for ever.
bool TapePlayer::silence(Process& process, double milliseconds) {
  if (process.client.done()) return true;
  return process.client.silent(milliseconds) || milliseconds >= 0;
}

void TapePlayer::end(Process& process, std::optional<int> exit, std::optional<int> signal) {
  if (process.ended || !process.taken) return;
  process.ended = true;
  process.client.enter();
  if (signal) {
    process.client.observer->ended(std::nullopt, signal);
  } else {
    process.client.observer->ended(exit);
  }
  process.client.leave();
}

bool TapePlayer::all_done() const {
  return std::all_of(processes_.begin(), processes_.end(), [](const Process& process) {
    return !process.taken || process.client.done();
  });
}

std::optional<TapePlayer::OffScript> TapePlayer::missing() const {
  for (std::size_t i = 0; i < tape_.entries.size(); ++i) {
    if (!std::holds_alternative<ToCodex>(tape_.entries[i].what)) continue;
    if (std::find(taken_.begin(), taken_.end(), i) != taken_.end()) continue;
    const std::size_t line = tape_.entries[i].line;
    return OffScript{line, tape_.path + ":" + std::to_string(line) +
                               ": the client never started this process"};
  }
  return std::nullopt;
}

}  // namespace codex::harness
