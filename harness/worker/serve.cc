#include "harness/worker/serve.h"

#include <optional>
#include <string>
#include <utility>

#include "harness/model/result.h"
#include "harness/subject/fd_json.h"

namespace codex::harness {
namespace {

constexpr int kDone = 0;
constexpr int kOurBug = 70;

bool refuse(int socket, const std::string& why) {
  json::Object line;
  line.append("error", why);
  return write_line(socket, json::Value(std::move(line)));
}

// False when nobody listens any more.
bool run_session(int socket, const json::Value& request, const CppSession& session) {
  const json::Value* path = request.get("path");
  const json::Value* root = request.get("root");
  const json::Value* timeout = request.get("timeout_ms");
  const auto patience = timeout == nullptr ? std::nullopt : timeout->as_int64();
  if (path == nullptr || root == nullptr || !patience) {
    return refuse(socket, "`run` needs path, root and timeout_ms");
  }
  const Result<Tape> tape = read_tape(std::string(path->text()), std::string(root->text()));
  if (!tape) return refuse(socket, tape.error().text());
  bool heard = true;
  json::Value extra;
  session(
      tape.value(), std::chrono::milliseconds(*patience),
      [&](const Observation& shown) { heard = heard && write_line(socket, to_json(shown)); },
      extra);
  json::Object end;
  end.append("end", true);
  end.append("extra", std::move(extra));
  return heard && write_line(socket, json::Value(std::move(end)));
}

}  // namespace

int serve(int socket, const CppSession& session) {
  LineReader requests(socket);
  while (requests.fill()) {
    while (const std::optional<std::string> line = requests.next()) {
      const json::ParseResult parsed = json::parse(*line);
      const json::Value* run = parsed ? parsed.value().get("run") : nullptr;
      if (run == nullptr) return kOurBug;
      if (!run_session(socket, *run, session)) return kDone;
    }
  }
  return kDone;
}

}  // namespace codex::harness
