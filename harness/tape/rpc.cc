#include "harness/tape/rpc.h"

#include <algorithm>
#include <utility>

#include "harness/tape/members.h"

namespace codex::harness {
namespace {

const json::Value* params_of(const json::Value& message) {
  return message.get("params");
}

bool equal_params(const json::Value& a, const json::Value& b) {
  const json::Value* left = params_of(a);
  const json::Value* right = params_of(b);
  if (left == nullptr || right == nullptr) return left == right;
  return json::python_equal(*left, *right);
}

// How well the client's message fits the tape's; 0: not at all.
int fit(const json::Value& sent, const json::Value& taped) {
  const RpcKind kind = rpc_kind(sent);
  if (kind != rpc_kind(taped)) return 0;
  if (kind == RpcKind::kAnswer) {
    const json::Value* id = sent.get("id");
    const json::Value* taped_id = taped.get("id");
    return id != nullptr && taped_id != nullptr && same_rpc_id(*id, *taped_id) ? 1 : 0;
  }
  if (!(*sent.get("method") == *taped.get("method"))) return 0;
  if (kind == RpcKind::kNotification) return 1;
  if (equal_params(sent, taped)) return 3;
  const std::string thread = rpc_thread(sent);
  return !thread.empty() && thread == rpc_thread(taped) ? 2 : 1;
}

// The bytes up to and with the next LF, CR or CR LF: Python's universal newlines.
std::string_view take_line(std::string_view& bytes) {
  std::size_t end = bytes.find_first_of("\r\n");
  if (end != std::string_view::npos && bytes.substr(end, 2) == "\r\n") ++end;
  const std::string_view line =
      bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
  bytes.remove_prefix(line.size());
  return line;
}

bool ends_line(std::string_view bytes) { return bytes.back() == '\n' || bytes.back() == '\r'; }

// The output before this entry ends within a line.
bool continues_line(const Tape& tape, std::size_t index) {
  while (index-- > 0) {
    const auto* output = std::get_if<FromCodex>(&tape.entries[index].what);
    if (output != nullptr && !output->bytes.empty()) return !ends_line(output->bytes);
  }
  return false;
}

std::optional<std::size_t> request_with(const Tape& tape, const json::Value& id,
                                        std::size_t before) {
  while (before-- > 0) {
    const auto* sent = std::get_if<ToCodex>(&tape.entries[before].what);
    if (sent == nullptr || rpc_kind(sent->message) != RpcKind::kRequest) continue;
    if (same_rpc_id(*sent->message.get("id"), id)) return before;
  }
  return std::nullopt;
}

// All that codex writes, as lines; the last may lack its end.
std::vector<std::string> output_lines(const Tape& tape) {
  std::string all;
  for (const Entry& entry : tape.entries) {
    if (const auto* output = std::get_if<FromCodex>(&entry.what)) all += output->bytes;
  }
  std::vector<std::string> lines;
  std::string_view rest = all;
  while (!rest.empty())
    lines.emplace_back(take_line(rest));
  return lines;
}

}  // namespace

RpcKind rpc_kind(const json::Value& message) {
  if (message.get("method") == nullptr) return RpcKind::kAnswer;
  return message.get("id") == nullptr ? RpcKind::kNotification : RpcKind::kRequest;
}

std::string rpc_method(const json::Value& message) {
  const json::Value* method = message.get("method");
  return method == nullptr ? std::string() : std::string(method->text());
}

std::string rpc_name(const json::Value& message) {
  const std::string method = rpc_method(message);
  return method.empty() ? "response" : method;
}

std::string rpc_thread(const json::Value& message) {
  const json::Value* params = params_of(message);
  const json::Value* thread = params == nullptr ? nullptr : params->get("threadId");
  return thread == nullptr ? std::string() : std::string(thread->text());
}

bool same_rpc_id(const json::Value& a, const json::Value& b) {
  return a == b;
}

std::optional<std::size_t> pair_message(const Tape& tape, const std::vector<std::size_t>& taken,
                                        const json::Value& message) {
  std::optional<std::size_t> best;
  int best_fit = 0;
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    const auto* taped = std::get_if<ToCodex>(&tape.entries[i].what);
    if (taped == nullptr || std::find(taken.begin(), taken.end(), i) != taken.end()) continue;
    const int how_well = fit(message, taped->message);
    if (how_well <= best_fit) continue;
    best = i;
    best_fit = how_well;
  }
  return best;
}

std::vector<CodexRequest> codex_requests(const Tape& tape) {
  std::vector<CodexRequest> requests;
  std::vector<std::size_t> taken;
  for (const std::string& line : output_lines(tape)) {
    const json::ParseResult parsed = json::parse(line);
    if (!parsed || rpc_kind(parsed.value()) != RpcKind::kRequest) continue;
    CodexRequest request{rpc_method(parsed.value()), *parsed.value().get("id"), std::nullopt,
                         parsed.value().get("method")->is_string()};
    request.answer = pair_message(tape, taken, json::Value(json::Object{{"id", request.id}}));
    if (request.answer) taken.push_back(*request.answer);
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<ResponseId> response_ids(const Tape& tape, std::size_t index) {
  std::vector<ResponseId> ids;
  const std::string_view bytes = std::get<FromCodex>(tape.entries[index].what).bytes;
  std::string_view rest = bytes;
  if (continues_line(tape, index)) take_line(rest);
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    const json::ParseResult parsed = json::parse(line);
    if (!parsed || rpc_kind(parsed.value()) != RpcKind::kAnswer) continue;
    const json::Value* id = parsed.value().get("id");
    if (id == nullptr) continue;
    const std::optional<std::size_t> request = request_with(tape, *id, index);
    if (!request) continue;
    const std::vector<Member> members = scan_members(line);
    // Of duplicates the last counts.
    const auto last = std::find_if(members.rbegin(), members.rend(),
                                   [](const Member& member) { return member.key == "id"; });
    if (last == members.rend()) continue;
    ids.push_back({static_cast<std::size_t>(last->value.data() - bytes.data()),
                   last->value.size(), *request, ends_line(line)});
  }
  return ids;
}

}  // namespace codex::harness
