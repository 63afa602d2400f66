#include "harness/sdk_run/sdk_recorder.h"

#include <cstdint>
#include <utility>

#include "harness/tape/rpc.h"

namespace codex::harness {

using telemetry::ClientError;
using telemetry::CodexSdkProfile;

SdkRecorder::SdkRecorder(Emit emit, CodexSdkProfile::Api api, std::vector<json::Value> answers)
    : emit_(std::move(emit)), api_(api), answers_(std::move(answers)) {}

CodexSdkProfile::Listener SdkRecorder::listener() {
  CodexSdkProfile::Listener listener;
  listener.response = [this](std::size_t request, const Outcome& outcome) {
    response(request, outcome);
  };
  listener.turn_event = [this](const std::string& turn, std::string_view name,
                               const json::Value& data) { show("event/turn:" + turn, name, data); };
  listener.turn_stream_error = [this](const std::string& turn, const ClientError& error) {
    failed_ = true;
    show("outcome/turn:" + turn, "stream", json::Object{{"exception", exception(error)}});
  };
  listener.turn_result = [this](const std::string& turn, const Outcome& result,
                                const json::Value& usage) {
    if (const auto* error = std::get_if<ClientError>(&result)) {
      failed_ = true;
      show("outcome/turn:" + turn, "failed", json::Object{{"exception", exception(*error)}});
      return;
    }
    show("usage/turn:" + turn, "turn", usage);
    show("outcome/turn:" + turn, "completed", std::get<json::Value>(result));
  };
  listener.global_event = [this](std::string_view name, const json::Value& data) {
    show("event/global", name, data);
  };
  listener.server_request = [this](const json::Value&, const std::string& method,
                                   const json::Value& params) { approval(method, params); };
  listener.own_answer = [this](const json::Value& id, const json::Value& result) {
    own_answers_.push_back({{"id", id}, {"result", result}});
  };
  listener.connection_ended = [this](const ClientError& error) {
    if (closing_ && error.type == "openai_codex.errors.TransportClosedError") return;
    transport_ = json::Object{{"exception", exception(error)}};
  };
  return listener;
}

void SdkRecorder::spawned(const json::Array& argv) {
  show("wire/run", "app-server", json::Object{{"argv", argv}});
}

void SdkRecorder::sent(const json::Value& message) {
  show("wire/run", rpc_name(message), message);
}

std::size_t SdkRecorder::requested(std::string_view method) {
  methods_.emplace_back(method);
  return methods_.size();
}

void SdkRecorder::finish(bool hangs) {
  if (hangs) return show("outcome/run", "hang", json::Object{});
  show("outcome/run", failed_ ? "failed" : "completed", json::Object{{"transport", transport_}});
}

void SdkRecorder::leave_script(std::size_t line) {
  show("outcome/run", "off-script", json::Object{{"line", static_cast<std::int64_t>(line)}});
}

void SdkRecorder::show(std::string lane, std::string_view name, json::Value data) {
  emit_({std::move(lane), std::string(name), std::move(data)});
}

void SdkRecorder::response(std::size_t request, const Outcome& outcome) {
  const std::string& method = methods_.at(request - 1);
  std::string lane = "outcome/call:" + std::to_string(request);
  const auto* error = std::get_if<ClientError>(&outcome);
  come_back_.insert(request);
  if (method == "initialize") {
    // What raises a RuntimeError comes after it (api.py, Codex.__init__: the response names no
    // server).
    initialized_ = error == nullptr || error->type == "RuntimeError";
    has_client_ = api_ == CodexSdkProfile::Api::kClient || error == nullptr;
  }
  if (error != nullptr) {
    failed_ = true;
    return show(std::move(lane), method, json::Object{{"exception", exception(*error)}});
  }
  const json::Value& result = std::get<json::Value>(outcome);
  note_objects(method, result);
  show(std::move(lane), method, json::Object{{"result", result}});
}

// Where these classes hand out a Thread or a TurnHandle (openai_codex/api.py). That the rest of the
// response stays with them is declared: harness/data/subjects.json.
void SdkRecorder::note_objects(std::string_view method, const json::Value& result) {
  const bool is_thread = method == "thread/start" || method == "thread/resume" ||
                         method == "thread/fork" || method == "thread/unarchive";
  if (!is_thread && method != "turn/start") return;
  const json::Value* object = result.get(is_thread ? "thread" : "turn");
  const json::Value* id = object == nullptr ? nullptr : object->get("id");
  if (id != nullptr) handed_out_.emplace(id->text());
}

json::Value SdkRecorder::exception(const ClientError& error) {
  return json::Object{{"class", error.type}, {"text", error.text}};
}

void SdkRecorder::approval(const std::string& method, const json::Value& params) {
  const json::Value* turn = params.get("turnId");
  const std::string scope =
      turn != nullptr && turn->is_string() ? "turn:" + *turn->string() : std::string("global");
  const json::Value* message = asked_ < answers_.size() ? &answers_[asked_] : nullptr;
  const json::Value* result = message == nullptr ? nullptr : message->get("result");
  json::Value answer = result == nullptr ? json::Value() : *result;
  blocked_ = result == nullptr;
  ++asked_;
  show("approval/" + scope, method, json::Object{{"params", params}, {"answer", std::move(answer)}});
}

}  // namespace codex::harness
