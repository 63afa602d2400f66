// Client profile `openai-codex/0.163`: what that client shows of an app-server wire.
//
// The observer tells what happened; this tells what the Python client makes of it, quirks
// included: one line that is no JSON, one byte that is no UTF-8 ends the connection for everybody;
// a notification that does not validate arrives as an unknown one; events of turns that nobody
// waits for are dropped; a request made after the reader has died never comes back.
//
// Source: openai-codex 0.163.0, openai_codex/{client,_message_router,_run,api,errors,models}.py;
// the function is named where a rule mirrors it. Values are validated as its generated models do
// it, by the protocol's JSON Schema: src/client_model.h says how.
#ifndef CODEX_TELEMETRY_CODEX_SDK_PROFILE_H_
#define CODEX_TELEMETRY_CODEX_SDK_PROFILE_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codex/telemetry/client_error.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// Not thread-safe. The listener is called from within the functions below, in the order in which
// things become visible; it must not call back.
//
// The host of the client that is mirrored makes every call on a thread of its own, and gives a
// turn two consumers as soon as the response that names it is there: one that reads
// next_turn_notification (which has also what came since a turn/start was sent), and
// TurnHandle(client, thread, turn).run() (which has what comes from then on). Both are made before
// either reads, and the first unregisters the turn when it is done. Consumers keep up: each has
// seen all there was before the next bytes are fed.
//
// Not mirrored: goal operations (CodexClient.start_goal_operation), a turn/start that joins a turn
// which is being read already, what is asked of a runtime's version before a request is sent.
class CodexSdkProfile {
 public:
  static constexpr std::string_view kName = "openai-codex/0.163";

  enum class Api {
    kClient,  // CodexClient
    kCodex,   // Codex, Thread, TurnHandle: shows neither global notifications nor requests of codex
    kAsync,   // AsyncCodex and what belongs to it: likewise
  };
  struct Options {
    Api api = Api::kClient;
    std::size_t read_size = 8192;  // TextIOWrapper._CHUNK_SIZE
    // Of what the listener gets. Each notification is scrubbed by itself: a secret that is split
    // over several deltas is whole in none of them, and in the item that completes them.
    Scrubbing scrubbing = {};
  };

  // What a call returned, as model_dump(by_alias=True, exclude_unset=True) has it, or raised.
  using Outcome = std::variant<json::Value, ClientError>;

  // Functions may be empty. `name` is the documented event's.
  struct Listener {
    std::function<void(std::size_t request, const Outcome& outcome)> response;
    std::function<void(const std::string& turn, std::string_view name, const json::Value& data)>
        turn_event;
    // The first consumer's call raised. Comes before turn_result.
    std::function<void(const std::string& turn, const ClientError& error)> turn_stream_error;
    // TurnResult without its usage: {"id","status","error","started_at","completed_at",
    // "duration_ms","final_response","items"}. `usage` is null too where run() raised.
    std::function<void(const std::string& turn, const Outcome& result, const json::Value& usage)>
        turn_result;
    std::function<void(std::string_view name, const json::Value& data)> global_event;
    // The approval handler is called; null where params are no object. See hold().
    std::function<void(const json::Value& id, const std::string& method, const json::Value& params)>
        server_request;
    // The client answers a request of codex with this result, and asks nobody: one whose method is
    // no string; kCodex and kAsync all.
    std::function<void(const json::Value& id, const json::Value& result)> own_answer;
    // The reader is dead: what next_notification() raises.
    std::function<void(const ClientError& error)> connection_ended;
  };

  explicit CodexSdkProfile(Listener listener) : CodexSdkProfile(std::move(listener), Options{}) {}
  CodexSdkProfile(Listener listener, Options options);

  // Whether CodexClient.turn_start() has sent a turn/start with these params (client.py,
  // _start_turn): it always sends `threadId` and `input`. nullptr: none were sent.
  static bool is_turn_start(const json::Value* params);
  ~CodexSdkProfile();

  // The client has sent this request and waits. `id` is what the response will carry; ids are the
  // same when they are equal as JSON. Returns the request's number, from 1. Requests of methods
  // that the protocol does not have return their result as it stood.
  // kClient: a turn/start that is none of turn_start()'s (below) is one like others, and events of its
  // turn that come before its response are nobody's.
  std::size_t request(const json::Value& id, std::string_view method, const json::Value& params);
  // One write of codex. The client reads it in pieces of at most read_size bytes, and decodes
  // piece by piece: a bad byte also takes the lines before it in its piece. Consumers of turns
  // see its notifications when all of it has been read.
  void standard_output(std::string_view bytes);
  void standard_error(std::string_view bytes);
  // Standard error is at its end: a line that stands there without LF counts. To be called before
  // end_of_output() where the process is gone.
  void end_of_error();
  void end_of_output();
  // Codex reads no more: from now on a request fails with BrokenPipeError.
  void end_of_input();
  // The approval handler that is being called does not come back: of this piece and of all others
  // nothing more is read, and not the end either. To be called within server_request.
  void hold();

  // False once the reader has died: nothing is read any more, a new request never comes back.
  bool reading() const;
  // Requests (by number) and turns whose callers still wait. Where the session is over they would
  // wait forever.
  std::vector<std::size_t> waiting_requests() const;
  std::vector<std::string> waiting_turns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CODEX_SDK_PROFILE_H_
