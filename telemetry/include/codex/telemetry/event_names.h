// Written by scripts/generate_events.py from telemetry/registry/events.json.
#ifndef CODEX_TELEMETRY_EVENT_NAMES_H_
#define CODEX_TELEMETRY_EVENT_NAMES_H_

#include <string_view>

namespace codex::telemetry::event {

inline constexpr std::string_view kSessionStart = "codex.session.start";
inline constexpr std::string_view kSessionStop = "codex.session.stop";
inline constexpr std::string_view kSessionMalformed = "codex.session.malformed";
inline constexpr std::string_view kSessionInvalid = "codex.session.invalid";
inline constexpr std::string_view kSessionUnknown = "codex.session.unknown";
inline constexpr std::string_view kThreadStart = "codex.thread.start";
inline constexpr std::string_view kThreadStop = "codex.thread.stop";
inline constexpr std::string_view kThreadException = "codex.thread.exception";
inline constexpr std::string_view kThreadTokenUsageUpdated = "codex.thread.token_usage.updated";
inline constexpr std::string_view kThreadCompacted = "codex.thread.compacted";
inline constexpr std::string_view kTurnStart = "codex.turn.start";
inline constexpr std::string_view kTurnCompleted = "codex.turn.completed";
inline constexpr std::string_view kTurnFailed = "codex.turn.failed";
inline constexpr std::string_view kTurnInterrupted = "codex.turn.interrupted";
inline constexpr std::string_view kTurnDiffUpdated = "codex.turn.diff.updated";
inline constexpr std::string_view kTurnPlanUpdated = "codex.turn.plan.updated";
inline constexpr std::string_view kItemStarted = "codex.item.started";
inline constexpr std::string_view kItemUpdated = "codex.item.updated";
inline constexpr std::string_view kItemCompleted = "codex.item.completed";
inline constexpr std::string_view kToolStart = "codex.tool.start";
inline constexpr std::string_view kToolStop = "codex.tool.stop";
inline constexpr std::string_view kToolException = "codex.tool.exception";
inline constexpr std::string_view kApprovalRequested = "codex.approval.requested";
inline constexpr std::string_view kApprovalApproved = "codex.approval.approved";
inline constexpr std::string_view kApprovalDenied = "codex.approval.denied";
inline constexpr std::string_view kApprovalCancelled = "codex.approval.cancelled";
inline constexpr std::string_view kTelemetryHandlerFailed = "codex.telemetry.handler_failed";

}  // namespace codex::telemetry::event

#endif  // CODEX_TELEMETRY_EVENT_NAMES_H_
