#include "turn_collector.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

Value member(const Value& value, std::string_view key) {
  const Value* found = value.get(key);
  return found == nullptr ? Value() : *found;
}

}  // namespace

bool ends_turn(const ClientNotification& notification, const std::string& turn) {
  return notification.known && notification.method == "turn/completed" &&
         notification.turn == turn;
}

bool TurnCollector::add(const TurnRouter::Item& item) {
  if (const ClientError* error = std::get_if<ClientError>(&item)) {
    result_ = *error;
    return true;
  }
  const ClientNotification& seen = *std::get<0>(item);
  if (!seen.known) return false;
  if (seen.method == "item/completed") {
    items_.push_back(member(seen.data, "item"));
  } else if (seen.method == "thread/tokenUsage/updated") {
    usage_ = member(seen.data, "tokenUsage");
  }
  if (!ends_turn(seen, turn_)) return false;
  result_ = completed(member(seen.data, "turn"));
  return true;
}

Value TurnCollector::usage() const {
  return std::holds_alternative<Value>(result_) ? usage_ : Value();
}

std::variant<Value, ClientError> TurnCollector::completed(const Value& turn) const {
  const Value status = member(turn, "status");
  const Value error = member(turn, "error");
  if (status.text() == "failed") {
    const std::string message(member(error, "message").text());
    return ClientError{"RuntimeError",
                       message.empty() ? "turn failed with status failed" : message};
  }
  return Value(Object{{"id", member(turn, "id")},
                      {"status", status},
                      {"error", error},
                      {"started_at", member(turn, "startedAt")},
                      {"completed_at", member(turn, "completedAt")},
                      {"duration_ms", member(turn, "durationMs")},
                      {"final_response", final_response()},
                      {"items", items_}});
}

// The last message that calls itself the final answer, else the last that has no phase.
Value TurnCollector::final_response() const {
  const Value* without_phase = nullptr;
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    if (member(*item, "type").text() != "agentMessage") continue;
    const Value phase = member(*item, "phase");
    if (phase.text() == "final_answer") return member(*item, "text");
    if (phase.is_null() && without_phase == nullptr) without_phase = &*item;
  }
  return without_phase == nullptr ? Value() : member(*without_phase, "text");
}

}  // namespace codex::telemetry
