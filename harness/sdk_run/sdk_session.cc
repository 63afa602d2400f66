#include "harness/sdk_run/sdk_session.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/codex_sdk_profile.h"
#include "codex/telemetry/event.h"
#include "harness/sdk_run/sdk_recorder.h"
#include "harness/tape/rpc.h"

namespace codex::harness {
namespace {

using telemetry::AppServerObserver;
using telemetry::CodexSdkProfile;

CodexSdkProfile::Options profile_options(const json::Value& driver) {
  CodexSdkProfile::Options options;
  options.scrubbing = telemetry::Scrubbing::off();  // both sides are scrubbed alike, later
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

const json::Value* message_of(const Entry& entry) {
  const auto* sent = std::get_if<ToCodex>(&entry.what);
  return sent == nullptr ? nullptr : &sent->message;
}

// Those that the client's user is asked (`told`), or those that the client answers by itself: the
// classes above CodexClient ask nobody.
std::vector<CodexRequest> requests_of(const Tape& tape, CodexSdkProfile::Api api, bool told) {
  std::vector<CodexRequest> requests = codex_requests(tape);
  std::erase_if(requests, [&](const CodexRequest& request) {
    return (request.is_told && api == CodexSdkProfile::Api::kClient) != told;
  });
  return requests;
}

std::vector<json::Value> answers_of(const Tape& tape, const std::vector<CodexRequest>& requests) {
  std::vector<json::Value> answers;
  for (const CodexRequest& request : requests) {
    answers.push_back(request.answer ? *message_of(tape.entries[*request.answer]) : json::Value());
  }
  return answers;
}

bool is_initialized(const json::Value& message) {
  return rpc_kind(message) == RpcKind::kNotification && rpc_method(message) == "initialized";
}

bool lacks_initialized(const Tape& tape) {
  return std::none_of(tape.entries.begin(), tape.entries.end(), [](const Entry& entry) {
    const json::Value* message = message_of(entry);
    return message != nullptr && is_initialized(*message);
  });
}

// What Codex and AsyncCodex have calls for (openai_codex/api.py), and the param that names the
// object whose call it is: they hand threads and turns out as objects.
struct HighLevelCall {
  std::string_view method;
  std::string_view object;
};
constexpr std::array<HighLevelCall, 16> kHighLevelCalls = {{
    {"initialize", ""},
    {"thread/start", ""},
    {"thread/resume", ""},
    {"thread/fork", ""},
    {"thread/archive", ""},
    {"thread/unarchive", ""},
    {"thread/list", ""},
    {"model/list", ""},
    {"account/read", ""},
    {"account/logout", ""},
    {"thread/read", "threadId"},
    {"thread/name/set", "threadId"},
    {"thread/compact/start", "threadId"},
    {"turn/start", "threadId"},
    {"turn/interrupt", "turnId"},
    {"turn/steer", "expectedTurnId"},
}};

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
        api_(profile_options(tape.driver).api),
        lacks_initialized_(lacks_initialized(tape)),
        asked_of_user_(requests_of(tape, api_, true)),
        asked_of_client_(requests_of(tape, api_, false)),
        recorder_(emit, api_, answers_of(tape, asked_of_user_)),
        observer_(hub_),
        profile_(listener(), profile_options(tape.driver)) {
    hub_.attach("", [this](const telemetry::Event& event) { ++counts_[std::string(event.name)]; });
  }

  void run() {
    const json::Array argv = client_argv(tape_.driver);
    recorder_.spawned(argv);
    std::vector<std::string> words;
    for (const json::Value& word : argv) words.emplace_back(word.text());
    observer_.started(words);
    for (next_ = 0; next_ < tape_.entries.size() && play(tape_.entries[next_]); ++next_) {
    }
    if (!left_script_.empty()) return recorder_.leave_script(tape_.entries[next_].line);
    send_what_is_due();
    // Every call has come back: codex closes its output, and so ends a line that lacks its LF.
    if (!hangs() && !ended_) {
      recorder_.closing();
      profile_.end_of_output();
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
    if (!left_script_.empty()) {
      extra.append("reason", left_script_);
    } else if (hangs()) {
      extra.append("reason", "the tape is at its end, and the client waits for " + awaited());
    }
    return extra;
  }

 private:
  CodexSdkProfile::Listener listener() {
    CodexSdkProfile::Listener listener = recorder_.listener();
    listener.server_request = [this, ask = std::move(listener.server_request)](
                                  const json::Value& id, const std::string& method,
                                  const json::Value& params) {
      ask(id, method, params);
      if (recorder_.blocked()) profile_.hold();
    };
    return listener;
  }

  // False: nothing comes after this, ever.
  bool play(const Entry& entry) {
    if (const auto* sent = std::get_if<ToCodex>(&entry.what)) return send(sent->message);
    if (const auto* written = std::get_if<FromCodex>(&entry.what)) return read(written->bytes);
    return happen(std::get<ProcessEvent>(entry.what));
  }

  bool read(const std::string& bytes) {
    if (is_held()) return false;
    observer_.standard_output(bytes);
    if (recorder_.blocked()) return false;  // codex waits for its reader
    const bool was_initialized = recorder_.initialized().has_value();
    profile_.standard_output(with_own_ids(bytes));
    if (!was_initialized && recorder_.initialized() && !initialize()) return false;
    return take_own_answers();
  }

  // What the client reads: its own id where the tape has that of a request (response_ids). A response
  // that the tape has in pieces keeps the tape's, which nobody waits for.
  std::string with_own_ids(std::string bytes) {
    const std::vector<ResponseId> ids = response_ids(tape_, next_);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
      if (id->whole) answered_.insert(id->request);
      const auto own = own_ids_.find(id->request);
      if (own != own_ids_.end()) bytes.replace(id->begin, id->size, json::dump(own->second));
    }
    return bytes;
  }

  // Each is a `>` of the tape, whenever that comes. The client answers in the order of the requests.
  bool take_own_answers() {
    for (json::Object& answer : recorder_.take_own_answers()) {
      const std::size_t number = own_answers_made_++;
      const std::optional<std::size_t> at = number < asked_of_client_.size()
                                                ? asked_of_client_[number].answer
                                                : std::nullopt;
      if (!at) {
        recorder_.sent(answer);
        return lack("the client answered " + json::dump(*answer.find("id")) +
                    ", and the tape has no answer to it");
      }
      own_answers_.emplace(*at, std::move(answer));
    }
    return true;
  }

  // `initialize` has come back.
  bool initialize() {
    // Codex() raises, and there is no client that could make another call.
    if (!*recorder_.initialized()) return api_ == CodexSdkProfile::Api::kClient;
    if (!lacks_initialized_) return true;
    recorder_.sent(json::Object{{"method", "initialized"}});
    return lack("the client sent initialized, and the tape lacks it");
  }

  bool send(const json::Value& message) {
    const bool is_call = rpc_kind(message) == RpcKind::kRequest;
    if (!recorder_.has_client() && !is_initialized(message)) return true;
    const bool is_by_itself = rpc_kind(message) == RpcKind::kAnswer || is_initialized(message);
    if (!is_by_itself && awaits_answer()) return false;
    if (!can_send(message)) return leave_script("the client can't send " + rpc_name(message));
    if (is_call ? is_held_back(message) : !goes_out(message)) {
      // Who waits for a call that nobody answers any more is waited for himself.
      if (is_call && is_over()) return false;
      // What is sent for what was read is not missed where nothing is read any more.
      if (is_over()) return true;
      return awaits_answer() ? false : leave_script("the client never sent " + rpc_name(message));
    }
    // What is written to a process that is gone is on no wire.
    if (!ended_) observer_.client_output(json::dump(message) + "\n");
    const auto by_itself = own_answers_.find(next_);
    json::Value own = by_itself == own_answers_.end() ? message : json::Value(by_itself->second);
    if (is_call) own_ids_[next_] = own.object()->set("id", own_id(++requests_));
    // `initialized` was written before `initialize` came back, and codex leaves only after that.
    if (!ended_ || is_initialized(message)) recorder_.sent(own);
    if (!is_call) return true;
    const json::Value* params = message.get("params");
    const std::size_t number = recorder_.requested(rpc_method(message));
    numbers_[next_] = number;
    if (is_turn_start(message)) starting_[rpc_thread(message)] = number;
    profile_.request(own_ids_[next_], rpc_method(message),
                     params == nullptr ? json::Value() : *params);
    return true;
  }

  // The session does not come to its end. What the client writes by itself it has written as soon as
  // there was reason to, whatever stands before that on the tape.
  void send_what_is_due() {
    for (std::size_t at = next_; at < tape_.entries.size(); ++at) {
      const json::Value* message = message_of(tape_.entries[at]);
      if (message == nullptr) continue;
      next_ = at;
      const bool is_answer = rpc_kind(*message) == RpcKind::kAnswer;
      if (!is_initialized(*message) && (!is_answer || ended_)) continue;
      if (!goes_out(*message)) continue;
      const auto by_itself = own_answers_.find(at);
      const json::Value own =
          by_itself == own_answers_.end() ? *message : json::Value(by_itself->second);
      if (!ended_) observer_.client_output(json::dump(own) + "\n");
      recorder_.sent(own);
    }
  }

  // Does the client come to send this, which no call of its user sends?
  bool goes_out(const json::Value& message) const {
    if (is_initialized(message)) return recorder_.initialized() == true;
    if (rpc_kind(message) == RpcKind::kNotification) return true;
    if (own_answers_.contains(next_)) return true;
    // The one that is asked last may have no answer, and waits for it for ever.
    const std::size_t answered = recorder_.asked() - (recorder_.blocked() ? 1 : 0);
    for (std::size_t i = 0; i < asked_of_user_.size(); ++i) {
      if (asked_of_user_[i].answer == next_) return i < answered;
    }
    return false;
  }

  // Does the client's own method send it? Without a thread or input it is a request like others.
  bool is_turn_start(const json::Value& message) const {
    if (rpc_method(message) != "turn/start") return false;
    const json::Value* params = message.get("params");
    return api_ != CodexSdkProfile::Api::kClient || CodexSdkProfile::is_turn_start(params);
  }

  // One turn/start of a thread waits for the one before (client.py: _thread_start_lock).
  bool is_held_back(const json::Value& message) const {
    if (!is_turn_start(message)) return false;
    const auto before = starting_.find(rpc_thread(message));
    return before != starting_.end() && !recorder_.has_come_back(before->second);
  }

  // A call was answered and has not come back, and so no other is made: the client has not read
  // the whole of the answer's line.
  bool awaits_answer() const {
    return !is_over() && std::any_of(answered_.begin(), answered_.end(), [&](std::size_t entry) {
      const auto number = numbers_.find(entry);
      return number != numbers_.end() && !recorder_.has_come_back(number->second);
    });
  }

  // Nothing follows the answer to a turn/start before the call is back (app_server_conductor.h).
  bool is_held() const {
    return !is_over() && std::any_of(answered_.begin(), answered_.end(), [&](std::size_t entry) {
      const auto number = numbers_.find(entry);
      return number != numbers_.end() && rpc_method(*message_of(tape_.entries[entry])) == "turn/start" &&
             !recorder_.has_come_back(number->second);
    });
  }

  bool can_send(const json::Value& message) const {
    if (api_ == CodexSdkProfile::Api::kClient || rpc_kind(message) == RpcKind::kAnswer) return true;
    if (is_initialized(message)) return true;
    const std::string method = rpc_method(message);
    const auto call = std::find_if(kHighLevelCalls.begin(), kHighLevelCalls.end(),
                                   [&](const HighLevelCall& each) { return each.method == method; });
    if (call == kHighLevelCalls.end() || rpc_kind(message) != RpcKind::kRequest) return false;
    if (call->object.empty()) return true;
    const json::Value* params = message.get("params");
    const json::Value* id = params == nullptr ? nullptr : params->get(call->object);
    return id != nullptr && recorder_.has_handed_out(std::string(id->text()));
  }

  bool is_over() const { return ended_ || !profile_.reading(); }

  // What the client sent is on no line: told of the one that stands in its place, else of the last.
  bool lack(const std::string& why) {
    const auto is_sent = [&](std::size_t i) { return message_of(tape_.entries[i]) != nullptr; };
    std::size_t at = next_;
    while (at < tape_.entries.size() && !is_sent(at)) ++at;
    if (at == tape_.entries.size()) at = next_;
    while (at != 0 && !is_sent(at)) --at;
    next_ = at;
    return leave_script(why);
  }

  bool leave_script(const std::string& why) {
    left_script_ = tape_.path + ":" + std::to_string(tape_.entries[next_].line) + ": " + why;
    return false;
  }

  bool happen(const ProcessEvent& event) {
    if (!event.stderr_text.empty()) {
      observer_.standard_error(event.stderr_text);
      profile_.standard_error(event.stderr_text);
    }
    const bool exits = event.exit || event.signal;
    // The connection does not end before an answered call is back.
    if ((exits || event.eof) && awaits_answer()) return false;
    if (exits) {
      profile_.end_of_input();
      profile_.end_of_error();
    }
    if ((exits || event.eof) && !recorder_.blocked()) profile_.end_of_output();
    if (exits) end(event.exit, event.signal);
    return true;  // one that stalls writes nothing more, and reads on
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
  const CodexSdkProfile::Api api_;
  const bool lacks_initialized_;
  const std::vector<CodexRequest> asked_of_user_;
  const std::vector<CodexRequest> asked_of_client_;
  telemetry::Hub hub_{telemetry::Scrubbing::off()};
  SdkRecorder recorder_;
  AppServerObserver observer_;
  CodexSdkProfile profile_;
  std::map<std::string, std::int64_t> counts_;
  std::size_t next_ = 0;  // entry
  std::size_t requests_ = 0;
  std::map<std::size_t, std::size_t> numbers_;       // by entry: the request's
  std::map<std::size_t, json::Value> own_ids_;       // by entry of a request: what the client calls it
  std::set<std::size_t> answered_;                   // entries of requests
  std::map<std::string, std::size_t> starting_;      // by thread: its latest turn/start
  std::map<std::size_t, json::Object> own_answers_;  // by entry: what the client says there
  std::size_t own_answers_made_ = 0;
  std::string left_script_;                          // why; empty: it did not
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
