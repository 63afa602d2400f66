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
inline constexpr std::string_view kTurnError = "codex.turn.error";
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
inline constexpr std::string_view kRequestFailed = "codex.request.failed";
inline constexpr std::string_view kServerRequestReceived = "codex.server_request.received";
inline constexpr std::string_view kServerRequestAnswered = "codex.server_request.answered";
inline constexpr std::string_view kTelemetryHandlerFailed = "codex.telemetry.handler_failed";
inline constexpr std::string_view kAccountGatewayOAuthChanged =
    "codex.account.gateway_o_auth.changed";
inline constexpr std::string_view kAccountLoginCompleted = "codex.account.login.completed";
inline constexpr std::string_view kAccountRateLimitsUpdated = "codex.account.rate_limits.updated";
inline constexpr std::string_view kAccountUpdated = "codex.account.updated";
inline constexpr std::string_view kAppListUpdated = "codex.app.list.updated";
inline constexpr std::string_view kAutoApprovalReviewStrictReviewRequired =
    "codex.auto_approval_review.strict_review_required";
inline constexpr std::string_view kCommandExecOutputDelta = "codex.command.exec.output_delta";
inline constexpr std::string_view kConfigWarning = "codex.config_warning";
inline constexpr std::string_view kDeprecationNotice = "codex.deprecation_notice";
inline constexpr std::string_view kExternalAgentConfigImportCompleted =
    "codex.external_agent_config.import.completed";
inline constexpr std::string_view kExternalAgentConfigImportProgress =
    "codex.external_agent_config.import.progress";
inline constexpr std::string_view kFsChanged = "codex.fs.changed";
inline constexpr std::string_view kFuzzyFileSearchSessionCompleted =
    "codex.fuzzy_file_search.session_completed";
inline constexpr std::string_view kFuzzyFileSearchSessionUpdated =
    "codex.fuzzy_file_search.session_updated";
inline constexpr std::string_view kGuardianWarning = "codex.guardian_warning";
inline constexpr std::string_view kHookCompleted = "codex.hook.completed";
inline constexpr std::string_view kHookStarted = "codex.hook.started";
inline constexpr std::string_view kItemAgentMessageDelta = "codex.item.agent_message.delta";
inline constexpr std::string_view kItemAutoApprovalReviewCompleted =
    "codex.item.auto_approval_review.completed";
inline constexpr std::string_view kItemAutoApprovalReviewStarted =
    "codex.item.auto_approval_review.started";
inline constexpr std::string_view kItemCommandExecutionOutputDelta =
    "codex.item.command_execution.output_delta";
inline constexpr std::string_view kItemCommandExecutionTerminalInteraction =
    "codex.item.command_execution.terminal_interaction";
inline constexpr std::string_view kItemFileChangeOutputDelta =
    "codex.item.file_change.output_delta";
inline constexpr std::string_view kItemFileChangePatchUpdated =
    "codex.item.file_change.patch_updated";
inline constexpr std::string_view kItemMcpToolCallProgress = "codex.item.mcp_tool_call.progress";
inline constexpr std::string_view kItemPlanDelta = "codex.item.plan.delta";
inline constexpr std::string_view kItemReasoningSummaryPartAdded =
    "codex.item.reasoning.summary_part_added";
inline constexpr std::string_view kItemReasoningSummaryTextDelta =
    "codex.item.reasoning.summary_text_delta";
inline constexpr std::string_view kItemReasoningTextDelta = "codex.item.reasoning.text_delta";
inline constexpr std::string_view kMcpServerEventStreamNotification =
    "codex.mcp_server.event.stream.notification";
inline constexpr std::string_view kMcpServerOauthLoginCompleted =
    "codex.mcp_server.oauth_login.completed";
inline constexpr std::string_view kMcpServerStartupStatusUpdated =
    "codex.mcp_server.startup_status.updated";
inline constexpr std::string_view kModelRerouted = "codex.model.rerouted";
inline constexpr std::string_view kModelSafetyBufferingUpdated =
    "codex.model.safety_buffering.updated";
