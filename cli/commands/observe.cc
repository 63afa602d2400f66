// Telemetry of a session as it happens: read from a stream, or of a codex that runs behind this
// process.
#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/observe_input.h"
#include "cli/observe_outputs.h"
#include "cli/shim.h"
#include "codex/telemetry/propagation.h"
#include "harness/proxy/codex_command.h"
#include "harness/proxy/proxy.h"
#include "harness/proxy/watcher.h"
#include "matrix/shell_word.h"

namespace codex::cli {
namespace {

using harness::Transport;

// Shells' own statuses for what cannot be started.
int cannot_start(const harness::SpawnError& wrong, const Console& console) {
  console.error(wrong.error);
  return wrong.status;
}

std::optional<Transport> transport_of(const ObserveOptions& options) {
  if (options.transport == "exec") return Transport::kExec;
  if (options.transport == "app-server") return Transport::kAppServer;
  return harness::transport_of({options.command.begin() + 1, options.command.end()});
}

// Nothing of it can be observed: as if there were no proxy.
int become(const std::vector<std::string>& command, const Console& console) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  const int error = errno;
  console.error(command[0] + ": cannot be started: " + std::generic_category().message(error));
  return error == ENOENT ? 127 : 126;
}

// One trace: what codex exports hangs under the context that its events carry.
telemetry::TraceContext set_trace_context(harness::ProxyOptions& proxy, bool off) {
  if (off) return {};
  const auto from = telemetry::trace_context_from_environment();
  const telemetry::TraceContext mine =
      telemetry::make_trace_context(from ? &from->context : nullptr);
  proxy.environment = telemetry::environment_with(mine, std::move(proxy.environment),
                                                  from ? from->state : std::string());
  return mine;
}

// Until the session has ended, or the proxy was killed.
void observe_feed(int feed, ObserveOutputs& outputs, harness::WatcherOptions options) {
  telemetry::Hub hub;
  outputs.attach(hub, options.correlation.trace, options.transport);
  options.tape = outputs.tape(options.transport, options.argv);
  harness::Watcher watcher(hub, std::move(options));
  // A writer that has said nothing could not start codex.
  if (!harness::read_feed(feed, watcher)) {
    if (!watcher.has_started()) return;
    watcher.cut_off();
  }
  outputs.finish(hub, watcher.missing(), watcher.failed());
}

// A log or tape that was named where a program is expected.
bool is_data(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) != 0;
}

int proxy(const ObserveOptions& options, const Console& console) {
  const std::optional<Transport> transport = transport_of(options);
  if (!transport && options.shimmed) return become(options.command, console);
  if (!transport && is_data(options.command.front())) {
    console.error(options.command.front() + ": is a file and no program (a session that was kept is "
                  "read from stdin: codex-telemetry-diff observe < " +
                  matrix::shell_word(options.command.front()) + ")");
    return kUsage;
  }
  if (!transport) {
    console.error("this command does not say that it speaks JSON lines: `codex exec --json` and "
                  "`codex app-server` do, --transport tells it of any other");
    return kUsage;
  }
  harness::Result<ObserveOutputs> outputs = ObserveOutputs::open(options, true);
  if (!outputs) {
    console.error(outputs.error());
    return kUsage;
  }
  harness::ClientEnds ends = harness::own_ends(*transport == Transport::kAppServer);
  // For what is to be said at the end; a client that only reads codex's words gets no other.
  const harness::Fd last_words(options.shimmed ? -1 : ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));

  harness::ProxyOptions run;
  run.argv = options.command;
  run.environment = telemetry::current_environment();
  harness::WatcherOptions watched;
  watched.transport = *transport;
  watched.argv = options.command;
  watched.correlation.trace = set_trace_context(run, options.no_trace_context);
  // Tells the lines of several sessions in one file apart.
  watched.correlation.session = telemetry::make_trace_context().span_id;
  watched.sees_input = static_cast<bool>(ends.input);
  run.input = std::move(ends.input);
  run.output = std::move(ends.output);
  run.error = std::move(ends.error);
  run.observer_keeps = outputs->descriptors();
  run.observe = [&outputs, &watched](int feed) {
    observe_feed(feed, outputs.value(), std::move(watched));
  };
  console.out << std::flush;
  console.err << std::flush;
  auto ended = harness::run_proxy(std::move(run));
  if (const auto* wrong = std::get_if<harness::SpawnError>(&ended)) return cannot_start(*wrong, console);
  const auto& end = std::get<harness::ProxyEnd>(ended);
  if (last_words && (end.observer_lost || end.observer_late)) {
    ::dup2(last_words.get(), STDERR_FILENO);
    console.note(end.observer_lost
                     ? "observing this session failed; it passed unchanged"
                     : "observing this session is not done yet: it goes on in the background");
    console.err << std::flush;
  }
  harness::end_as(end.child);
}

