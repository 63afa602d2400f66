// One turn with codex app-server: every request is made under a span of its own and says so in its
// `trace` field, so that codex's spans for the request hang under it.
//
//   drive_app_server "say hi" codex app-server --listen stdio://
//
// Prints the methods of what the server sends, then the spans.
#include <iostream>

#include <codex/telemetry/propagation.h>

#include "child.h"
#include "shown.h"

namespace json = codex::json;
namespace telemetry = codex::telemetry;

namespace {

class Session {
 public:
  Session(telemetry::TraceProvider& provider, examples::Child& child, std::string tracestate)
      : provider_(provider), child_(child), tracestate_(std::move(tracestate)) {}

  // Asks, and waits for the answer and, where one is named, for a notification after it.
  json::Value request(const std::string& method, json::Value params,
                      const std::string& until = std::string()) {
    examples::Work work(provider_, method);
    json::Object message{{"id", ++last_id_}, {"method", method}, {"params", std::move(params)}};
    if (const auto context = telemetry::current_trace_context()) {
      message = telemetry::with_trace(std::move(message), *context, tracestate_);
    }
    send(message);
    json::Value answer = wait([this](const json::Value& received) {
      const json::Value* id = received.get("id");
      return id != nullptr && *id == json::Value(last_id_) && received.get("method") == nullptr;
    });
    if (answer.get("result") == nullptr) {
      work.failed(method + " failed", answer);
      throw std::runtime_error(method + " failed");
    }
    if (!until.empty()) {
      wait([&until](const json::Value& received) {
        const json::Value* name = received.get("method");
        return name != nullptr && name->text() == until;
      });
    }
    return *answer.get("result");
  }
  void send(const json::Object& message) { child_.write(json::dump(message) + "\n"); }

 private:
  template <typename Wanted>
  json::Value wait(const Wanted& wanted) {
    const auto out = [this](std::string_view bytes) { buffer_ += bytes; };
    const auto err = [](std::string_view bytes) { std::cerr << bytes; };
    for (;;) {
      for (std::size_t end; (end = buffer_.find('\n')) != std::string::npos;) {
        const json::ParseResult message = json::parse(std::string_view(buffer_).substr(0, end));
        buffer_.erase(0, end + 1);
        if (!message) continue;
        if (const json::Value* method = message.value().get("method")) {
          std::cout << json::dump(*method) << std::endl;
        }
        if (wanted(message.value())) return message.value();
      }
      if (!child_.read(out, err)) throw std::runtime_error("the server has ended");
    }
  }

  telemetry::TraceProvider& provider_;
  examples::Child& child_;
  const std::string tracestate_;
  std::string buffer_;
  int last_id_ = 0;
};

void one_turn(Session& session, const std::string& prompt) {
  session.request("initialize",
                  json::Object{{"clientInfo", json::Object{{"name", "drive_app_server"},
                                                           {"title", "An example"},
                                                           {"version", "1"}}}});
  session.send({{"method", "initialized"}});
  const json::Value started = session.request("thread/start", json::Object{});
  const json::Value* thread = started.get("thread");
  const json::Value* id = thread != nullptr ? thread->get("id") : nullptr;
  const json::Value thread_id = id != nullptr ? *id : json::Value();
  json::Object text{{"type", "text"}, {"text", prompt}};
  session.request("turn/start",
                  json::Object{{"threadId", thread_id},
                               {"input", json::Array{std::move(text)}}},
                  "turn/completed");
  // Spans of the turn end a little after turn/completed; a server that is stopped at that very
  // moment never exports them.
  session.request("thread/unsubscribe", json::Object{{"threadId", thread_id}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: drive_app_server PROMPT CODEX ARGUMENT...\n";
    return 2;
  }
  telemetry::TraceProvider provider;
  provider.set_processors({std::make_shared<examples::SpanPrinter>()});
  const auto from = telemetry::trace_context_from_environment();
  telemetry::TraceProvider::TraceOptions named;
  named.name = "drive_app_server";
  if (from) named.id = telemetry::trace_id_for(from->context);
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);

  int status = 1;
  {
    examples::Work work(provider, "codex app-server");
    try {
      examples::Child child({argv + 2, argv + argc}, telemetry::current_environment());
      Session session(provider, child, from ? from->state : std::string());
      one_turn(session, argv[1]);
      child.close_input();
      const auto ignore = [](std::string_view) {};
      while (child.read(ignore, ignore)) {
      }
      const int ended = child.wait();
      status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
    } catch (const std::exception& error) {
      std::cerr << "drive_app_server: " << error.what() << '\n';
      work.failed(error.what());
    }
  }
  provider.finish_trace(trace);
  return status;
}