inline constexpr std::string_view kModelVerification = "codex.model.verification";
inline constexpr std::string_view kModelProviderAuthRecoveryCompleted =
    "codex.model_provider.auth_recovery_completed";
inline constexpr std::string_view kModelProviderAuthRecoveryStarted =
    "codex.model_provider.auth_recovery_started";
inline constexpr std::string_view kProcessExited = "codex.process.exited";
inline constexpr std::string_view kProcessOutputDelta = "codex.process.output_delta";
inline constexpr std::string_view kProjectChanged = "codex.project.changed";
inline constexpr std::string_view kRemoteControlStatusChanged =
    "codex.remote_control.status.changed";
inline constexpr std::string_view kServerRequestResolved = "codex.server_request.resolved";
inline constexpr std::string_view kSkillsChanged = "codex.skills.changed";
inline constexpr std::string_view kThreadArchived = "codex.thread.archived";
inline constexpr std::string_view kThreadAttachmentUpdated = "codex.thread.attachment.updated";
inline constexpr std::string_view kThreadClosed = "codex.thread.closed";
inline constexpr std::string_view kThreadDeleted = "codex.thread.deleted";
inline constexpr std::string_view kThreadEnvironmentConnected =
    "codex.thread.environment.connected";
inline constexpr std::string_view kThreadEnvironmentDisconnected =
    "codex.thread.environment.disconnected";
inline constexpr std::string_view kThreadGoalCleared = "codex.thread.goal.cleared";
inline constexpr std::string_view kThreadGoalUpdated = "codex.thread.goal.updated";
inline constexpr std::string_view kThreadNameUpdated = "codex.thread.name.updated";
inline constexpr std::string_view kThreadPredictionUpdated = "codex.thread.prediction.updated";
inline constexpr std::string_view kThreadProjectUpdated = "codex.thread.project.updated";
inline constexpr std::string_view kThreadQueueChanged = "codex.thread.queue.changed";
inline constexpr std::string_view kThreadReadStateChanged = "codex.thread.read_state.changed";
inline constexpr std::string_view kThreadRealtimeClosed = "codex.thread.realtime.closed";
inline constexpr std::string_view kThreadRealtimeError = "codex.thread.realtime.error";
inline constexpr std::string_view kThreadRealtimeItemCompleted =
    "codex.thread.realtime.item.completed";
inline constexpr std::string_view kThreadRealtimeItemStarted = "codex.thread.realtime.item.started";
inline constexpr std::string_view kThreadRealtimeItemTranscriptDelta =
    "codex.thread.realtime.item.transcript.delta";
inline constexpr std::string_view kThreadRealtimeItemAdded = "codex.thread.realtime.item_added";
inline constexpr std::string_view kThreadRealtimeOutputAudioDelta =
    "codex.thread.realtime.output_audio.delta";
inline constexpr std::string_view kThreadRealtimeSdp = "codex.thread.realtime.sdp";
inline constexpr std::string_view kThreadRealtimeStarted = "codex.thread.realtime.started";
inline constexpr std::string_view kThreadRealtimeTranscriptDelta =
    "codex.thread.realtime.transcript.delta";
inline constexpr std::string_view kThreadRealtimeTranscriptDone =
    "codex.thread.realtime.transcript.done";
inline constexpr std::string_view kThreadReverted = "codex.thread.reverted";
inline constexpr std::string_view kThreadSettingsUpdated = "codex.thread.settings.updated";
inline constexpr std::string_view kThreadStatusChanged = "codex.thread.status.changed";
inline constexpr std::string_view kThreadUnarchived = "codex.thread.unarchived";
inline constexpr std::string_view kTurnModerationMetadata = "codex.turn.moderation_metadata";
inline constexpr std::string_view kWarning = "codex.warning";
inline constexpr std::string_view kWindowsWorldWritableWarning =
    "codex.windows.world_writable_warning";
inline constexpr std::string_view kWindowsSandboxSetupCompleted =
    "codex.windows_sandbox.setup_completed";

}  // namespace codex::telemetry::event

#endif  // CODEX_TELEMETRY_EVENT_NAMES_H_
