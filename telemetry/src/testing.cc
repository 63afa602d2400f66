#include "codex/telemetry/testing.h"

#include <mutex>

#include "codex/telemetry/registry.h"

namespace codex::telemetry {

struct MemorySink::State {
  explicit State(std::size_t most) : capacity(most) {}
  const std::size_t capacity;
  std::mutex mutex;
  std::vector<Event> events;
  std::size_t dropped = 0;

  void keep(const Event& event) {
    const std::lock_guard lock(mutex);
    if (events.size() < capacity) {
      events.push_back(event);
    } else {
      ++dropped;
    }
  }

  template <typename Function>
  void each(Function function) {
    const std::lock_guard lock(mutex);
    for (const Event& event : events)
      function(event);
  }
};

MemorySink::MemorySink(Hub& hub, std::string_view prefix, std::size_t capacity)
    : state_(std::make_shared<State>(capacity)),
      hub_(hub),
      id_(hub.attach(prefix, [state = state_](const Event& event) { state->keep(event); })) {}

MemorySink::~MemorySink() {
  hub_.detach(id_);
}

std::vector<Event> MemorySink::events() const {
  std::vector<Event> copies;
  state_->each([&copies](const Event& event) { copies.push_back(event); });
  return copies;
}

std::vector<Event> MemorySink::of(std::string_view name) const {
  std::vector<Event> copies;
  state_->each([&copies, name](const Event& event) {
    if (event.name == name) copies.push_back(event);
  });
  return copies;
}

std::vector<std::string> MemorySink::names() const {
  std::vector<std::string> names;
  state_->each([&names](const Event& event) { names.emplace_back(event.name); });
  return names;
}

std::vector<std::string> MemorySink::problems() const {
  std::vector<std::string> problems;
  state_->each([&problems](const Event& event) {
    if (auto problem = validate(event)) problems.push_back(std::move(*problem));
  });
  return problems;
}

std::size_t MemorySink::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->events.size();
}

std::size_t MemorySink::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

void MemorySink::clear() {
  std::vector<Event> old;
  const std::lock_guard lock(state_->mutex);
  old.swap(state_->events);
  state_->dropped = 0;
}

}  // namespace codex::telemetry