int run(ObserveOptions& options, const Console& console) {
  options.quiet = console.quiet;
  if (!options.shim.empty()) {
    if (const auto wrong = ObserveOutputs::open(options, true); !wrong) {
      console.error(wrong.error());
      return kUsage;
    }
    if (const auto wrong = write_shim(options)) {
      console.error(*wrong);
      return kUsage;
    }
    console.note("give this as the path of codex: " + options.shim);
    return kParity;
  }
  if (!options.command.empty()) {
    if (!options.codex.empty()) options.command.front() = options.codex;
    return proxy(options, console);
  }
  if (::isatty(STDIN_FILENO) != 0) {
    console.error("nothing to observe: pipe `codex exec --json` into this, or name a command, as in "
                  "codex-telemetry-diff observe -- codex exec --json 'say hi'");
    return kUsage;
  }
  return observe_input(STDIN_FILENO, options, console);
}

}  // namespace

void add_observe(CLI::App& app, Context& context) {
  auto options = std::make_shared<ObserveOptions>();
  CLI::App* command =
      app.add_subcommand("observe", "Telemetry of a session as it happens, or of a codex run behind this");
  command->footer(
      "Without a COMMAND a session is read from stdin: what `codex exec --json` prints, what an\n"
      "app-server says, or a tape. With one, it runs behind this: its stdin, stdout and stderr pass\n"
      "untouched and at once, signals and its exit status too.\n"
      "Example: codex-telemetry-diff observe --tape hi.tape.jsonl -- codex exec --json 'say hi'\n"
      "         codex-telemetry-diff observe --shim ./codex-observed --log codex.log -- codex\n"
      "         codex exec --json 'say hi' | codex-telemetry-diff observe\n"
      "Exit status: that of the COMMAND, 128 + N as shells show signal N; 127 and 126 where it\n"
      "cannot be started, 2 usage. Of stdin: 0, 1 when its last turn failed, 2 unreadable.");
  command->add_option("COMMAND", options->command, "Behind --: codex exec --json …, codex app-server …")
      ->type_name("COMMAND");
  command
      ->add_option("--transport", options->transport,
                   "What the COMMAND or stdin speaks (default: as it says itself)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"exec", "app-server"}));
  command->add_option("--log", options->log,
                      "Append log lines to this file; - is stdout, none is none (default: stdout, "
                      "with a COMMAND stderr)")
      ->type_name("FILE");
  command->add_option("--format", options->format, "Form of the log lines")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--level", options->level, "The least level that is logged")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  command->add_option("--events", options->events,
                      "Append every event to this file, one JSON object a line; - is stdout")
      ->type_name("FILE");
  command->add_option("--tape", options->tape,
                      "Write the session as a tape, free of secrets; into a folder, one file each")
      ->type_name("FILE");
  command->add_option("--otlp", options->exporters.otlp,
                      "Export events, metrics and a span to the OpenTelemetry collector at this URL "
                      "(default: as the OTEL_* variables say)")
      ->type_name("URL");
  command->add_option("--prometheus", options->exporters.prometheus,
                      "Serve metrics to Prometheus at this HOST:PORT while the session runs")
      ->type_name("HOST:PORT");
  command->add_option("--statsd", options->exporters.statsd,
                      "Send metrics to the StatsD server at this HOST:PORT")
      ->type_name("HOST:PORT");
  command->add_option("--shim", options->shim,
                      "Write an executable that starts codex like this, for clients that only take a path")
      ->type_name("FILE");
  command->add_option("--codex", options->codex, "The codex executable, in place of the COMMAND's first word")
      ->type_name("FILE");
  command->add_flag("--no-trace-context", options->no_trace_context,
                    "Do not set TRACEPARENT for codex");
  command->add_flag("--shimmed", options->shimmed)->group("");
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
