// What the cpp subject lets its user see of an app-server session: each call of the client
// profile's listener as one observation in its lane.
#ifndef HARNESS_SDK_RUN_SDK_RECORDER_H_
#define HARNESS_SDK_RUN_SDK_RECORDER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/codex_sdk_profile.h"
#include "codex/telemetry/json.h"
#include "harness/model/observation.h"

namespace codex::harness {

class SdkRecorder {
 public:
  using Emit = std::function<void(const Observation&)>;
  // `answers`: the messages that answer codex's requests, in their order; null: none does.
  SdkRecorder(Emit emit, telemetry::CodexSdkProfile::Api api, std::vector<json::Value> answers);

  // For the profile; valid as long as this object.
  telemetry::CodexSdkProfile::Listener listener();

  void spawned(const json::Array& argv);
  // A message of the client, in the order of the tape; requests have their number as id.
  void sent(const json::Value& message);
  // The next request, whose call its response belongs to; its number.
  std::size_t requested(std::string_view method);
  // A request of codex has no answer on the tape: the client's reading thread waits for it, and
  // reads nothing more.
  bool blocked() const { return blocked_; }
  // How many requests of codex the client's handler was given.
  std::size_t asked() const { return asked_; }
  // What the client has answered codex by itself since the last call.
  std::vector<json::Object> take_own_answers() { return std::exchange(own_answers_, {}); }
  // Codex and AsyncCodex make calls of threads and turns through objects that they handed out.
  bool has_handed_out(const std::string& id) const { return handed_out_.contains(id); }
  // Whether `initialize` was answered so well that the client says `initialized`; nothing while it
  // was not.
  std::optional<bool> initialized() const { return initialized_; }
  // False once Codex or AsyncCodex has raised instead of being there.
  bool has_client() const { return has_client_; }
  bool has_come_back(std::size_t request) const { return come_back_.contains(request); }
  // From here on codex's output ends because the tape has, which is ours, and not told.
  void closing() { closing_ = true; }
  // The last word. `hangs`: somebody still waits.
  void finish(bool hangs);
  // The last word instead: the client left the script at this line of the tape.
  void leave_script(std::size_t line);

 private:
  using Outcome = telemetry::CodexSdkProfile::Outcome;

  void show(std::string lane, std::string_view name, json::Value data);
  void response(std::size_t request, const Outcome& outcome);
  static json::Value exception(const telemetry::ClientError& error);
  void note_objects(std::string_view method, const json::Value& result);
  void approval(const std::string& method, const json::Value& params);

  const Emit emit_;
  const telemetry::CodexSdkProfile::Api api_;
  const std::vector<json::Value> answers_;
  std::size_t asked_ = 0;
  std::optional<bool> initialized_;
  bool has_client_ = true;
  std::set<std::size_t> come_back_;
  std::vector<json::Object> own_answers_;
  std::set<std::string> handed_out_;  // ids of threads and turns
  std::vector<std::string> methods_;  // of the requests
  json::Value transport_;             // what ended the connection, or null
  bool closing_ = false;
  bool failed_ = false;
  bool blocked_ = false;
};

}  // namespace codex::harness

#endif  // HARNESS_SDK_RUN_SDK_RECORDER_H_
