#include <array>
#include <map>
#include <mutex>
#include <unistd.h>
#include <utility>

#include "codex/telemetry/otlp.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/propagation.h"
#include "encode.h"
#include "environment.h"
#include "fork_registry.h"
#include "json_out.h"
#include "lane.h"

namespace codex::telemetry {
namespace {

using otlp::Lane;
using otlp::SteadyTime;

// The resource, as JSON; another one in a child, which is another process.
class Resource {
 public:
  explicit Resource(const OtlpOptions& options)
      : attributes_(options.resource), scrubbing_(options.scrubbing) {}
  // Of the worker of each signal: under its own lock.
  std::string json() {
    const std::lock_guard lock(mutex_);
    if (const auto pid = ::getpid(); pid_ != pid) {
      json_ = otlp::encode_resource(attributes_, scrubbing_.scrubber().get());
      pid_ = pid;
    }
    return json_;
  }

 private:
  const OtlpPairs attributes_;
  const Scrubbing scrubbing_;
  std::mutex mutex_;
  std::string json_;
  ::pid_t pid_ = 0;
};

// {"resourceSpans":[{"resource":…,"scopeSpans":[{"scope":…,"spans":[ … ]}]}]}
std::function<std::pair<std::string, std::string>()> envelope(std::shared_ptr<Resource> resource,
                                                              std::string of, std::string records) {
  return [resource = std::move(resource), of = std::move(of), records = std::move(records)] {
    const std::string schema = R"("schemaUrl":")" + std::string(otlp::kSchemaUrl) + '"';
    return std::pair(R"({"resource)" + of + R"(":[{"resource":)" + resource->json() + "," + schema +
                         R"(,"scope)" + of +
                         R"(":[{"scope":{"name":"codex.telemetry","version":")" +
                         CODEX_TELEMETRY_VERSION + R"("},)" + schema + R"(,")" + records + "\":[",
                     std::string("]}]}]}"));
  };
}

// Encodes spans when they end. Knows of the traces that are open what their spans do not say.
class SpanProcessor final : public TracingProcessor, private otlp::ForkAware {
 public:
  SpanProcessor(std::shared_ptr<Lane> lane, const OtlpOptions& options)
      : lane_(std::move(lane)),
        limits_(options.span_limits),
        ratio_(options.sample_ratio),
        as_parent_(options.sample_as_parent),
        limit_(options.shutdown_limit),
        remote_(options.environment ? trace_context_from_environment(options.environment)
                                    : std::nullopt) {
    if (lane_) otlp::add_fork_aware(*this);
  }
  ~SpanProcessor() override { otlp::remove_fork_aware(*this); }

  void on_trace_start(const Trace& trace) override {
    if (!lane_) return;
    const std::lock_guard lock(mutex_);
    if (traces_.size() < kMostTraces) traces_.insert_or_assign(trace.id(), trace.exported());
  }
  void on_trace_end(const Trace& trace) override {
    const std::lock_guard lock(mutex_);
    traces_.erase(trace.id());
  }
  void on_span_start(const Span&) override {}
  void on_span_end(const Span& span) override {
    if (!lane_) return;
    try {
      const std::string trace_id = otlp::w3c_trace_id(span.trace_id());
      const bool remote = remote_ && remote_->context.trace_id == trace_id;
      if (!sampled(trace_id, remote) && !(span.has_error() && ratio_ > 0)) {
        return lane_->drop(ExportDrop::kSampledOut);
      }
      otlp::TraceFacts facts;
      if (remote) facts.remote = remote_;
      {
        const std::lock_guard lock(mutex_);
        const auto found = traces_.find(std::string(span.trace_id()));
        if (found != traces_.end()) facts.exported = found->second;
      }
      lane_->emit(otlp::encode_span(span.exported(), facts, limits_));
    } catch (...) {  // out of memory
      lane_->drop(ExportDrop::kFailed);
    }
  }
  void force_flush() override {
    if (lane_) lane_->flush(std::chrono::steady_clock::now() + limit_);
  }
  void shutdown(std::optional<SteadyTime> deadline) override {
    if (lane_) lane_->shutdown(deadline.value_or(std::chrono::steady_clock::now() + limit_));
  }

 private:
  static constexpr std::size_t kMostTraces = 1024;
  void before_fork() noexcept override { mutex_.lock(); }
  void after_fork_in_parent() noexcept override { mutex_.unlock(); }
  void after_fork_in_child() noexcept override { mutex_.unlock(); }
  bool sampled(const std::string& trace_id, bool remote) const {
    if (remote && as_parent_) return remote_->context.sampled;
    return keeps_trace(trace_id, ratio_);
  }

