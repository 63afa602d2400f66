#include "codex/telemetry/app_server_observer.h"

#include <utility>

#include "app_server_events.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"
#include "pipe_text.h"
#include "python_utf8.h"
#include "recent_map.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;
using Time = std::chrono::nanoseconds;

constexpr std::string_view kTransport = "app-server";

Time steady_now() {
  return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now().time_since_epoch());
}

// A request on its way: of the client, or of codex.
struct Asked {
  Value id;
  std::string method;
  Correlation correlation;
  Time time{};
};

struct Begun {
  std::string thread;
  std::string turn;
  Time time{};
};

// The thread that the result of thread/start and the like names, or the params of others.
std::string thread_in(const Value& value) {
  Correlation ids;
  add_ids(value, ids);
  return ids.thread;
}

}  // namespace

struct AppServerObserver::State {
  State(Hub& hub_, Options options_)
      : hub(hub_),
        options(std::move(options_)),
        from_client(options.max_line),
        from_codex(options.max_line),
        errors(options.max_stderr),
        requests(options.max_open),
        server_requests(options.max_open),
        turns(options.max_open),
        items(options.max_open),
        traces(options.max_open) {}

  // What a line says; nothing where it is no object, which is told.
  std::optional<Object> read(std::string_view bytes, bool whole, bool client);
  void client_line(std::string_view bytes, bool whole);
  void codex_line(std::string_view bytes, bool whole);
  void notification(Object& message, std::string_view bytes);
  void known(std::string_view name, std::string_view method, Object params, const Correlation& ids,
             std::string_view bytes);
  void server_request(const Object& message, std::string_view bytes);
  void response(const Object& message, std::string_view bytes);
  void answer(const Object& message, std::string_view bytes);
  void unanswered(const Asked& asked);

  Correlation ids_of(const Value& params) const;
  void add_duration(Object& measurements, Time since) const;
  Time now() const { return options.clock ? options.clock() : steady_now(); }
  void emit(Event event, std::string_view line);
  void emit(std::string_view name, Object metadata, Object measurements,
            const Correlation& correlation, std::string_view line) {
    emit({name, std::move(measurements), std::move(metadata), correlation, {}}, line);
  }
  void invalid(std::string_view type, std::string reason, Value payload,
               const Correlation& correlation, std::string_view line) {
    emit(event::kSessionInvalid,
         {{"type", type}, {"reason", std::move(reason)}, {"payload", std::move(payload)}}, {},
         correlation, line);
  }

  Hub& hub;
  const Options options;
  LineCutter from_client;
  LineCutter from_codex;
  TextTail errors;
  RecentMap<Asked> requests;         // of the client, by id
  RecentMap<Asked> server_requests;  // of codex, by id
  RecentMap<Begun> turns;
  RecentMap<Begun> items;
  RecentMap<TraceContext> traces;  // of threads, as the client's requests have them
  Time begun{};
};

AppServerObserver::AppServerObserver(Hub& hub, Options options)
    : state_(std::make_unique<State>(hub, std::move(options))) {}

AppServerObserver::~AppServerObserver() = default;

void AppServerObserver::started(const std::vector<std::string>& argv) {
  json::Array arguments(argv.begin(), argv.end());
  state_->begun = state_->now();
  state_->emit(event::kSessionStart,
               {{"transport", kTransport}, {"argv", std::move(arguments)}}, {},
               state_->options.correlation, {});
}

void AppServerObserver::client_output(std::string_view bytes) {
  state_->from_client.feed(bytes, [this](std::string_view line, bool whole) {
    state_->client_line(line, whole);
  });
}

void AppServerObserver::standard_output(std::string_view bytes) {
  state_->from_codex.feed(
      bytes, [this](std::string_view line, bool whole) { state_->codex_line(line, whole); });
}

void AppServerObserver::standard_error(std::string_view bytes) { state_->errors.add(bytes); }

void AppServerObserver::ended(std::optional<int> exit_code, std::optional<int> signal) {
  State& state = *state_;
  state.from_client.end(
      [&](std::string_view line, bool whole) { state.client_line(line, whole); });
  state.from_codex.end([&](std::string_view line, bool whole) { state.codex_line(line, whole); });
  for (const auto& [key, asked] : state.server_requests.entries()) state.unanswered(asked);
  state.server_requests.clear();
  Object measurements;
  if (state.begun != Time{}) state.add_duration(measurements, state.begun);
  state.emit(event::kSessionStop,
             {{"exit_code", exit_code ? Value(*exit_code) : Value()},
              {"signal", signal ? Value(*signal) : Value()},
              {"stderr", state.errors.text()},
              {"completed", state.turns.size() == 0}},
             std::move(measurements), state.options.correlation, {});
}

std::size_t AppServerObserver::open_turns() const { return state_->turns.size(); }

