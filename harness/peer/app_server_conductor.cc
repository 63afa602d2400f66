#include "harness/peer/app_server_conductor.h"

#include <algorithm>
#include <utility>

#include "harness/peer/plan.h"
#include "harness/tape/rpc.h"

namespace codex::harness {
namespace {

constexpr const char* kWireLane = "wire/run";

// Sent by whatever sends `initialize`, so that nobody need be told.
bool is_initialized(const json::Value& message) {
  return rpc_kind(message) == RpcKind::kNotification && rpc_method(message) == "initialized";
}

// What the client does when its turn is told; it sends the others by itself.
bool is_call(const json::Value& message) {
  return rpc_kind(message) != RpcKind::kAnswer && !is_initialized(message);
}

// Its response names a turn, whose consumers must be there before the next notification is.
bool starts_turn(const json::Value& message) {
  const std::string method = rpc_method(message);
  return method == "turn/start" || method == "review/start";
}

bool ends_process(Order::Kind kind) {
  return kind == Order::Kind::kExit || kind == Order::Kind::kSignal;
}

json::Value word(const char* key, json::Value value) {
  return json::Value(json::Object{{key, std::move(value)}});
}

bool ends_connection(Order::Kind kind) {
  return kind == Order::Kind::kEof || ends_process(kind);
}

std::string shown(const json::Value& message) {
  if (rpc_kind(message) != RpcKind::kAnswer) return rpc_method(message);
  const json::Value* id = message.get("id");
  return "an answer to " + (id == nullptr ? std::string("nothing") : json::dump(*id));
}

}  // namespace

AppServerConductor::AppServerConductor(const Tape& tape) : tape_(tape) {
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    const auto& what = tape.entries[i].what;
    if (std::holds_alternative<ToCodex>(what)) {
      steps_.push_back({i, std::nullopt});
    } else if (const auto* event = std::get_if<ProcessEvent>(&what)) {
      for (Order& order : orders_of(*event))
        steps_.push_back({i, std::move(order)});
    } else {
      steps_.push_back({i, Order{.kind = Order::Kind::kOut}});
    }
  }
  advance();
}

const json::Value* AppServerConductor::message_of(std::size_t entry) const {
  const auto* sent = std::get_if<ToCodex>(&tape_.entries[entry].what);
  return sent == nullptr ? nullptr : &sent->message;
}

std::optional<std::size_t> AppServerConductor::message_at(const json::Value* line) const {
  const std::optional<std::int64_t> number =
      line == nullptr ? std::nullopt : line->as_int64();
  for (std::size_t i = 0; number && i < tape_.entries.size(); ++i) {
    if (static_cast<std::int64_t>(tape_.entries[i].line) != *number) continue;
    return message_of(i) == nullptr ? std::nullopt : std::optional(i);
  }
  return std::nullopt;
}

// ---- what peers say ----

void AppServerConductor::started(PeerId id, std::vector<std::string> argv) {
  if (off_script_) return;
  if (peer_ || !is_app_server(argv)) {
    json::Array words(argv.begin(), argv.end());
    return refuse_message(std::string(peer_ ? "started codex once more, with "
                                            : "started codex as no app-server, with ") +
                          json::dump(json::Value(std::move(words)), json::kCompactUnicode));
  }
  peer_ = id;
  argv_ = std::move(argv);
  advance();
}

void AppServerConductor::received(PeerId id, std::string line) {
  if (off_script_ || peer_ != id) return;
  json::ParseResult message = json::parse(line);
  if (!message || !message.value().is_object()) {
    return refuse_message("sent what is no JSON-RPC message: " + json::dump(json::Value(line)));
  }
  const std::optional<std::size_t> entry = pair_message(tape_, taken_, message.value());
  if (!entry) {
    lacking_.push_back(message.value());
    return refuse_message("sent " + shown(message.value()));
  }
  taken_.push_back(*entry);
  came_.emplace(*entry, std::move(message.value()));
  advance();
}

void AppServerConductor::input_ended(PeerId id, std::string /*input*/) {
  if (off_script_ || peer_ != id) return;
  input_ended_ = true;
  advance();
}

