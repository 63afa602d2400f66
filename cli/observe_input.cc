#include "cli/observe_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/exit_codes.h"
#include "codex/telemetry/json.h"
#include "harness/proxy/rpc_direction.h"
#include "harness/proxy/watcher.h"
#include "harness/tape/raw_log.h"

namespace codex::cli {
namespace {

using harness::ChildEnd;
using harness::Error;
using harness::Stream;
using harness::Transport;
using harness::Watcher;

constexpr const char* kName = "(stdin)";

// What the first line that is one shows the stream to be.
enum class Kind { kExec, kAppServer, kTape, kNothing };

Kind kind_of(std::string_view line) {
  const json::ParseResult parsed = json::parse(line);
  if (!parsed || !parsed.value().is_object()) return Kind::kNothing;
  for (const char* key : {"tape", ">", "<", "<raw", "<b64", "!"}) {
    if (parsed.value().get(key) != nullptr) return Kind::kTape;
  }
  if (parsed.value().get("type") != nullptr) return Kind::kExec;
  const bool rpc = parsed.value().get("method") != nullptr || parsed.value().get("id") != nullptr;
  return rpc ? Kind::kAppServer : Kind::kNothing;
}

class Input {
 public:
  Input(const ObserveOptions& options, ObserveOutputs& outputs, const Console& console)
      : options_(options), outputs_(outputs), console_(console) {}

  int read(int fd) {
    std::vector<char> piece(64U << 10U);
    while (true) {
      const ssize_t count = ::read(fd, piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        console_.error("stdin: cannot be read: " + std::generic_category().message(errno));
        return kUsage;
      }
      if (count == 0) break;
      take({piece.data(), static_cast<std::size_t>(count)});
    }
    return finish();
  }

  telemetry::Hub& hub() { return hub_; }

 private:
  void take(std::string_view bytes) {
    if (kind_ == Kind::kNothing) {
      begun_ += bytes;
      find_kind(false);
    } else if (kind_ == Kind::kTape) {
      begun_ += bytes;
    } else {
      feed(bytes);
    }
  }

  // Looks at the lines so far; at the end, at what is no whole line too.
  void find_kind(bool end) {
    if (options_.transport == "exec") kind_ = Kind::kExec;
    if (options_.transport == "app-server") kind_ = Kind::kAppServer;
    for (; kind_ == Kind::kNothing; ) {
      const std::size_t stop = begun_.find('\n', looked_);
      if (stop == std::string::npos && !end) return;
      kind_ = kind_of(std::string_view(begun_).substr(looked_, stop - looked_));
      if (stop == std::string::npos) break;
      looked_ = stop + 1;
    }
    if (kind_ == Kind::kNothing || kind_ == Kind::kTape) return;
    transport_ = kind_ == Kind::kExec ? Transport::kExec : Transport::kAppServer;
    watcher_.emplace(hub_, harness::WatcherOptions{.transport = transport_,
                                                   .argv = {},
                                                   .correlation = {},
                                                   .sees_input = false,
                                                   .tape = outputs_.tape(transport_, {})});
    watcher_->started();
    feed(std::exchange(begun_, {}));
  }

  void feed(std::string_view bytes) {
    if (transport_ == Transport::kExec) return watcher_->bytes(Stream::kOutput, bytes);
    lines_.feed(bytes, [this](std::string_view line) { feed_message(line); });
  }

  void feed_message(std::string_view line) {
    watcher_->bytes(direction_.from_client(line) ? Stream::kInput : Stream::kOutput, line);
  }

  int finish() {
    if (kind_ == Kind::kNothing) find_kind(true);
    if (kind_ == Kind::kTape) return observe_tape();
    if (!watcher_) {
      console_.error(begun_.empty()
                         ? "stdin is empty: pipe `codex exec --json` into this, or name a command "
                           "behind --"
                         : "stdin: no line of it is one of `codex exec --json`, of an app-server or "
                           "of a tape; --transport says which it is meant to be");
      return kUsage;
    }
    lines_.end([this](std::string_view line) { feed_message(line); });
    watcher_->ended(ChildEnd{}, false);
    return watcher_->turn_failed() ? kDifferences : kParity;
  }

