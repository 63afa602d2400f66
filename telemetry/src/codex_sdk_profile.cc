#include "codex/telemetry/codex_sdk_profile.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "client_initialize.h"
#include "client_model.h"
#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/event_names.h"
#include "jsonrpc_error.h"
#include "protocol.h"
#include "python_text_reader.h"
#include "scrubbed_listener.h"
#include "turn_collector.h"
#include "turn_router.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

constexpr const char* kCodexError = "openai_codex.errors.CodexError";
constexpr const char* kTransportClosed = "openai_codex.errors.TransportClosedError";
constexpr const char* kValidationError = "pydantic_core._pydantic_core.ValidationError";
constexpr std::size_t kStderrLines = 400;  // client.py, _stderr_lines
constexpr std::size_t kStderrTail = 40;    // client.py, _stderr_tail
constexpr std::size_t kStderrPoints = 2000;

std::optional<std::string> text_of(const Value* value) {
  return value != nullptr && value->is_string() ? std::optional(*value->string()) : std::nullopt;
}

bool starts_turn(std::string_view method) {
  return method == "turn/start" || method == "review/start";
}

// What is written to a process that is gone.
ClientError broken_pipe() { return {"BrokenPipeError", "[Errno 32] Broken pipe"}; }

// A request that waits for its response.
struct Waiter {
  std::size_t number = 0;
  Value id;
  std::string method;
  bool is_turn_start = false;   // by the client's method for it, which keeps events from then on
  std::string thread;           // of one
  TurnRouter::Cursors cursors;  // likewise
};

}  // namespace

struct CodexSdkProfile::State {
  State(Listener listener_, Options options_)
      : listener(scrubbed_listener(std::move(listener_), options_.scrubbing.scrubber())),
        options(std::move(options_)),
        out(options.read_size),
        err(options.read_size) {}

  bool line(const std::string& text);
  bool message(const Object& message);
  bool response(const Object& message);
  void server_request(const Object& message);
  void notification(const std::string& method, const Value* params);
  void returned(const Waiter& waiter, const Value& result);
  Outcome checked(const Waiter& waiter, const Value& result);
  TurnRouter::Consumer stream(const std::string& turn);
  TurnRouter::Consumer collect(const std::string& turn);
  void raised(const Waiter& waiter, const ClientError& error);
  void fail(const ClientError& error);
  bool shows_all() const { return options.api == Api::kClient; }

  const Listener listener;
  const Options options;
  PythonTextReader out;
  PythonTextReader err;
  bool err_readable = true;
  std::deque<std::string> err_lines;
  bool alive = true;
  bool held = false;
  bool input_open = true;
  std::size_t requests = 0;
  std::vector<Waiter> waiters;       // in the order in which they were sent
  std::vector<std::size_t> hanging;  // whose waiter is gone and never answered
  TurnRouter router;
};

CodexSdkProfile::CodexSdkProfile(Listener listener, Options options)
    : state_(std::make_unique<State>(std::move(listener), std::move(options))) {}

CodexSdkProfile::~CodexSdkProfile() = default;

bool CodexSdkProfile::is_turn_start(const Value* params) {
  return params != nullptr && params->get("threadId") != nullptr && params->get("input") != nullptr;
}

// client.py, _request_raw and _start_turn
std::size_t CodexSdkProfile::request(const Value& id, std::string_view method,
                                     const Value& params) {
  State& state = *state_;
  Waiter waiter{++state.requests, id, std::string(method), false, {}, {}};
  const std::size_t number = waiter.number;
  if (!state.input_open) {
    state.raised(waiter, broken_pipe());
    return number;
  }
  waiter.is_turn_start = method == "turn/start" && (!state.shows_all() || is_turn_start(&params));
  if (waiter.is_turn_start) {
    waiter.thread = text_of(params.get("threadId")).value_or("");
    waiter.cursors = state.router.begin_request(waiter.thread);
  }
  state.waiters.push_back(std::move(waiter));
  return number;
}

void CodexSdkProfile::standard_output(std::string_view bytes) {
  State& state = *state_;
  if (!state.alive || state.held) return;
  const auto error = state.out.feed(bytes, [&](const auto& text) { return state.line(text); });
  if (error && state.alive && !state.held) state.fail({"UnicodeDecodeError", *error});
  if (state.alive) state.router.run();
}

// client.py, _reader_loop and _read_message
void CodexSdkProfile::end_of_output() {
  State& state = *state_;
  if (!state.alive || state.held) return;
  const auto error = state.out.end([&](const auto& text) { return state.line(text); });
  if (!state.alive || state.held) return;
  if (error) {
    state.fail({"UnicodeDecodeError", *error});
    return;
  }
  std::string tail;
  const std::size_t count = state.err_lines.size();
  for (std::size_t i = count - std::min(count, kStderrTail); i < count; ++i) {
    if (i > count - std::min(count, kStderrTail)) tail += '\n';
    tail += state.err_lines[i];
  }
  state.fail({kTransportClosed, "Codex process closed stdout. stderr_tail=" +
                                    std::string(json::prefix(tail, kStderrPoints))});
}

