// What `observe` makes of a session: log lines, events, a tape.
#ifndef CLI_OBSERVE_OUTPUTS_H_
#define CLI_OBSERVE_OUTPUTS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/observe_exporters.h"
#include "cli/observe_lines.h"
#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event.h"
#include "harness/model/result.h"
#include "harness/proxy/tape_writer.h"

namespace codex::cli {

struct ObserveOptions {
  std::string transport;         // "exec", "app-server", or empty: as the session tells
  std::string log;               // a file, "-", "none", or empty: the default
  std::string format = "text";   // or "json"
  std::string level = "info";
  std::string events;            // a file, "-", or empty: none
  ExporterAddresses exporters;
  std::string tape;              // a file or folder, or empty: none
  std::string shim;              // the file to write, or empty
  std::string codex;             // the executable, or empty
  bool no_trace_context = false;
  bool shimmed = false;          // started by what --shim has written
  bool quiet = false;
  std::vector<std::string> command;
};

class ObserveOutputs {
 public:
  // Opens what is to be written to, so that what cannot be is told before anything runs.
  // `beside_codex`: stdout and stderr are codex's. What fails is left out where it may not stop
  // the session (`shimmed`).
  static harness::Result<ObserveOutputs> open(const ObserveOptions& options, bool beside_codex);

  // In the process that observes. `context`: the one that codex was given, or invalid.
  void attach(telemetry::Hub& hub, const telemetry::TraceContext& context = {},
              harness::Transport transport = harness::Transport::kExec);
  // Null where none is written.
  harness::TapeWriter* tape(harness::Transport transport, const std::vector<std::string>& argv);
  // When the session is over: delivers what waits, gives the tape its name, and says what was lost.
  // `missing`: bytes that were not observed; `failed`: codex did not end with status 0.
  void finish(telemetry::Hub& hub, std::uint64_t missing, bool failed);

  // Descriptors that must stay open, and whether stderr is among what is written to.
  std::vector<int> descriptors() const;

 private:
  ObserveOutputs() = default;
  void note(const std::string& text);
  void finish_tape();

  ObserveOptions options_;
  std::shared_ptr<ObserveLines> log_;
  std::shared_ptr<ObserveLines> events_;
  std::shared_ptr<ObserveLines> notes_;  // null: nobody is told
  std::optional<telemetry::DefaultLogger> logger_;
  std::unique_ptr<harness::TapeWriter> tape_;
  std::unique_ptr<ObserveExporters> exporters_;
};

}  // namespace codex::cli

#endif  // CLI_OBSERVE_OUTPUTS_H_