  int observe_tape() {
    if (!options_.tape.empty()) {
      console_.error("--tape: what stands on stdin is a tape already");
      return kUsage;
    }
    const harness::Result<harness::Tape> tape = harness::parse_tape(begun_, kName, "");
    if (!tape) {
      console_.error(tape.error());
      return kUsage;
    }
    std::map<std::size_t, std::unique_ptr<Watcher>> watchers;
    std::map<std::size_t, bool> ended;
    bool failed = false;
    const auto end = [&](std::size_t process, const ChildEnd& how) {
      if (std::exchange(ended[process], true) || !watchers[process]) return;
      watchers[process]->ended(how, false);
      failed = failed || watchers[process]->turn_failed();
    };
    for (const harness::Entry& entry : tape->entries) {
      std::unique_ptr<Watcher>& watcher = watchers[entry.process];
      const auto* sent = std::get_if<harness::ToCodex>(&entry.what);
      if (!watcher) watcher = started(*tape.operator->(), sent);
      if (sent != nullptr && tape->transport == Transport::kAppServer) {
        watcher->bytes(Stream::kInput, json::dump(sent->message, json::kCompactUnicode) + "\n");
      } else if (const auto* said = std::get_if<harness::FromCodex>(&entry.what)) {
        watcher->bytes(Stream::kOutput, said->bytes);
      } else if (const auto* event = std::get_if<harness::ProcessEvent>(&entry.what)) {
        watcher->bytes(Stream::kError, event->stderr_text);
        if (event->exit || event->signal) end(entry.process, ChildEnd{event->exit, event->signal});
      }
    }
    const bool exec = tape->transport == Transport::kExec;
    for (const auto& [process, watcher] : watchers) {
      end(process, exec ? ChildEnd{0, std::nullopt} : ChildEnd{});
    }
    return failed ? kDifferences : kParity;
  }

  std::unique_ptr<Watcher> started(const harness::Tape& tape, const harness::ToCodex* sent) {
    std::vector<std::string> argv = {"codex"};
    const json::Value* words = sent == nullptr ? nullptr : sent->message.get("argv");
    if (words != nullptr && words->is_array()) {
      for (const json::Value& word : *words->array()) argv.emplace_back(word.text());
    }
    auto watcher = std::make_unique<Watcher>(
        hub_, harness::WatcherOptions{.transport = tape.transport,
                                      .argv = std::move(argv),
                                      .correlation = {},
                                      .sees_input = true,
                                      .tape = nullptr});
    watcher->started();
    const json::Value* input = sent == nullptr ? nullptr : sent->message.get("stdin");
    if (input != nullptr && tape.transport == Transport::kExec) {
      watcher->bytes(Stream::kInput, input->text());
    }
    return watcher;
  }

  const ObserveOptions& options_;
  ObserveOutputs& outputs_;
  const Console& console_;
  telemetry::Hub hub_;
  Kind kind_ = Kind::kNothing;
  Transport transport_ = Transport::kExec;
  std::string begun_;        // as long as the kind is not known; of a tape, all
  std::size_t looked_ = 0;
  std::optional<Watcher> watcher_;
  harness::LineCutter lines_;
  harness::RpcDirection direction_;
};

}  // namespace

int observe_input(int fd, const ObserveOptions& options, const Console& console) {
  harness::Result<ObserveOutputs> outputs = ObserveOutputs::open(options, false);
  if (!outputs) {
    console.error(outputs.error());
    return kUsage;
  }
  Input input(options, outputs.value(), console);
  outputs->attach(input.hub());
  const int status = input.read(fd);
  if (status != kUsage) outputs->finish(input.hub(), 0, status != kParity);
  return status;
}

}  // namespace codex::cli