  const std::shared_ptr<Lane> lane_;  // null: not exported
  const OtlpLimits limits_;
  const double ratio_;
  const bool as_parent_;
  const std::chrono::milliseconds limit_;
  const std::optional<RemoteTrace> remote_;
  std::mutex mutex_;
  std::map<std::string, json::Object, std::less<>> traces_;
};

class Attached final : public OtlpExporter {
 public:
  Attached(const OtlpSources& sources, OtlpOptions options)
      : sources_(sources), limit_(options.shutdown_limit) {
    if (sources_.metrics != nullptr) since_ = sources_.metrics->since();
    if (options.own_metrics != nullptr)
      meter_ = std::make_unique<ExporterMeter>(*options.own_metrics);
    const auto resource = std::make_shared<Resource>(options);
    if (options.traces.enabled) {
      traces_ = make(options, options.traces, "span", "rejectedSpans",
                     envelope(resource, "Spans", "spans"));
    }
    if (options.logs.enabled && sources.events != nullptr) {
      logs_ = make(options, options.logs, "log", "rejectedLogRecords",
                   envelope(resource, "Logs", "logRecords"));
    }
    if (options.metrics.enabled && sources.metrics != nullptr) {
      metrics_ = make(options, options.metrics, "metric_data_point", "rejectedDataPoints",
                      envelope(resource, "Metrics", "metrics"));
    }
    processor_ = std::make_shared<SpanProcessor>(traces_, options);
    if (traces_ && sources.traces != nullptr) sources.traces->add_processor(processor_);
    if (logs_) {
      handler_ = sources.events->attach(
          "", [lane = logs_, limits = options.log_limits](const Event& event) {
            try {
              lane->emit(otlp::encode_event(event, std::chrono::system_clock::now(), limits));
            } catch (...) {  // out of memory; the hub would detach us
              lane->drop(ExportDrop::kFailed);
            }
          });
    }
    if (metrics_) metrics_->start();
  }

  ~Attached() override {
    shutdown(std::chrono::steady_clock::now() + limit_);
    if (handler_ != 0) sources_.events->detach(handler_);
  }

  bool flush(Deadline deadline) noexcept override {
    std::array<Lane::Flush, 3> flushes;
    for (std::size_t i = 0; i < flushes.size(); ++i)
      if (Lane* const lane = lanes()[i]) flushes[i] = lane->begin_flush();
    bool all = true;
    for (std::size_t i = 0; i < flushes.size(); ++i)
      if (Lane* const lane = lanes()[i]) all = lane->finish_flush(flushes[i], deadline) && all;
    return all;
  }

  bool shutdown(Deadline deadline) noexcept override {
    for (Lane* const lane : lanes())
      if (lane != nullptr) lane->begin_shutdown(deadline);
    bool all = true;
    for (Lane* const lane : lanes())
      if (lane != nullptr) all = lane->shutdown(deadline) && all;
    try {
      const std::lock_guard calls(otlp::host_calls());
      measure();
    } catch (...) {  // out of memory
    }
    return all;
  }

  std::vector<ExporterStats> stats() const override {
    std::vector<ExporterStats> all;
    for (Lane* const lane : lanes())
      if (lane != nullptr) all.push_back(lane->stats());
    return all;
  }

  std::shared_ptr<TracingProcessor> processor() const override { return processor_; }

 private:
  std::shared_ptr<Lane> make(const OtlpOptions& options, const OtlpSignal& where,
                             std::string_view signal, std::string_view rejected_key,
                             std::function<std::pair<std::string, std::string>()> around) {
    for (const auto& [name, value] : where.headers) {
      if (otlp::valid_header(name, value)) continue;
      exporter_logger().log(Level::kWarning, "OTLP %s: a header can't be sent, and is not",
                            {signal});
    }
    Lane::Setup setup{signal,
                      rejected_key,
                      where,
                      options.policy,
                      options.retry,
                      options.max_response,
                      std::move(around),
                      {},
                      {}};
    std::erase_if(setup.where.headers, [](const auto& header) {
      return !otlp::valid_header(header.first, header.second);
    });
    if (signal == "metric_data_point") setup.collect = [this] { return collect(); };
    if (meter_) setup.settled = [this] { measure(); };
    return Lane::make(std::move(setup));
  }

  // Both under host_calls(), and not after the shutdown.
  std::vector<otlp::Record> collect() {
    measure();
    std::vector<otlp::Record> records;
    const auto now = std::chrono::system_clock::now();
    // Where the clock was set back, points begin where this exporter would have begun by it, and
    // stay there: for a receiver, each other beginning is a count that begins again.
    if (now < since_) since_ = now - (std::chrono::steady_clock::now() - attached_);
    for (auto& metric : otlp::encode_metrics(sources_.metrics->snapshot(), since_, now)) {
      records.push_back({std::move(metric.json), metric.points});
    }
    return records;
  }
  void measure() {
    if (meter_) meter_->update(stats());
  }

  // Null: not exported.
  std::array<Lane*, 3> lanes() const noexcept {
    return {traces_.get(), logs_.get(), metrics_.get()};
  }

  const OtlpSources sources_;
  const std::chrono::milliseconds limit_;
  const SteadyTime attached_ = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point since_;  // of the metrics' worker
  std::unique_ptr<ExporterMeter> meter_;
  std::shared_ptr<Lane> traces_, logs_, metrics_;
  std::shared_ptr<SpanProcessor> processor_;
  HandlerId handler_ = 0;
};

}  // namespace

std::unique_ptr<OtlpExporter> attach_otlp(const OtlpSources& sources, OtlpOptions options) {
  return std::make_unique<Attached>(sources, std::move(options));
}

}  // namespace codex::telemetry
