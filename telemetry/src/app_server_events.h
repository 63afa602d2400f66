// The events of an app-server wire: names of notifications, ids of messages, answers to approvals.
#ifndef CODEX_TELEMETRY_SRC_APP_SERVER_EVENTS_H_
#define CODEX_TELEMETRY_SRC_APP_SERVER_EVENTS_H_

#include <string_view>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// A request of codex that asks for leave: item/…/requestApproval, applyPatchApproval.
bool is_approval(std::string_view method);
// What the client's answer to one comes to: an event, and the decision as it stood.
struct ApprovalAnswer {
  std::string_view event;
  json::Value decision;
};
ApprovalAnswer approval_answer(const json::Object& message);

// A JSON-RPC id as one string: the string itself, or the digits. Empty for any other value.
std::string request_id_text(const json::Value& id);
// Overwrites with the ids that params (or a result) name: threadId or thread.id, and so on.
void add_ids(const json::Value& params, Correlation& correlation);
// The type of an item that uses a tool: a command, a patch, a call, a search. Else empty.
std::string_view tool_of(const json::Value& item);
// {"input_tokens", …} of a tokenUsage: those of the thread so far.
json::Object token_measurements(const json::Value& usage);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_APP_SERVER_EVENTS_H_
