#include "harness/peer/protocol.h"

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "harness/model/base64.h"
#include "harness/model/utf8.h"

namespace codex::harness {
namespace {

json::Value member(const char* key, json::Value value) {
  json::Object object;
  object.append(key, std::move(value));
  return object;
}

std::optional<std::string> text_of(const json::Value* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->text());
}

std::optional<std::string> decoded(const json::Value* value) {
  const std::optional<std::string> text = text_of(value);
  return text ? base64_decode(*text) : std::nullopt;
}

std::optional<PeerMessage> parse_hello(const json::Value& hello) {
  PeerMessage message{.kind = PeerMessage::Kind::kHello};
  const json::Value* argv = hello.get("argv");
  const json::Value* pid = hello.get("pid");
  if (argv == nullptr || !argv->is_array() || pid == nullptr || !pid->as_int64()) {
    return std::nullopt;
  }
  for (const json::Value& argument : *argv->array()) {
    std::optional<std::string> bytes = bytes_from_json(argument);
    if (!bytes) return std::nullopt;
    message.argv.push_back(std::move(*bytes));
  }
  message.pid = *pid->as_int64();
  return message;
}

}  // namespace

json::Value bytes_to_json(std::string_view bytes) {
  if (is_utf8(bytes)) return json::Value(bytes);
  return member("b64", base64_encode(bytes));
}

std::optional<std::string> bytes_from_json(const json::Value& value) {
  return value.is_string() ? std::string(value.text()) : decoded(value.get("b64"));
}

json::Value to_json(const Order& order) {
  switch (order.kind) {
    case Order::Kind::kOut:
      return member("out", base64_encode(order.bytes));
    case Order::Kind::kErr:
      return member("err", base64_encode(order.bytes));
    case Order::Kind::kEof:
      return member("eof", true);
    case Order::Kind::kSleep:
      return member("sleep_ms", order.sleep_ms);
    case Order::Kind::kExit:
      return member("exit", order.number);
    case Order::Kind::kSignal:
      return member("signal", order.number);
    case Order::Kind::kUnread:
      return member("unread", true);
    case Order::Kind::kStay:
      break;
  }
  return member("stay", true);
}

json::Value to_json(const PeerMessage& message) {
  if (message.kind == PeerMessage::Kind::kAck) return member("ack", message.obeyed);
  if (message.kind == PeerMessage::Kind::kLine || message.kind == PeerMessage::Kind::kStdin) {
    const bool is_line = message.kind == PeerMessage::Kind::kLine;
    if (is_utf8(message.input)) return member(is_line ? "line" : "stdin", message.input);
    return member(is_line ? "line_b64" : "stdin_b64", base64_encode(message.input));
  }
  json::Array argv;
  for (const std::string& argument : message.argv)
    argv.push_back(bytes_to_json(argument));
  json::Object hello;
  hello.append("argv", std::move(argv));
  hello.append("pid", message.pid);
  return member("hello", std::move(hello));
}

std::optional<Order> parse_order(std::string_view line) {
  const json::ParseResult parsed = json::parse(line);
  if (!parsed || !parsed.value().is_object() || parsed.value().object()->size() != 1) {
    return std::nullopt;
  }
  const auto& [key, value] = *parsed.value().object()->begin();
  Order order;
  if (key == "out" || key == "err") {
    std::optional<std::string> bytes = decoded(&value);
    if (!bytes) return std::nullopt;
    order.kind = key == "out" ? Order::Kind::kOut : Order::Kind::kErr;
    order.bytes = std::move(*bytes);
  } else if (key == "exit" || key == "signal") {
    const std::optional<std::int64_t> number = value.as_int64();
    if (!number || *number < 0 || *number > 255) return std::nullopt;
    order.kind = key == "exit" ? Order::Kind::kExit : Order::Kind::kSignal;
    order.number = static_cast<int>(*number);
  } else if (key == "sleep_ms") {
    if (value.real() == nullptr) return std::nullopt;
    order.kind = Order::Kind::kSleep;
    order.sleep_ms = *value.real();
  } else if (key == "eof") {
    order.kind = Order::Kind::kEof;
  } else if (key == "unread") {
    order.kind = Order::Kind::kUnread;
  } else if (key != "stay") {
    return std::nullopt;
  }
  return order;
}

std::optional<PeerMessage> parse_peer_message(std::string_view line) {
  const json::ParseResult parsed = json::parse(line);
  if (!parsed) return std::nullopt;
  const json::Value& value = parsed.value();
  if (const json::Value* hello = value.get("hello")) return parse_hello(*hello);
  if (const json::Value* ack = value.get("ack")) {
    if (ack->boolean() == nullptr) return std::nullopt;
    return PeerMessage{.kind = PeerMessage::Kind::kAck, .obeyed = *ack->boolean()};
  }
  for (const bool is_line : {true, false}) {
    std::optional<std::string> input = text_of(value.get(is_line ? "line" : "stdin"));
    if (!input) input = decoded(value.get(is_line ? "line_b64" : "stdin_b64"));
    if (!input) continue;
    return PeerMessage{.kind = is_line ? PeerMessage::Kind::kLine : PeerMessage::Kind::kStdin,
                       .input = std::move(*input)};
  }
  return std::nullopt;
}

bool is_app_server(const std::vector<std::string>& argv) {
  std::size_t at = 0;
  while (at + 1 < argv.size() && argv[at] == "--config")
    at += 2;
  return at < argv.size() && argv[at] == "app-server";
}

}  // namespace codex::harness
