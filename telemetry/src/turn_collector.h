// TurnHandle(client, thread, turn).run(): what a turn comes to.
//
// Source: openai-codex 0.163.0, openai_codex/_run.py (_collect_turn_result, _raise_for_failed_turn,
// _final_assistant_response_from_items) and api.py (TurnHandle.stream).
#ifndef CODEX_TELEMETRY_SRC_TURN_COLLECTOR_H_
#define CODEX_TELEMETRY_SRC_TURN_COLLECTOR_H_

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "turn_router.h"

namespace codex::telemetry {

// The notification that ends the stream of a turn: a turn/completed that is valid.
bool ends_turn(const ClientNotification& notification, const std::string& turn);

class TurnCollector {
 public:
  explicit TurnCollector(std::string turn) : turn_(std::move(turn)) {}

  // True when that was the last.
  bool add(const TurnRouter::Item& item);
  // Once it was: TurnResult without its usage, or what run() raised.
  const std::variant<json::Value, ClientError>& result() const { return result_; }
  // TurnResult.usage; null where there is no result.
  json::Value usage() const;

 private:
  std::variant<json::Value, ClientError> completed(const json::Value& turn) const;
  json::Value final_response() const;

  const std::string turn_;
  json::Array items_;
  json::Value usage_;
  std::variant<json::Value, ClientError> result_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_TURN_COLLECTOR_H_
