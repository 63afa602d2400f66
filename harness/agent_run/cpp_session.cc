#include "harness/agent_run/cpp_session.h"

#include <map>
#include <string>

#include "codex/telemetry/event.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/switches.h"
#include "codex/telemetry/tracing.h"
#include "harness/agent_run/agent_session.h"
#include "harness/agent_run/recorder.h"

namespace codex::harness {
namespace {

// The switches come from the driver alone, never from this process's own environment.
telemetry::Environment driver_environment(const json::Value& driver) {
  return [&driver](std::string_view name) -> std::optional<std::string> {
    const json::Value* env = driver.get("env");
    const json::Value* value = env == nullptr ? nullptr : env->get(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return *value->string();
  };
}

// What the library itself tells of the wire, beside the profile's view.
class LibraryView {
 public:
  explicit LibraryView(telemetry::Hub& hub) {
    hub.attach("", [this](const telemetry::Event& event) { see(event); });
  }
  json::Value shown() const {
    json::Object events;
    for (const auto& [name, count] : counts_) events.append(name, count);
    return json::Object{{"profile", telemetry::CodexToolProfile::kName},
                        {"events", std::move(events)},
                        {"processes_ended_without_turn_end", unfinished_}};
  }

 private:
  void see(const telemetry::Event& event) {
    ++counts_[std::string(event.name)];
    if (event.name == "codex.turn.completed" || event.name == "codex.turn.failed") ended_ = true;
    if (event.name == "codex.session.start") ended_ = false;
    if (event.name == "codex.session.stop" && !ended_) ++unfinished_;
  }
  std::map<std::string, std::int64_t> counts_;
  std::int64_t unfinished_ = 0;
  bool ended_ = false;
};

}  // namespace

void run_cpp_session(const Tape& tape, std::chrono::milliseconds patience,
                     const std::function<void(const Observation&)>& emit, json::Value& extra) {
  // The harness compares what there was, and scrubs both sides alike before anything is kept.
  telemetry::Hub hub(telemetry::Scrubbing::off());
  telemetry::Logger logger("openai.agents", telemetry::Scrubbing::off());
  telemetry::TraceProvider::Options options;
  options.logger = &logger;
  options.scrubbing = telemetry::Scrubbing::off();
  options.switches = telemetry::Switches::read(driver_environment(tape.driver));
  telemetry::TraceProvider provider(options);

  LibraryView library(hub);
  auto recorder = std::make_shared<Recorder>(tape.driver, emit);
  logger.attach([&](const telemetry::LogRecord& record) { recorder->log(record); });
  provider.set_processors({recorder});

  AgentSession session(tape, patience, hub, provider, *recorder);
  session.run();
  extra = library.shown();
  if (!session.reason().empty()) extra.object()->set("reason", session.reason());
}

}  // namespace codex::harness
