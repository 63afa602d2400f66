#include "codex/telemetry/default_logger.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "codex/telemetry/pipeline.h"
#include "log_internals.h"
#include "log_output.h"

namespace codex::telemetry {
namespace {

// Lives as long as the handler that holds it: so it tells whether a logger or a hub is still there,
// and still the one that it was attached to.
using Link = std::shared_ptr<const int>;

}  // namespace

struct DefaultLogger::Output {
  Output(const DefaultLoggerOptions& options, Logger& from) : output(options), logger(&from) {}

  LogOutput output;
  Logger* const logger;
  // Guarded by the registry.
  std::weak_ptr<const int> logger_link;
  std::uint64_t logger_id = 0;
  Hub* hub = nullptr;
  std::weak_ptr<const int> hub_link;
  HandlerId hub_id = 0;

  void listen_to(Hub& events, const std::string& prefix, const std::shared_ptr<Output>& self) {
    if (hub == &events && !hub_link.expired()) return;
    leave_hub();
    const Link link = std::make_shared<const int>();
    hub_id = events.attach(prefix, [self, link](const Event& event) { self->output.print(event); });
    hub_link = link;
    hub = &events;
  }
  void leave_hub() {
    if (hub != nullptr && !hub_link.expired()) hub->detach(hub_id);
    hub = nullptr;
  }
  void leave_logger() {
    if (!logger_link.expired()) logger->detach(logger_id);
  }
};

namespace {

template <typename Output>
struct Registry {
  std::mutex mutex;  // no code of the host runs while it is held
  std::vector<std::weak_ptr<Output>> outputs;

  static Registry& get() {
    static auto* const registry = new Registry;
    return *registry;
  }
};

bool switched_off(const DefaultLoggerOptions& options) {
#ifdef CODEX_TELEMETRY_DISABLED
  constexpr bool kBuiltWithout = true;
#else
  constexpr bool kBuiltWithout = false;
#endif
  if (options.enabled) return !*options.enabled;
  return kBuiltWithout || telemetry_disabled(process_environment());
}

}  // namespace

DefaultLoggerOptions verbose_stdout() {
  DefaultLoggerOptions options;
  options.level = Level::kDebug;
  options.sink = LogSink::standard_output();
  return options;
}

DefaultLogger attach_default_logger(DefaultLoggerOptions options) {
  using Output = DefaultLogger::Output;
  Logger& logger = options.logger != nullptr ? *options.logger : agents_logger();
  auto made = std::make_shared<Output>(options, logger);
  if (switched_off(options)) return DefaultLogger(std::move(made));
  std::vector<std::shared_ptr<Output>> held;  // what goes, goes when the lock is gone
  auto& registry = Registry<Output>::get();
  const std::lock_guard lock(registry.mutex);
  std::erase_if(registry.outputs, [](const auto& one) { return one.expired(); });
  for (const auto& weak : registry.outputs) {
    auto known = weak.lock();
    if (!known) continue;
    held.push_back(known);
    if (known->logger != &logger || !known->output.leads_to(options.sink)) continue;
    if (known->logger_link.expired()) continue;  // of a logger that stood here before
    known->output.set(options.format, options.level);
    logger.set_handler_level(known->logger_id, options.level);
    if (options.events != nullptr) known->listen_to(*options.events, options.event_prefix, known);
    return DefaultLogger(std::move(known));
  }
  const Link link = std::make_shared<const int>();
  registry.outputs.push_back(made);
  made->logger_link = link;
  made->logger_id = LogInternals::attach_raw(
      logger, [made, link](const LogRecord& record) { made->output.print(record); },
      options.level);
  if (options.events != nullptr) made->listen_to(*options.events, options.event_prefix, made);
  return DefaultLogger(std::move(made));
}

bool DefaultLogger::detach() {
  const std::shared_ptr<Output> output = output_;
  {
    auto& registry = Registry<Output>::get();
    const std::lock_guard lock(registry.mutex);
    std::erase_if(registry.outputs, [&](const auto& one) {
      return !one.owner_before(output) && !output.owner_before(one);
    });
    output->leave_logger();
    output->leave_hub();
    output->logger_link.reset();
  }
  return output->output.close();
}

DefaultLoggerCounts DefaultLogger::counts() const {
  return output_->output.counts();
}

}  // namespace codex::telemetry