std::optional<Object> AppServerObserver::State::read(std::string_view bytes, bool whole,
                                                     bool client) {
  std::string reason;
  json::ParseResult parsed = Value();
  if (!whole) {
    reason = kLineTooLong;
  } else {
    parsed = json::parse(bytes);
    // The parser lets surrogates pass that are encoded by themselves: ED A0..BF xx is no UTF-8.
    if (!parsed || bytes.find('\xED') != std::string_view::npos) {
      auto error = utf8_decode_error(bytes);
      if (!error && !parsed) error = parsed.error().text();
      reason = error.value_or("");
    }
    if (reason.empty() && !parsed.value().is_object()) reason = "not an object";
  }
  if (reason.empty()) return std::move(*parsed.value().object());
  Object metadata{{"reason", reason}, {"line", bytes}};
  if (client) metadata.append("from", "client");
  emit(event::kSessionMalformed, std::move(metadata), {}, options.correlation, bytes);
  return std::nullopt;
}

void AppServerObserver::State::client_line(std::string_view bytes, bool whole) {
  const std::optional<Object> message = read(bytes, whole, true);
  if (!message) return;
  const Value* id = message->find("id");
  const Value* method = message->find("method");
  if (id == nullptr) return;
  if (method == nullptr) {
    answer(*message, bytes);
    return;
  }
  const Value* params = message->find("params");
  Asked asked{*id, std::string(method->text()), {}, now()};
  if (params != nullptr) add_ids(*params, asked.correlation);
  const Value* trace = message->find("trace");
  const Value* parent = trace == nullptr ? nullptr : trace->get("traceparent");
  if (const auto context = parse_traceparent(parent == nullptr ? "" : parent->text())) {
    asked.correlation.trace = *context;
    if (!asked.correlation.thread.empty()) traces.set(asked.correlation.thread, *context);
  }
  requests.set(request_id_text(*id), std::move(asked));
}

void AppServerObserver::State::codex_line(std::string_view bytes, bool whole) {
  std::optional<Object> message = read(bytes, whole, false);
  if (!message) return;
  if (message->find("method") == nullptr) {
    response(*message, bytes);
  } else if (message->find("id") == nullptr) {
    notification(*message, bytes);
  } else {
    server_request(*message, bytes);
  }
}

Correlation AppServerObserver::State::ids_of(const Value& params) const {
  Correlation ids = options.correlation;
  add_ids(params, ids);
  if (ids.thread.empty()) {
    if (const Begun* turn = turns.find(ids.turn)) ids.thread = turn->thread;
  }
  if (const TraceContext* trace = traces.find(ids.thread)) ids.trace = *trace;
  return ids;
}

void AppServerObserver::State::add_duration(Object& measurements, Time since) const {
  measurements.set("duration", static_cast<std::int64_t>((now() - since).count()));
}

void AppServerObserver::State::notification(Object& message, std::string_view bytes) {
  const Value& method = *message.find("method");
  Value* found = message.find("params");
  Value params = found == nullptr ? Value(Object{}) : std::move(*found);
  const std::string_view name = event_of_notification(method.text(), params);
  const Correlation ids = ids_of(params);
  if (name.empty()) {
    Object metadata{{"type", method}};
    if (found != nullptr) metadata.append("payload", std::move(params));
    emit(event::kSessionUnknown, std::move(metadata), {}, ids, bytes);
  } else if (!params.is_object()) {
    invalid(method.text(), "params are no object", std::move(params), ids, bytes);
  } else {
    known(name, method.text(), std::move(*params.object()), ids, bytes);
  }
}

void AppServerObserver::State::known(std::string_view name, std::string_view method,
                                     Object params, const Correlation& ids,
                                     std::string_view bytes) {
  Event event{name, {}, std::move(params), ids, {}};
  if (const auto reason = validate(event, kTransport)) {
    invalid(method, *reason, std::move(event.metadata), ids, bytes);
    return;
  }
  const Value* const found = event.metadata.find("item");
  const std::string_view tool = found == nullptr ? std::string_view() : tool_of(*found);
  // Of these another event is told, which holds the same.
  const Value item = tool.empty() ? Value() : *found;
  const Object closed = name == event::kThreadClosed ? event.metadata : Object{};
  if (name == event::kTurnStart) {
    turns.set(ids.turn, {ids.thread, ids.turn, now()});
  } else if (name == event::kTurnCompleted || name == event::kTurnFailed ||
             name == event::kTurnInterrupted) {
    if (const auto turn = turns.take(ids.turn)) add_duration(event.measurements, turn->time);
  } else if (name == event::kItemStarted) {
    items.set(ids.item, {ids.thread, ids.turn, now()});
  } else if (name == event::kItemCompleted) {
    if (const auto item_begun = items.take(ids.item)) {
      add_duration(event.measurements, item_begun->time);
    }
  } else if (name == event::kThreadTokenUsageUpdated) {
    event.measurements = token_measurements(*event.metadata.find("tokenUsage"));
  }
  const Object measurements = tool.empty() ? Object{} : event.measurements;
  emit(std::move(event), bytes);
  if (name == event::kThreadClosed) {
    emit(event::kThreadStop, closed, {}, ids, bytes);
  } else if (!tool.empty() && name == event::kItemStarted) {
    emit(event::kToolStart, {{"tool", tool}, {"item", item}}, {}, ids, bytes);
  } else if (!tool.empty() && name == event::kItemCompleted) {
    const Value* status = item.get("status");
    const bool failed = status != nullptr && status->text() == "failed";
    emit(failed ? event::kToolException : event::kToolStop, {{"tool", tool}, {"item", item}},
         measurements, ids, bytes);
  }
}

