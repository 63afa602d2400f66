#include "harness/proxy/rpc_direction.h"

#include <algorithm>
#include <array>

#include "codex/telemetry/json.h"
#include "harness/tape/rpc.h"

namespace codex::harness {
namespace {

// telemetry/protocol/app_server.json, server_requests; a test compares.
constexpr std::array<std::string_view, 10> kAskedByCodex = {
    "account/chatgptAuthTokens/refresh",
    "applyPatchApproval",
    "attestation/generate",
    "execCommandApproval",
    "item/commandExecution/requestApproval",
    "item/fileChange/requestApproval",
    "item/permissions/requestApproval",
    "item/tool/call",
    "item/tool/requestUserInput",
    "mcpServer/elicitation/request"};

}  // namespace

bool RpcDirection::from_client(std::string_view line) {
  const json::ParseResult parsed = json::parse(line);
  if (!parsed || !parsed.value().is_object()) return false;
  const json::Value* id = parsed.value().get("id");
  const std::string method = rpc_method(parsed.value());
  switch (rpc_kind(parsed.value())) {
    case RpcKind::kNotification:
      return method == "initialized";
    case RpcKind::kRequest:
      if (std::find(kAskedByCodex.begin(), kAskedByCodex.end(), method) == kAskedByCodex.end()) {
        return true;
      }
      asked_by_codex_.insert(json::dump(*id));
      return false;
    case RpcKind::kAnswer:
      return id != nullptr && asked_by_codex_.erase(json::dump(*id)) > 0;
  }
  return false;
}

}  // namespace codex::harness
