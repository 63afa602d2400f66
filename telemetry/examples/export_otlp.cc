// Starts a codex exec, and exports spans, events and metrics of it to an OpenTelemetry collector.
//
//   echo "say hi" | OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_SERVICE_NAME=me
//     export_otlp codex exec --experimental-json --skip-git-repo-check -      (one line)
//
// Without such a variable nothing is exported. codex hangs its own spans under ours where it
// exports too. With TRACEPARENT in the environment the trace goes on from there. The prompt comes
// on stdin.
#include <iostream>
#include <iterator>

#include "child.h"
#include "shown.h"
#include <codex/telemetry/exec_observer.h>
#include <codex/telemetry/otlp.h>
#include <codex/telemetry/propagation.h>

namespace telemetry = codex::telemetry;

namespace {

// Starts it, feeds its output to an observer, and gives its status as a shell tells it.
int run(const std::vector<std::string>& argv, telemetry::Hub& hub,
        const telemetry::TraceContext& context, const std::string& tracestate) {
  const std::string prompt(std::istreambuf_iterator<char>(std::cin), {});
  telemetry::ExecObserver::Options options;
  options.correlation.session = "export_otlp";
  options.correlation.trace = context;
  telemetry::ExecObserver observer(hub, options);
  examples::Child child(
      argv, telemetry::environment_with(context, telemetry::current_environment(), tracestate));
  observer.started({argv.begin() + 1, argv.end()}, prompt);
  child.write(prompt);
  child.close_input();
  while (child.read([&](std::string_view bytes) { observer.standard_output(bytes); },
                    [&](std::string_view bytes) { observer.standard_error(bytes); })) {
  }
  const int status = child.wait();
  const bool killed = WIFSIGNALED(status);
  observer.ended(killed ? std::nullopt : std::optional<int>(WEXITSTATUS(status)),
                 killed ? std::optional<int>(WTERMSIG(status)) : std::nullopt);
  return killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: export_otlp CODEX ARGUMENT...   (the prompt on stdin)\n";
    return 2;
  }
  telemetry::exporter_logger().attach([](const telemetry::LogRecord& record) {
    std::cerr << "export_otlp: " << record.message() << '\n';
  });
  telemetry::TraceProvider provider;
  telemetry::Hub hub;
  telemetry::Metrics metrics;
  telemetry::MetricsRecorder recorder(hub, metrics);
  const auto otlp =
      telemetry::attach_otlp({.traces = &provider, .events = &hub, .metrics = &metrics});

  const auto from = telemetry::trace_context_from_environment();
  telemetry::TraceProvider::TraceOptions named;
  named.name = "export_otlp";
  if (from) named.id = telemetry::trace_id_for(from->context);
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);
  int status = 127;
  {
    examples::Work work(provider, "codex exec");
    try {
      status = run({argv + 1, argv + argc}, hub, telemetry::current_trace_context().value(),
                   from ? from->state : std::string());
    } catch (const std::exception& error) {
      std::cerr << "export_otlp: " << error.what() << '\n';
    }
    if (status != 0) work.failed("codex failed", codex::json::Object{{"exit", status}});
  }
  provider.finish_trace(trace);
  otlp->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(5));
  for (const telemetry::ExporterStats& stats : otlp->stats()) {
    std::cout << stats.signal << ": " << stats.emitted << " emitted, " << stats.exported
              << " exported, " << stats.dropped() << " dropped\n";
  }
  return status;
}
