#include "cli/observe_outputs.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

#include "codex/telemetry/json.h"
#include "matrix/printable.h"

namespace codex::cli {
namespace {

using harness::Error;
using harness::Result;
using telemetry::Event;
using telemetry::Level;

constexpr std::chrono::milliseconds kExportTime(5000);

Level level_of(const std::string& name) {
  if (name == "debug") return Level::kDebug;
  if (name == "warning") return Level::kWarning;
  if (name == "error") return Level::kError;
  return Level::kInfo;
}

// RFC 3339, UTC, microseconds.
std::string time_text(std::chrono::system_clock::time_point time) {
  using std::chrono::duration_cast;
  const auto since = duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(since / 1000000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> day{};
  std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%06dZ", day.data(), static_cast<int>(since % 1000000));
  return text.data();
}

std::string event_line(const Event& event) {
  json::Object line{{"time", time_text(event.time)}, {"event", event.name}};
  const telemetry::Correlation& ids = event.correlation;
  for (const auto& [key, id] :
       {std::pair{"session", &ids.session}, std::pair{"thread", &ids.thread},
        std::pair{"turn", &ids.turn}, std::pair{"item", &ids.item}, std::pair{"call", &ids.call},
        std::pair{"trace_id", &ids.trace.trace_id}, std::pair{"span_id", &ids.trace.span_id}}) {
    if (!id->empty()) line.append(key, *id);
  }
  line.append("measurements", event.measurements);
  line.append("metadata", event.metadata);
  return json::dump(json::Value(std::move(line)), json::kCompact);
}

// Where lines go that an option names.
Result<std::shared_ptr<ObserveLines>> opened(const std::string& where, bool beside_codex,
                                             const char* option) {
  if (where == "-" && beside_codex) {
    return Error{.message = std::string(option) + " -: stdout is codex's own",
                 .hint = "name a file; stderr is the default of --log"};
  }
  if (where == "-") return std::make_shared<ObserveLines>(ObserveLines::standard_output());
  Result<ObserveLines> file = ObserveLines::file(where);
  if (!file) return file.error();
  return std::make_shared<ObserveLines>(std::move(file.value()));
}

void note_to(const std::shared_ptr<ObserveLines>& lines, const std::string& text) {
  if (lines) lines->write("codex-telemetry-diff: " + matrix::printable(text));
}

std::optional<Error> check_tape(const std::string& tape) {
  if (tape.empty()) return std::nullopt;
  const std::filesystem::path path(tape);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return std::nullopt;
  return Error{.message = "there is no such folder for the tape",
               .file = folder.string(),
               .hint = "make it, or name another with --tape"};
}

}  // namespace

Result<ObserveOutputs> ObserveOutputs::open(const ObserveOptions& options, bool beside_codex) {
  ObserveOutputs outputs;
  outputs.options_ = options;
  if (options.log == "none" || (options.log.empty() && options.shimmed)) {
    // No lines.
  } else if (options.log.empty()) {
    outputs.log_ = std::make_shared<ObserveLines>(beside_codex ? ObserveLines::standard_error(true)
                                                               : ObserveLines::standard_output());
  } else {
    const auto log = opened(options.log, beside_codex, "--log");
    if (!log && !options.shimmed) return log.error();
    if (log) outputs.log_ = log.value();
  }
  if (!options.events.empty()) {
    const auto events = opened(options.events, beside_codex, "--events");
    if (!events && !options.shimmed) return events.error();
    if (events) outputs.events_ = events.value();
  }
  if (auto wrong = check_tape(options.tape); wrong && !options.shimmed) return *wrong;
  if (options.shimmed) {
    outputs.notes_ = outputs.log_;
  } else if (beside_codex && options.log.empty()) {
    outputs.notes_ = outputs.log_;
  } else {
    outputs.notes_ = std::make_shared<ObserveLines>(ObserveLines::standard_error(beside_codex));
  }
  return outputs;
}

void ObserveOutputs::attach(telemetry::Hub& hub, const telemetry::TraceContext& context,
                            harness::Transport transport) {
  exporters_ = std::make_unique<ObserveExporters>(
      hub, options_.exporters, context,
      transport == harness::Transport::kExec ? "codex exec" : "codex app-server",
      [notes = notes_](const std::string& text) { note_to(notes, text); });
  if (log_) {
    telemetry::DefaultLoggerOptions options;
    options.format = options_.format == "json" ? telemetry::LogFormat::kJson
                                               : telemetry::LogFormat::kLevelAndName;
    options.level = level_of(options_.level);
    options.sink = telemetry::LogSink::function(
        [lines = log_](std::string_view line) { lines->write(line); });
    options.events = &hub;
    logger_ = telemetry::attach_default_logger(std::move(options));
  }
  if (events_) {
    hub.attach("", [lines = events_](const Event& event) { lines->write(event_line(event)); });
  }
}

harness::TapeWriter* ObserveOutputs::tape(harness::Transport transport,
                                          const std::vector<std::string>& argv) {
  if (options_.tape.empty()) return nullptr;
  tape_ = std::make_unique<harness::TapeWriter>(harness::TapeWriterOptions{
      .file = options_.tape, .transport = transport, .argv = argv, .scrubber = nullptr});
  return tape_.get();
}

void ObserveOutputs::note(const std::string& text) { note_to(notes_, text); }

void ObserveOutputs::finish(telemetry::Hub& hub, std::uint64_t missing, bool failed) {
  hub.flush();
  if (missing > 0) {
    note(std::to_string(missing) + " bytes of the session passed unobserved: they came faster than "
                                   "they could be taken in");
  }
  for (const auto& lines : {log_, events_}) {
    if (!lines || lines->lost() == 0) continue;
    note(lines->name() + ": " + std::to_string(lines->lost()) +
         " lines of telemetry were lost: " + lines->reason());
  }
  if (tape_) finish_tape();
  // Last, for a receiver that is away takes its time.
  if (exporters_) exporters_->finish(failed, kExportTime);
}

void ObserveOutputs::finish_tape() {
  const std::optional<std::string> name = tape_->finish();
  if (tape_->left_out() > 0) {
    note("the tape lacks " + std::to_string(tape_->left_out()) +
         " lines of the client that are no JSON-RPC messages");
  }
  if (name) {
    if (!options_.quiet && !options_.shimmed) note("the tape is " + *name);
  } else if (tape_->file().error()) {
    note("no tape: " + tape_->file().error()->text());
  } else if (tape_->is_incomplete()) {
    note("the tape is incomplete: " + tape_->file().partial());
  } else {
    note("no tape: nothing has passed");
  }
}

std::vector<int> ObserveOutputs::descriptors() const {
  std::vector<int> out;
  for (const auto& lines : {log_, events_, notes_}) {
    if (lines) out.push_back(lines->fd());
  }
  return out;
}

}  // namespace codex::cli
