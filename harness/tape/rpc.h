// The JSON-RPC messages of an app-server tape: what they are, and which `>` a client's own is.
#ifndef HARNESS_TAPE_RPC_H_
#define HARNESS_TAPE_RPC_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// As both sides tell messages apart (openai_codex/client.py: _reader_loop).
enum class RpcKind {
  kRequest,       // `method` and `id`
  kNotification,  // `method`
  kAnswer,        // neither request nor notification: a result or an error
};
RpcKind rpc_kind(const json::Value& message);
// "" where there is none, or none that is a string.
std::string rpc_method(const json::Value& message);
// What it is called where it is shown: its method, "response" for an answer.
std::string rpc_name(const json::Value& message);
// Of the params; "" where there is none.
std::string rpc_thread(const json::Value& message);
// As JSON, so equal where both sides' values are: 1 and 1.0 are two, as they are two texts.
bool same_rpc_id(const json::Value& a, const json::Value& b);

// The index in tape.entries of the `>` that the client's message is, of those not in `taken`. A
// request is the first with its method and equal params, else with its method and `threadId`, else
// with its method; a notification the first with its method; an answer the first with its id.
// Params are compared as Python does (the order of keys is nothing, 1 == 1.0). Nothing: the tape
// has no such message.
std::optional<std::size_t> pair_message(const Tape& tape, const std::vector<std::size_t>& taken,
                                        const json::Value& message);

// A request of codex, as it stands on the tape.
struct CodexRequest {
  std::string method;
  json::Value id;
  std::optional<std::size_t> answer;  // index in tape.entries of the `>` with its id
  bool is_told = true;  // false: its method is no string, and so no client tells its user of it
};
// In order. Where ids come more than once, the first answer is the first request's.
std::vector<CodexRequest> codex_requests(const Tape& tape);

// A response in the bytes of a `<`: where its id stands, and whose request it answers.
struct ResponseId {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::size_t request = 0;  // index in tape.entries of the latest `>` before with this id
  bool whole = false;       // its line ends there, with LF or CR
};
// Those in tape.entries[index], in order. Only lines that begin in that entry are looked at, and
// are what its bytes say of them: a response that is cut into pieces keeps the tape's id.
std::vector<ResponseId> response_ids(const Tape& tape, std::size_t index);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_RPC_H_
