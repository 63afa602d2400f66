#include "scrubbed_listener.h"

#include <utility>

namespace codex::telemetry {
namespace {

using json::Value;

class Clean {
 public:
  explicit Clean(std::shared_ptr<const Scrubber> scrubber) : scrubber_(std::move(scrubber)) {}

  Value operator()(const Value& value) const {
    Value clean = value;
    scrubber_->scrub(clean);
    return clean;
  }
  ClientError operator()(const ClientError& error) const {
    ClientError clean = error;
    scrubber_->scrub(clean.text);
    return clean;
  }
  CodexSdkProfile::Outcome operator()(const CodexSdkProfile::Outcome& outcome) const {
    return std::visit([this](const auto& each) { return CodexSdkProfile::Outcome((*this)(each)); },
                      outcome);
  }

 private:
  std::shared_ptr<const Scrubber> scrubber_;
};

}  // namespace

CodexSdkProfile::Listener scrubbed_listener(CodexSdkProfile::Listener listener,
                                            std::shared_ptr<const Scrubber> scrubber) {
  if (scrubber == nullptr) return listener;
  const Clean clean(std::move(scrubber));
  CodexSdkProfile::Listener scrubbed;
  if (listener.response) {
    scrubbed.response = [clean, to = std::move(listener.response)](
                            std::size_t request, const CodexSdkProfile::Outcome& outcome) {
      to(request, clean(outcome));
    };
  }
  if (listener.turn_event) {
    scrubbed.turn_event = [clean, to = std::move(listener.turn_event)](
                              const std::string& turn, std::string_view name, const Value& data) {
      to(turn, name, clean(data));
    };
  }
  if (listener.turn_stream_error) {
    scrubbed.turn_stream_error = [clean, to = std::move(listener.turn_stream_error)](
                                     const std::string& turn, const ClientError& error) {
      to(turn, clean(error));
    };
  }
  if (listener.turn_result) {
    scrubbed.turn_result = [clean, to = std::move(listener.turn_result)](
                               const std::string& turn, const CodexSdkProfile::Outcome& result,
                               const Value& usage) { to(turn, clean(result), usage); };
  }
  if (listener.global_event) {
    scrubbed.global_event = [clean, to = std::move(listener.global_event)](
                                std::string_view name, const Value& data) {
      to(name, clean(data));
    };
  }
  if (listener.server_request) {
    scrubbed.server_request = [clean, to = std::move(listener.server_request)](
                                  const Value& id, const std::string& method,
                                  const Value& params) { to(id, method, clean(params)); };
  }
  if (listener.connection_ended) {
    scrubbed.connection_ended = [clean, to = std::move(listener.connection_ended)](
                                    const ClientError& error) { to(clean(error)); };
  }
  scrubbed.own_answer = std::move(listener.own_answer);
  return scrubbed;
}

}  // namespace codex::telemetry