// client.py, _start_stderr_drain_thread: a byte that is no UTF-8 ends that thread, unnoticed.
void CodexSdkProfile::standard_error(std::string_view bytes) {
  State& state = *state_;
  if (!state.err_readable) return;
  const auto keep = [&](const std::string& text) {
    state.err_lines.push_back(text.substr(0, text.find_last_not_of('\n') + 1));
    if (state.err_lines.size() > kStderrLines) state.err_lines.pop_front();
    return true;
  };
  state.err_readable = !state.err.feed(bytes, keep);
}

void CodexSdkProfile::end_of_error() {
  State& state = *state_;
  if (!std::exchange(state.err_readable, false)) return;
  state.err.end([&](const std::string& text) {
    state.err_lines.push_back(text.substr(0, text.find_last_not_of('\n') + 1));
    return true;
  });
  if (state.err_lines.size() > kStderrLines) state.err_lines.pop_front();
}

void CodexSdkProfile::end_of_input() { state_->input_open = false; }

void CodexSdkProfile::hold() { state_->held = true; }

bool CodexSdkProfile::reading() const { return state_->alive; }

std::vector<std::size_t> CodexSdkProfile::waiting_requests() const {
  std::vector<std::size_t> numbers = state_->hanging;
  for (const Waiter& waiter : state_->waiters) numbers.push_back(waiter.number);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::string> CodexSdkProfile::waiting_turns() const {
  std::vector<std::string> turns = state_->router.waiting();
  turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
  return turns;
}

// client.py, _read_message: false where the reader dies, or reads nothing more.
bool CodexSdkProfile::State::line(const std::string& text) {
  json::ParseResult parsed = json::parse(text);
  if (!parsed) {
    const json::ParseError& error = parsed.error();
    if (error.positioned) {
      fail({kCodexError, "Invalid JSON-RPC line: " + json::python_repr(Value(text))});
    } else {  // no JSONDecodeError: it passes as it is
      const bool deep = error.message.find("recursion") != std::string::npos;
      fail({deep ? "RecursionError" : "ValueError", error.text()});
    }
    return false;
  }
  const Object* object = parsed.value().object();
  if (object == nullptr) {
    fail({kCodexError, "Invalid JSON-RPC payload: " + json::python_repr(parsed.value())});
    return false;
  }
  return message(*object);
}

// client.py, _reader_loop
bool CodexSdkProfile::State::message(const Object& message) {
  const Value* method = message.find("method");
  if (method == nullptr) return response(message);
  if (message.find("id") != nullptr) {
    server_request(message);
  } else if (method->is_string()) {
    notification(*method->string(), message.find("params"));
  }
  return alive && !held;
}

// _message_router.py, route_response
bool CodexSdkProfile::State::response(const Object& message) {
  const Value* id = message.find("id");
  if (id == nullptr) return true;
  const auto found = std::find_if(waiters.begin(), waiters.end(),
                                  [id](const Waiter& waiter) { return waiter.id == *id; });
  if (found == waiters.end()) return true;
  const Waiter waiter = std::move(*found);
  waiters.erase(found);
  if (const Value* error = message.find("error")) {
    const JsonRpcFailure failure = jsonrpc_failure(*error);
    if (failure.fatal) {
      hanging.push_back(waiter.number);
      fail(failure.error);
      return false;
    }
    raised(waiter, failure.error);
    return true;
  }
  const Value* result = message.find("result");
  returned(waiter, result == nullptr ? Value() : *result);
  return alive;
}

// client.py, _handle_server_request, _default_approval_handler
void CodexSdkProfile::State::server_request(const Object& message) {
  const Value& id = *message.find("id");
  const Value& method = *message.find("method");
  if (!method.is_string() || !shows_all()) {
    const bool asks = method.text() == "item/commandExecution/requestApproval" ||
                      method.text() == "item/fileChange/requestApproval";
    // In a last line without its LF: the process has closed its input by then.
    if (!input_open) return fail(broken_pipe());
    if (!listener.own_answer) return;
    return listener.own_answer(id, asks ? Object{{"decision", "accept"}} : Object{});
  }
  if (!listener.server_request) return;
  const Value* params = message.find("params");
  const bool object = params != nullptr && params->is_object();
  listener.server_request(id, *method.string(), object ? *params : Value());
}

// client.py, _coerce_notification; _message_router.py, route_notification
void CodexSdkProfile::State::notification(const std::string& method, const Value* params) {
  auto made = std::make_shared<ClientNotification>();
  made->method = method;
  const Value object = params != nullptr && params->is_object() ? *params : Value(Object{});
  const std::string_view type_name = protocol::notification_type(method);
  const ClientType* type = type_name.empty() ? nullptr : client_type(type_name);
  std::optional<Value> data = type == nullptr ? std::nullopt : client_value(*type, object);
  made->known = data.has_value();
  const Value& shown = data ? *data : object;
  // An unknown one is routed by what stands on the wire. Of the known ones, those whose model has
  // a turn_id, and turn/started and turn/completed: both look the same.
  made->turn = text_of(shown.get("turnId"));
  if (!made->turn) {
    if (const Value* turn = shown.get("turn")) made->turn = text_of(turn->get("id"));
  }
  made->thread = text_of(shown.get("threadId"));
  // A login that somebody waits for has a queue of its own.
  const bool login = method == "account/login/completed" && text_of(shown.get("loginId"));
  if (data) {
    made->name = event_of_notification(method, shown);
    made->data = std::move(*data);
  } else {
    made->name = event::kSessionUnknown;
    made->data = Object{{"type", method}, {"payload", object}};
  }
  if (login) return;
  if (!made->turn) {
    if (listener.global_event && shows_all()) listener.global_event(made->name, made->data);
    return;
  }
  // Its consumers wake up when all of a piece has been read.
  if (const auto error = router.route(std::move(made))) fail(*error);
}

// client.py, request: what is made of a result.
CodexSdkProfile::Outcome CodexSdkProfile::State::checked(const Waiter& waiter,
                                                         const Value& result) {
  if (!result.is_object()) {
    return ClientError{kCodexError, waiter.method + " response must be a JSON object"};
  }
  const std::string_view name = protocol::response_type(waiter.method);
  const ClientType* type = waiter.method == "initialize" ? &initialize_response_type()
                           : name.empty()                ? nullptr
                                                         : client_type(name);
  if (type == nullptr) return result;
  std::optional<Value> value = client_value(*type, result);
  if (!value) return ClientError{kValidationError, client_validation_error(*type, result)};
  if (waiter.method != "initialize") return std::move(*value);
  // client.py, initialize: `initialized` is written before anybody sees the response.
  if (!input_open) return broken_pipe();
  if (shows_all()) return std::move(*value);
  return validated_initialize_metadata(std::move(*value));
}

void CodexSdkProfile::State::returned(const Waiter& waiter, const Value& result) {
  const Outcome outcome = checked(waiter, result);
  if (const ClientError* error = std::get_if<ClientError>(&outcome)) {
    raised(waiter, *error);
    return;
  }
  const Value* turn = std::get<Value>(outcome).get("turn");
  const auto id = text_of(turn == nullptr ? nullptr : turn->get("id"));
  // Both consumers are made before either reads.
  if (waiter.is_turn_start) {
    if (id) router.attach_started(*id, waiter.thread, waiter.cursors, stream(*id));
    if (const auto error = router.end_request(waiter.thread)) {
      if (listener.response) listener.response(waiter.number, *error);
      return;
    }
  } else if (id && starts_turn(waiter.method)) {
    router.attach_default(*id, stream(*id));
  }
  // What another method answers may name a turn too: nobody consumes it.
  if (id && starts_turn(waiter.method)) router.attach(*id, collect(*id));
  if (listener.response) listener.response(waiter.number, outcome);
  router.run();
}

TurnRouter::Consumer CodexSdkProfile::State::stream(const std::string& turn) {
  return [this, turn](const TurnRouter::Item& item) {
    if (const ClientError* error = std::get_if<ClientError>(&item)) {
      if (listener.turn_stream_error) listener.turn_stream_error(turn, *error);
      return true;
    }
    const ClientNotification& seen = *std::get<0>(item);
    if (listener.turn_event) listener.turn_event(turn, seen.name, seen.data);
    return ends_turn(seen, turn);
  };
}

TurnRouter::Consumer CodexSdkProfile::State::collect(const std::string& turn) {
  return [this, turn, collector = std::make_shared<TurnCollector>(turn)](
             const TurnRouter::Item& item) {
    if (!collector->add(item)) return false;
    if (listener.turn_result) listener.turn_result(turn, collector->result(), collector->usage());
    return true;
  };
}

void CodexSdkProfile::State::raised(const Waiter& waiter, const ClientError& error) {
  if (listener.response) listener.response(waiter.number, error);
  if (waiter.is_turn_start) router.end_request(waiter.thread);
  // Codex and AsyncCodex close a connection that they cannot initialize.
  if (waiter.method == "initialize" && !shows_all()) alive = false;
}

// _message_router.py, fail_all
void CodexSdkProfile::State::fail(const ClientError& error) {
  alive = false;
  const std::vector<Waiter> waiting = std::exchange(waiters, {});
  if (!router.fail_all(error)) {
    for (const Waiter& waiter : waiting) hanging.push_back(waiter.number);
    return;
  }
  for (const Waiter& waiter : waiting) raised(waiter, error);
  router.run();
  if (listener.connection_ended) listener.connection_ended(error);
}

}  // namespace codex::telemetry