void AppServerConductor::acknowledged(PeerId id) {
  // One that exits is waited for until it is gone: what is written to it then fails every time.
  if (peer_ != id || !busy_ || ends_process(*busy_)) return;
  busy_.reset();
  advance();
}

void AppServerConductor::gone(PeerId id) {
  if (peer_ != id) return;
  gone_ = true;
  busy_.reset();
  advance();
}

// ---- the process that hosts the client ----

json::Value AppServerConductor::script() const {
  json::Array messages;
  for (std::size_t i = 0; i < tape_.entries.size(); ++i) {
    const json::Value* message = message_of(i);
    if (message == nullptr) continue;
    json::Object shown;
    shown.append("line", static_cast<std::int64_t>(tape_.entries[i].line));
    shown.append("message", *message);
    messages.push_back(std::move(shown));
  }
  json::Array answers;
  for (const CodexRequest& request : codex_requests(tape_)) {
    if (!request.is_told) continue;
    answers.push_back(request.answer ? *message_of(*request.answer) : json::Value());
  }
  return json::Value(
      json::Object{{"messages", std::move(messages)}, {"answers", std::move(answers)}});
}

std::vector<json::Value> AppServerConductor::take_words() {
  return std::exchange(words_, {});
}

bool AppServerConductor::heard(const json::Value& said) {
  if (const json::Value* line = said.get("returned")) {
    const std::optional<std::size_t> entry = message_at(line);
    if (entry) returned(*entry);
    return entry.has_value();
  }
  if (const json::Value* line = said.get("refused")) {
    const std::optional<std::size_t> entry = message_at(line);
    const json::Value* why = said.get("why");
    if (entry) refused(*entry, why == nullptr ? std::string_view() : why->text());
    return entry.has_value();
  }
  if (said.get("lost") != nullptr) {
    lost();
  } else if (said.get("idle") != nullptr) {
    idle();
  } else {
    return false;
  }
  return true;
}

void AppServerConductor::returned(std::size_t entry) {
  if (off_script_) return;
  returned_.insert(entry);
  const bool is_request = rpc_kind(*message_of(entry)) == RpcKind::kRequest;
  if (is_request && !came_.contains(entry) && !gone_) {
    return leave_script(entry, "the client's call came back, and had not sent this");
  }
  advance();
}

void AppServerConductor::refused(std::size_t entry, std::string_view why) {
  if (!off_script_) leave_script(entry, "the client can't send this: " + std::string(why));
}

void AppServerConductor::lost() {
  if (off_script_ || lost_) return;
  lost_ = true;
  if (peer_ && !gone_) commands_.push_back({*peer_, {.kind = Order::Kind::kUnread}});
  advance();
}

void AppServerConductor::idle() {
  if (off_script_ || !end_told_ || !peer_ || gone_ || closed_ || busy_) return;
  command({.kind = Order::Kind::kEof});
}

// ---- the order ----

// Calls that were answered come back before the client is told of its next one and before the
// connection ends (`all`), as they do for a user; those that start a turn, before anything follows.
// Where the connection is over they may never.
bool AppServerConductor::awaits_calls(bool all) const {
  if (lost_ || gone_) return false;
  return std::any_of(answered_.begin(), answered_.end(), [&](std::size_t entry) {
    return !returned_.contains(entry) && (all || starts_turn(*message_of(entry)));
  });
}

void AppServerConductor::advance() {
  while (!off_script_ && !busy_ && !is_held() && next_ < steps_.size()) {
    const Step& step = steps_[next_];
    if (!step.order) {
      if (!has_come(step.entry)) return;
      ++next_;
      continue;
    }
    if (!peer_) return;
    ++next_;
    play(step);
  }
  if (!off_script_ && !busy_ && !is_held() && next_ == steps_.size()) end();
}

bool AppServerConductor::is_held() const {
  const bool ends = next_ < steps_.size() && steps_[next_].order &&
                    ends_connection(steps_[next_].order->kind);
  return awaits_calls(ends);
}

// Tells the client, once, that it is this one's turn.
bool AppServerConductor::has_come(std::size_t entry) {
  if (came_.contains(entry)) return true;
  if (awaits_calls(true)) return false;
  if (told_.insert(entry).second) {
    words_.push_back(word("send", static_cast<std::int64_t>(tape_.entries[entry].line)));
  }
  return may_be_missing(entry);
}

