#include "harness/sdk_run/sdk_session.h"

#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/codex_sdk_profile.h"
#include "codex/telemetry/event.h"
#include "harness/sdk_run/sdk_recorder.h"

namespace codex::harness {
namespace {

using telemetry::AppServerObserver;
using telemetry::CodexSdkProfile;

CodexSdkProfile::Options profile_options(const json::Value& driver) {
  CodexSdkProfile::Options options;
  const json::Value* api = driver.get("api");
  if (api != nullptr && api->text() == "codex") options.api = CodexSdkProfile::Api::kCodex;
  if (api != nullptr && api->text() == "async") options.api = CodexSdkProfile::Api::kAsync;
  return options;
}

// As the client starts codex (openai_codex/client.py, CodexClient.start).
json::Array client_argv(const json::Value& driver) {
  json::Array argv;
  const json::Value* config = driver.get("config");
  const json::Value* overrides = config == nullptr ? nullptr : config->get("config_overrides");
  if (overrides != nullptr && overrides->is_array()) {
    for (const json::Value& override : *overrides->array()) {
      argv.emplace_back("--config");
      argv.push_back(override);
    }
  }
  for (const char* word : {"app-server", "--listen", "stdio://"}) argv.emplace_back(word);
  return argv;
}

bool is_request(const json::Value& message) {
  return message.get("id") != nullptr && message.get("method") != nullptr;
}

std::vector<json::Value> answers_of(const Tape& tape) {
  std::vector<json::Value> answers;
  for (const Entry& entry : tape.entries) {
    const auto* sent = std::get_if<ToCodex>(&entry.what);
    if (sent == nullptr || sent->message.get("method") != nullptr) continue;
    const json::Value* result = sent->message.get("result");
    answers.push_back(result == nullptr ? json::Value() : *result);
  }
  return answers;
}

// A client makes the ids of its requests itself; what the tape has there is another client's.
json::Value own_id(std::size_t request) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012zx", request);
  return text;
}

class Session {
 public:
  Session(const Tape& tape, const std::function<void(const Observation&)>& emit)
      : tape_(tape),
        recorder_(emit, profile_options(tape.driver).api, answers_of(tape)),
        observer_(hub_),
        profile_(recorder_.listener(), profile_options(tape.driver)) {
    hub_.attach("", [this](const telemetry::Event& event) { ++counts_[std::string(event.name)]; });
  }

  void run() {
    const json::Array argv = client_argv(tape_.driver);
    recorder_.spawned(argv);
    std::vector<std::string> words;
    for (const json::Value& word : argv) words.emplace_back(word.text());
    observer_.started(words);
    for (const Entry& entry : tape_.entries) {
      if (!play(entry)) break;
    }
    recorder_.finish(hangs());
    if (!ended_) end(std::nullopt, std::nullopt);
  }

  json::Value extra() const {
    json::Object events;
    for (const auto& [name, count] : counts_) events.append(name, count);
    json::Object extra{{"profile", CodexSdkProfile::kName},
                       {"events", std::move(events)},
                       {"turns_without_end", static_cast<std::int64_t>(open_turns_)}};
    if (hangs()) extra.append("reason", "the tape is at its end, and the client waits for " + awaited());
    return extra;
  }

 private:
  // False: nothing comes after this, ever.
  bool play(const Entry& entry) {
    if (const auto* sent = std::get_if<ToCodex>(&entry.what)) {
      send(sent->message);
    } else if (const auto* written = std::get_if<FromCodex>(&entry.what)) {
      observer_.standard_output(written->bytes);
      if (!recorder_.blocked()) profile_.standard_output(written->bytes);
    } else {
      return happen(std::get<ProcessEvent>(entry.what));
    }
    return true;
  }

  void send(const json::Value& message) {
    // What is written to a process that is gone is on no wire.
    if (!ended_) observer_.client_output(json::dump(message) + "\n");
    if (!is_request(message)) {
      if (!ended_) recorder_.sent(message);
      return;
    }
    json::Value own = message;
    own.object()->set("id", own_id(++requests_));
    if (!ended_) recorder_.sent(own);
    const json::Value* params = message.get("params");
    recorder_.requested(message.get("method")->text());
    profile_.request(*message.get("id"), message.get("method")->text(),
                     params == nullptr ? json::Value() : *params);
  }

  bool happen(const ProcessEvent& event) {
    if (!event.stderr_text.empty()) {
      observer_.standard_error(event.stderr_text);
      profile_.standard_error(event.stderr_text);
    }
    const bool exits = event.exit || event.signal;
    if (exits) {
      profile_.end_of_input();
      profile_.end_of_error();
    }
    if ((exits || event.eof) && !recorder_.blocked()) profile_.end_of_output();
    if (exits) end(event.exit, event.signal);
    return !event.stall;
  }

  void end(std::optional<int> exit, std::optional<int> signal) {
    open_turns_ = observer_.open_turns();
    observer_.ended(exit, signal);
    ended_ = true;
  }

  bool hangs() const {
    return recorder_.blocked() || !profile_.waiting_requests().empty() ||
           !profile_.waiting_turns().empty();
  }
  std::string awaited() const {
    const std::size_t requests = profile_.waiting_requests().size();
    const std::size_t turns = profile_.waiting_turns().size();
    return std::to_string(requests) + " responses and the end of " + std::to_string(turns) +
           " turns";
  }

  const Tape& tape_;
  telemetry::Hub hub_;
  SdkRecorder recorder_;
  AppServerObserver observer_;
  CodexSdkProfile profile_;
  std::map<std::string, std::int64_t> counts_;
  std::size_t requests_ = 0;
  std::size_t open_turns_ = 0;
  bool ended_ = false;
};

}  // namespace

void run_sdk_session(const Tape& tape, const std::function<void(const Observation&)>& emit,
                     json::Value& extra) {
  Session session(tape, emit);
  session.run();
  extra = session.extra();
}

}  // namespace codex::harness
