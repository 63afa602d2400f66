#include "turn_router.h"

#include <algorithm>
#include <utility>

namespace codex::telemetry {

bool TurnRouter::Turn::has_default() const {
  return std::any_of(subscriptions.begin(), subscriptions.end(),
                     [](const auto& subscription) { return subscription->is_default; });
}

TurnRouter::Turn& TurnRouter::state(const std::string& turn,
                                    const std::optional<std::string>& thread) {
  const auto [found, made] = turns_.try_emplace(turn);
  if (made || (thread && !thread->empty())) found->second.thread = thread;
  return found->second;
}

TurnRouter::Cursors TurnRouter::begin_request(const std::string& thread) {
  Cursors cursors;
  for (const auto& [id, turn] : turns_) cursors.emplace(id, turn.next_event());
  ++pending_[thread];
  return cursors;
}

std::optional<ClientError> TurnRouter::end_request(const std::string& thread) {
  if (const auto found = pending_.find(thread); found != pending_.end() && --found->second == 0) {
    pending_.erase(found);
  }
  for (auto turn = turns_.begin(); turn != turns_.end();) {
    const auto next = std::next(turn);
    if (!turn->second.thread || *turn->second.thread == thread) {
      if (auto error = prune(turn)) return error;
    }
    turn = next;
  }
  return std::nullopt;
}

bool TurnRouter::attach_started(const std::string& turn, const std::string& thread,
                                const Cursors& cursors, Consumer consumer) {
  Turn& found = state(turn, thread);
  if (found.has_default()) return false;
  const auto cursor = cursors.find(turn);
  const std::size_t from = cursor == cursors.end() ? 0 : cursor->second;
  found.subscriptions.push_back(std::make_unique<Subscription>(
      Subscription{from, true, std::move(consumer)}));
  return true;
}

bool TurnRouter::attach_default(const std::string& turn, Consumer consumer) {
  Turn& found = state(turn, std::nullopt);
  if (found.has_default()) return false;
  found.subscriptions.push_back(std::make_unique<Subscription>(
      Subscription{found.next_event(), true, std::move(consumer)}));
  return true;
}

void TurnRouter::attach(const std::string& turn, Consumer consumer) {
  Turn& found = state(turn, std::nullopt);
  found.subscriptions.push_back(std::make_unique<Subscription>(
      Subscription{found.next_event(), false, std::move(consumer)}));
}

std::optional<ClientError> TurnRouter::route(
    std::shared_ptr<const ClientNotification> notification) {
  Turn& turn = state(*notification->turn, notification->thread);
  turn.completed = turn.completed || notification->method == "turn/completed";
  const auto found = turns_.find(*notification->turn);
  turn.events.emplace_back(std::move(notification));
  return prune(found);
}

bool TurnRouter::fail_all(const ClientError& error) {
  for (auto turn = turns_.begin(); turn != turns_.end();) {
    const auto next = std::next(turn);
    turn->second.events.emplace_back(error);
    turn->second.completed = true;
    if (prune(turn)) return false;
    turn = next;
  }
  return true;
}

std::optional<ClientError> TurnRouter::prune(std::map<std::string, Turn>::iterator found) {
  Turn& turn = found->second;
  if (turn.thread ? pending_.contains(*turn.thread) : !pending_.empty()) return std::nullopt;
  std::size_t consumed = turn.subscriptions.empty() ? turn.next_event() : std::string::npos;
  for (const auto& subscription : turn.subscriptions) {
    consumed = std::min(consumed, subscription->cursor);
  }
  std::optional<ClientError> error;
  if (consumed > turn.next_event()) {
    error = ClientError{"KeyError", std::to_string(turn.next_event())};
    for (const auto& subscription : turn.subscriptions) {
      if (subscription->cursor > turn.next_event()) subscription->consumer = nullptr;
    }
    consumed = turn.next_event();
  }
  while (turn.first_event < consumed) {
    turn.events.pop_front();
    ++turn.first_event;
  }
  if (turn.subscriptions.empty()) turns_.erase(found);
  return error;
}

// Whether the subscription goes on.
bool TurnRouter::read(Turn& turn, Subscription& subscription) {
  if (!subscription.consumer) return true;
  while (subscription.cursor < turn.next_event()) {
    subscription.cursor = std::max(subscription.cursor, turn.first_event);
    const Item item = turn.events[subscription.cursor++ - turn.first_event];
    if (subscription.consumer(item)) return false;
  }
  if (!turn.completed) return true;
  subscription.consumer(
      ClientError{"openai_codex.errors.TransportClosedError", "Turn is no longer streaming"});
  return false;
}

void TurnRouter::run() {
  for (auto found = turns_.begin(); found != turns_.end();) {
    const auto next = std::next(found);
    auto& subscriptions = found->second.subscriptions;
    const std::size_t before = subscriptions.size();
    std::erase_if(subscriptions, [&](const auto& one) { return !read(found->second, *one); });
    if (before > 0) prune(found);
    found = next;
  }
}

std::vector<std::string> TurnRouter::waiting() const {
  std::vector<std::string> ids;
  for (const auto& [id, turn] : turns_) {
    for (const auto& subscription : turn.subscriptions) {
      if (subscription->consumer) ids.push_back(id);
    }
  }
  return ids;
}

}  // namespace codex::telemetry