// A client whose connection is over still makes calls; nobody is there who could take them. What
// it sends by itself it sends for what it has read.
bool AppServerConductor::may_be_missing(std::size_t entry) const {
  if (!is_call(*message_of(entry))) return lost_ || gone_;
  return gone_ && returned_.contains(entry);
}

void AppServerConductor::play(const Step& step) {
  Order order = *step.order;
  if (gone_) return;
  if (order.kind == Order::Kind::kOut) {
    if (lost_) return;
    order.bytes = with_client_ids(step.entry);
  }
  stalled_ = stalled_ || order.kind == Order::Kind::kStay;
  closed_ = closed_ || ends_connection(order.kind);
  command(std::move(order));
}

void AppServerConductor::command(Order order) {
  busy_ = order.kind;
  commands_.push_back({*peer_, std::move(order)});
}

// The entry's bytes with the client's ids.
std::string AppServerConductor::with_client_ids(std::size_t entry) {
  std::string bytes = std::get<FromCodex>(tape_.entries[entry].what).bytes;
  const std::vector<ResponseId> ids = response_ids(tape_, entry);
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    const auto came = came_.find(id->request);
    if (came == came_.end()) continue;  // it was never sent; its call is over
    bytes.replace(id->begin, id->size, json::dump(*came->second.get("id")));
    if (id->whole) answered_.insert(id->request);
  }
  return bytes;
}

void AppServerConductor::end() {
  if (!end_told_) {
    end_told_ = true;
    words_.push_back(json::Value(json::Object{{"end", true}, {"closed", closed_}}));
  }
  // As codex itself; a client that kills it comes first, mostly.
  if (input_ended_ && !gone_ && !stalled_) command({.kind = Order::Kind::kExit});
}

// ---- off script ----

void AppServerConductor::finish() {
  if (off_script_ || gone_ || lost_ || state() == State::kHolding) return;
  for (const Step& step : steps_) {
    if (!peer_) return leave_script(step.entry, "the client never started codex");
    if (step.order || came_.contains(step.entry)) continue;
    return leave_script(step.entry,
                        "the client never sent " + shown(*message_of(step.entry)));
  }
}

// "FILE:LINE: the client sent …": the line of the first `>` that has not come, or of the last.
void AppServerConductor::refuse_message(const std::string& shown_message) {
  std::size_t last = 0;
  for (const Step& step : steps_) {
    if (step.order) continue;
    last = step.entry;
    if (came_.contains(step.entry)) continue;
    return leave_script(last, "the client " + shown_message + ", the tape has " +
                                  shown(*message_of(last)));
  }
  leave_script(last, "the client " + shown_message + ", and the tape has nothing more from it");
}

void AppServerConductor::leave_script(std::size_t entry, const std::string& reason) {
  const std::size_t line = tape_.entries[entry].line;
  off_script_ = OffScript{line, tape_.path + ":" + std::to_string(line) + ": " + reason};
  commands_.clear();
  words_.clear();
}

// ---- what is asked ----

std::vector<Conductor::Command> AppServerConductor::take_commands() {
  return std::exchange(commands_, {});
}

Conductor::State AppServerConductor::state() const {
  if (off_script_) return State::kOffScript;
  if (busy_) return State::kPlaying;
  // At a `>` whose turn is not told yet, at the end of the connection, after the start of a turn.
  const bool at_message = next_ < steps_.size() && !steps_[next_].order;
  if (at_message ? awaits_calls(true) : is_held()) return State::kHolding;
  if (next_ < steps_.size()) return State::kWaiting;
  return stalled_ && !gone_ ? State::kStalled : State::kEnd;
}

std::vector<Observation> AppServerConductor::observations() const {
  std::vector<Observation> observations;
  if (!peer_) return observations;
  json::Array argv;
  for (const std::string& argument : argv_)
    argv.push_back(bytes_to_json(argument));
  observations.push_back({kWireLane, "app-server", json::Object{{"argv", std::move(argv)}}});
  for (const auto& [entry, message] : came_)
    observations.push_back({kWireLane, rpc_name(message), message});
  for (const json::Value& message : lacking_)
    observations.push_back({kWireLane, rpc_name(message), message});
  return observations;
}

}  // namespace codex::harness