void AppServerObserver::State::server_request(const Object& message, std::string_view bytes) {
  const Value& id = *message.find("id");
  const Value& method = *message.find("method");
  const Value* found = message.find("params");
  const Value params = found == nullptr ? Value() : *found;
  Correlation ids = ids_of(params);
  ids.call = request_id_text(id);
  const bool approval = is_approval(method.text());
  if (!method.is_string() || (!id.is_string() && id.integer() == nullptr) ||
      (approval && !params.is_null() && !params.is_object())) {
    invalid(method.is_string() ? method.text() : "request",
            "its method, id or params are of another type", Value(message), ids, bytes);
    return;
  }
  server_requests.set(ids.call, {id, std::string(method.text()), ids, now()});
  emit(approval ? event::kApprovalRequested : event::kServerRequestReceived,
       {{"method", method}, {"request_id", id}, {"params", params}}, {}, ids, bytes);
}

// The client answers codex.
void AppServerObserver::State::answer(const Object& message, std::string_view bytes) {
  const auto asked = server_requests.take(request_id_text(*message.find("id")));
  if (!asked) return;
  Object metadata{{"method", asked->method}, {"request_id", asked->id}};
  Object measurements;
  add_duration(measurements, asked->time);
  std::string_view name = event::kServerRequestAnswered;
  if (is_approval(asked->method)) {
    ApprovalAnswer approval = approval_answer(message);
    name = approval.event;
    metadata.append("decision", std::move(approval.decision));
  } else {
    for (const std::string_view key : {"result", "error"}) {
      if (const Value* value = message.find(key)) metadata.append(std::string(key), *value);
    }
  }
  emit(name, std::move(metadata), std::move(measurements), asked->correlation, bytes);
}

// The session is over.
void AppServerObserver::State::unanswered(const Asked& asked) {
  Object metadata{{"method", asked.method}, {"request_id", asked.id}};
  const bool approval = is_approval(asked.method);
  if (approval) metadata.append("decision", nullptr);
  Object measurements;
  add_duration(measurements, asked.time);
  emit(approval ? event::kApprovalCancelled : event::kServerRequestAnswered, std::move(metadata),
       std::move(measurements), asked.correlation, {});
}

// Codex answers the client.
void AppServerObserver::State::response(const Object& message, std::string_view bytes) {
  const Value* id = message.find("id");
  const auto asked = id == nullptr ? std::nullopt : requests.take(request_id_text(*id));
  const Value* error = message.find("error");
  if (!asked) {
    emit(event::kSessionUnknown, {{"type", "response"}, {"payload", Value(message)}}, {},
         options.correlation, bytes);
    return;
  }
  if (const Value* result = message.find("result"); result != nullptr && error == nullptr) {
    const std::string thread = thread_in(*result);
    if (!thread.empty() && asked->correlation.trace.valid()) {
      traces.set(thread, asked->correlation.trace);
    }
    return;
  }
  if (error == nullptr) return;
  Correlation ids = options.correlation;
  if (!asked->correlation.thread.empty()) ids.thread = asked->correlation.thread;
  if (!asked->correlation.turn.empty()) ids.turn = asked->correlation.turn;
  if (asked->correlation.trace.valid()) ids.trace = asked->correlation.trace;
  ids.call = request_id_text(asked->id);
  Object measurements;
  add_duration(measurements, asked->time);
  emit(event::kRequestFailed,
       {{"method", asked->method}, {"request_id", asked->id}, {"error", *error}},
       std::move(measurements), ids, bytes);
}

void AppServerObserver::State::emit(Event event, std::string_view line) {
  event.time = std::chrono::system_clock::now();
  if (!options.listener) {
    hub.emit(std::move(event));
    return;
  }
  hub.emit(event);
  try {
    options.listener(event, line);
  } catch (...) {  // a listener's failure is its own
  }
}

}  // namespace codex::telemetry
