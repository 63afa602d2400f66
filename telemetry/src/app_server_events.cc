#include "app_server_events.h"

#include <algorithm>
#include <unordered_map>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

constexpr std::string_view kTurnCompletedMethod = "turn/completed";

// turn/completed, which is three events, is not among them.
const std::unordered_map<std::string_view, std::string_view>& names_by_method() {
  static const auto& names = *[] {
    auto* made = new std::unordered_map<std::string_view, std::string_view>;
    for (const EventInfo& info : all_events()) {
      for (const std::string_view method : info.methods) {
        if (method != kTurnCompletedMethod) made->emplace(method, info.name);
      }
    }
    return made;
  }();
  return names;
}

bool approves(std::string_view decision) {
  return decision == "accept" || decision == "acceptForSession" || decision == "approved" ||
         decision == "approved_for_session";
}

// An amendment of the rules comes as an object whose key says what is decided.
bool amendment_approves(const Object& decision) {
  return std::any_of(decision.begin(), decision.end(), [](const auto& member) {
    if (member.first.starts_with("accept") || member.first.starts_with("approved")) return true;
    const Value* amendment = member.second.get("network_policy_amendment");
    const Value* action = amendment == nullptr ? nullptr : amendment->get("action");
    return action != nullptr && action->text() == "allow";
  });
}

void add_id(const Value& params, std::string_view flat, std::string_view nested,
            std::string& out) {
  const Value* found = params.get(flat);
  if (found == nullptr || !found->is_string()) {
    const Value* object = params.get(nested);
    found = object == nullptr ? nullptr : object->get("id");
  }
  if (found != nullptr && found->is_string()) out = *found->string();
}

}  // namespace

std::string_view event_of_notification(std::string_view method, const Value& params) {
  if (method == kTurnCompletedMethod) {
    const Value* turn = params.get("turn");
    const Value* status = turn == nullptr ? nullptr : turn->get("status");
    const std::string_view text = status == nullptr ? std::string_view() : status->text();
    if (text == "failed") return event::kTurnFailed;
    return text == "interrupted" ? event::kTurnInterrupted : event::kTurnCompleted;
  }
  const auto found = names_by_method().find(method);
  return found == names_by_method().end() ? std::string_view() : found->second;
}

bool is_approval(std::string_view method) {
  return method.ends_with("/requestApproval") || method == "applyPatchApproval" ||
         method == "execCommandApproval";
}

ApprovalAnswer approval_answer(const Object& message) {
  if (const Value* error = message.find("error")) return {event::kApprovalDenied, *error};
  const Value* result = message.find("result");
  const Value* decision = result == nullptr ? nullptr : result->get("decision");
  if (decision == nullptr) {  // permissions are granted, or not, without a word of decision
    const Value* granted = result == nullptr ? nullptr : result->get("permissions");
    const bool any = granted != nullptr && granted->is_object() && !granted->object()->empty();
    return {any ? event::kApprovalApproved : event::kApprovalDenied,
            result == nullptr ? Value() : *result};
  }
  if (const Object* amendment = decision->object()) {
    return {amendment_approves(*amendment) ? event::kApprovalApproved : event::kApprovalDenied,
            *decision};
  }
  const std::string_view text = decision->text();
  if (text == "cancel" || text == "abort") return {event::kApprovalCancelled, *decision};
  return {approves(text) ? event::kApprovalApproved : event::kApprovalDenied, *decision};
}

std::string request_id_text(const Value& id) {
  if (const std::string* text = id.string()) return *text;
  return id.integer() == nullptr ? std::string() : id.integer()->digits;
}

void add_ids(const Value& params, Correlation& correlation) {
  // The first version of the protocol has a conversation and calls.
  add_id(params, "conversationId", "thread", correlation.thread);
  add_id(params, "threadId", "thread", correlation.thread);
  add_id(params, "turnId", "turn", correlation.turn);
  add_id(params, "callId", "item", correlation.item);
  add_id(params, "itemId", "item", correlation.item);
}

std::string_view tool_of(const Value& item) {
  static constexpr std::string_view kTools[] = {"commandExecution", "fileChange", "mcpToolCall",
                                                "dynamicToolCall", "webSearch", "imageGeneration"};
  const Value* type = item.get("type");
  const auto found = std::find(std::begin(kTools), std::end(kTools),
                               type == nullptr ? std::string_view() : type->text());
  return found == std::end(kTools) ? std::string_view() : *found;
}

Object token_measurements(const Value& usage) {
  static constexpr std::pair<std::string_view, std::string_view> kCounts[] = {
      {"inputTokens", "input_tokens"},
      {"cachedInputTokens", "cached_input_tokens"},
      {"outputTokens", "output_tokens"},
      {"reasoningOutputTokens", "reasoning_output_tokens"},
      {"totalTokens", "total_tokens"},
  };
  Object measurements;
  const Value* total = usage.get("total");
  if (total == nullptr) return measurements;
  for (const auto& [wire, name] : kCounts) {
    const Value* count = total->get(wire);
    if (count != nullptr && count->integer() != nullptr) measurements.set(name, *count);
  }
  return measurements;
}

}  // namespace codex::telemetry
