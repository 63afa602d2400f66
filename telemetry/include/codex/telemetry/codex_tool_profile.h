// Client profile `openai-agents/0.24`: what one call of that client's `codex_tool` shows of a wire.
//
// The observer tells what happened; this tells what the Python client makes of it, quirks
// included: it stops at the first line that it cannot read and at the first `error` event, it takes
// an end of stream without turn.completed for success, it makes spans of command executions only,
// and it keeps of an item the fields it has a type for.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/{codex_tool,thread,exec,
// events,items}.py; the function is named where a rule mirrors it.
#ifndef CODEX_TELEMETRY_CODEX_TOOL_PROFILE_H_
#define CODEX_TELEMETRY_CODEX_TOOL_PROFILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/client_error.h"
#include "codex/telemetry/event.h"
#include "codex/telemetry/tracing.h"
#include "codex/telemetry/usage.h"

namespace codex::telemetry {

// CodexToolResult. Values are as the wire had them: the client does not check them.
struct CodexToolResult {
  json::Value thread_id;
  json::Value response;
  json::Value usage;  // {input_tokens, cached_input_tokens, output_tokens} or null
  json::Object as_object() const;
  std::string text() const;  // str(result): json.dumps of the above
};

// Not thread-safe; lives as long as the call. Spans hang under the span that is current when a
// line is fed.
class CodexToolProfile {
 public:
  static constexpr std::string_view kName = "openai-agents/0.24";

  struct Options {
    bool tracing_disabled = false;        // RunConfig.tracing_disabled
    bool include_sensitive_data = true;   // RunConfig.trace_include_sensitive_data
    std::optional<std::int64_t> span_data_max_chars = 8192;
    bool has_inputs = true;               // picks the default response
    json::Value thread_id;                // the thread that is resumed, or null
    std::size_t stream_limit = 8U << 20U;  // codex_subprocess_stream_limit_bytes: of one line
  };
  // The event as the client hands it to `on_stream`, under its documented name; scrubbed as the
  // provider's exports are.
  using OnStream = std::function<void(std::string_view name, const json::Object& data)>;

  CodexToolProfile(TraceProvider& provider, Options options, OnStream on_stream);
  ~CodexToolProfile();

  // An ExecObserver::Listener. Ignored once the client has failed.
  void observe(const Event& event, std::string_view line);
  // The client gives up for a reason that is not on the wire (idle time-out).
  void fail(ClientError error);

  bool failed() const { return error_.has_value(); }
  // Over: failed, or the process ended. One of error() and result() then holds.
  bool done() const { return done_; }
  const ClientError& error() const { return *error_; }
  CodexToolResult result() const;
  // What the call adds to the run's usage; an error where the client cannot add it up.
  std::optional<ClientError> added_usage(Usage& usage) const;
  // The thread's id as the client's Thread object has it, for a call that resumes it.
  const json::Value& thread_id() const { return thread_id_; }

 private:
  struct Coerced;
  std::optional<ClientError> shown(const Event& event, std::string_view line, Coerced& out) const;
  void stream(std::string_view name, const json::Object& data) const;
  void item_started(const json::Object& item);
  void item_changed(const json::Object& item, bool completed);
  void finish();

  TraceProvider& provider_;
  const Options options_;
  const OnStream on_stream_;
  std::vector<std::pair<json::Value, std::shared_ptr<Span>>> spans_;  // by item id, in dict order
  json::Value thread_id_;
  json::Value final_response_;
  json::Value usage_;
  std::optional<ClientError> error_;
  bool done_ = false;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CODEX_TOOL_PROFILE_H_
