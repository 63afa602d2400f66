// What the conductor and a peer say to each other, as JSON lines on the peer's socket.
//
//   peer       {"hello":{"argv":[…],"pid":N}}  argv without the program's own name
//              {"line":"…"}       as app-server: a line of its stdin, without the LF, as it comes;
//                                 {"line_b64":"…"} if it is not UTF-8
//              {"stdin":"…"}      at its end: what was not said line by line, so all of it but as
//                                 app-server; {"stdin_b64":"…"} if it is not UTF-8
//              {"ack":true}       the order was obeyed; exit and signal: is about to be
//              {"ack":false}      nobody reads any more what should have been written
//   conductor  {"out":"BASE64"}  {"err":"BASE64"}  {"eof":true}  {"sleep_ms":N}  {"stay":true}
//              {"exit":N}  {"signal":N}  {"unread":true}
//
// One order at a time: the next one comes after the ack. "out" is acknowledged when the client has
// read it. "unread" is the exception: it comes at any time, is not acknowledged, and says that the
// client reads no more, so that nothing need wait for it (an "out" that does is not obeyed). A byte string that is not UTF-8 is {"b64":"…"} in argv.
#ifndef HARNESS_PEER_PROTOCOL_H_
#define HARNESS_PEER_PROTOCOL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

// The variable that tells a peer where its conductor listens.
inline constexpr const char* kPeerSocketVariable = "CODEX_TELEMETRY_PEER_SOCKET";
// Exit status of a peer that has lost its conductor.
inline constexpr int kPeerAbandoned = 70;

struct Order {
  enum class Kind { kOut, kErr, kEof, kSleep, kStay, kExit, kSignal, kUnread };
  Kind kind = Kind::kStay;
  std::string bytes = {};  // of kOut and kErr
  int number = 0;          // of kExit and kSignal
  double sleep_ms = 0;
  bool operator==(const Order&) const = default;
};

struct PeerMessage {
  enum class Kind { kHello, kLine, kStdin, kAck };
  Kind kind = Kind::kAck;
  std::vector<std::string> argv = {};
  std::int64_t pid = 0;
  std::string input = {};  // of kLine and kStdin
  bool obeyed = false;     // of kAck
  bool operator==(const PeerMessage&) const = default;
};

json::Value to_json(const Order& order);
json::Value to_json(const PeerMessage& message);
// Nothing where the line is none of the above.
std::optional<Order> parse_order(std::string_view line);
std::optional<PeerMessage> parse_peer_message(std::string_view line);

// True for what openai-codex starts: `[--config K=V]… app-server …`.
bool is_app_server(const std::vector<std::string>& argv);

// UTF-8 as a string, other bytes as {"b64":"…"}.
json::Value bytes_to_json(std::string_view bytes);
std::optional<std::string> bytes_from_json(const json::Value& value);

}  // namespace codex::harness

#endif  // HARNESS_PEER_PROTOCOL_H_
