// Starts a codex exec under a span of its own, so that what codex exports hangs under that span,
// and tells what happens in it, with all ids.
//
//   echo "say hi" | spawn_codex codex exec --experimental-json --skip-git-repo-check -
//
// With TRACEPARENT in the environment it goes on with that trace. The prompt comes on stdin.
#include <iostream>
#include <iterator>

#include <codex/telemetry/exec_observer.h>
#include <codex/telemetry/propagation.h>

#include "child.h"
#include "shown.h"

namespace telemetry = codex::telemetry;

namespace {

// Starts it, feeds its output to an observer, and gives its status as a shell tells it.
int run(const std::vector<std::string>& argv, const telemetry::TraceContext& context,
        const std::string& tracestate) {
  const std::string prompt =
      ::isatty(STDIN_FILENO) != 0
          ? std::string()
          : std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  telemetry::Hub hub;
  hub.attach("codex", [](const telemetry::Event& event) {
    std::cout << examples::shown(event) << std::endl;
  });
  telemetry::ExecObserver::Options options;
  options.correlation.session = "spawn_codex";
  options.correlation.trace = context;
  telemetry::ExecObserver observer(hub, options);

  const auto environment = telemetry::current_environment();
  examples::Child child(argv, telemetry::environment_with(context, environment, tracestate));
  observer.started({argv.begin() + 1, argv.end()}, prompt);
  child.write(prompt);  // codex reads all of it before it says anything
  child.close_input();
  while (child.read([&](std::string_view bytes) { observer.standard_output(bytes); },
                    [&](std::string_view bytes) { observer.standard_error(bytes); })) {
  }
  const int status = child.wait();
  if (WIFSIGNALED(status)) {
    observer.ended(std::nullopt, WTERMSIG(status));
    return 128 + WTERMSIG(status);
  }
  observer.ended(WEXITSTATUS(status));
  return WEXITSTATUS(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: spawn_codex CODEX ARGUMENT...   (the prompt on stdin)\n";
    return 2;
  }
  telemetry::TraceProvider provider;
  provider.set_processors({std::make_shared<examples::SpanPrinter>()});
  const auto from = telemetry::trace_context_from_environment();
  telemetry::TraceProvider::TraceOptions named;
  named.name = "spawn_codex";
  if (from) named.id = telemetry::trace_id_for(from->context);
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);

  int status = 127;
  {
    examples::Work work(provider, "codex exec");
    try {
      status = run({argv + 1, argv + argc}, telemetry::current_trace_context().value(),
                   from ? from->state : std::string());
    } catch (const std::exception& error) {
      std::cerr << "spawn_codex: " << error.what() << '\n';
    }
    if (status != 0) work.failed("codex failed", codex::json::Object{{"exit", status}});
  }
  provider.finish_trace(trace);
  return status;
}
