// A session that passes as a tape that replays, free of secrets.
#ifndef HARNESS_PROXY_TAPE_WRITER_H_
#define HARNESS_PROXY_TAPE_WRITER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/scrub.h"
#include "codex/telemetry/stream_scrubber.h"
#include "harness/proxy/signals.h"
#include "harness/proxy/growing_file.h"
#include "harness/proxy/tape_scrub.h"
#include "harness/tape/tape.h"

namespace codex::harness {

struct TapeWriterOptions {
  std::string file;  // "….exec.jsonl" of exec: the raw log, stdout alone
  Transport transport = Transport::kExec;
  std::vector<std::string> argv;  // with the program; empty where there was none
  std::shared_ptr<const telemetry::Scrubber> scrubber;  // null: default_scrubber()
};

// Lines come in the order in which they passed. Not thread-safe; never throws but bad_alloc.
class TapeWriter {
 public:
  explicit TapeWriter(TapeWriterOptions options);

  // exec: first of all. `standard_input`: nothing where it was not seen.
  void exec_started(const std::optional<std::string>& standard_input);
  void to_codex(std::string_view line);    // app-server, with its LF
  void from_codex(std::string_view line);  // its LF included, where it has one
  void standard_error(std::string_view bytes);
  // Bytes are missing: this will not be a whole tape.
  void incomplete() { incomplete_ = true; }
  // `by_client`: the client has ended the process, or what it says.
  void ended(const ChildEnd& end, bool by_client);

  // After ended(): the tape's name, or nothing where it is none.
  std::optional<std::string> finish();
  const GrowingFile& file() const { return file_; }
  // Lines of the client that a tape of app-server cannot hold: no JSON-RPC message.
  std::size_t left_out() const { return left_out_; }
  bool is_incomplete() const { return incomplete_; }

 private:
  void begin(const json::Value& driver);
  void begin_app_server(std::string_view first_line);
  void print(TapeScrub::Kind kind, std::string_view text, bool terminated);
  void print_message(std::string_view text);
  void print_output(std::string_view text, bool terminated);
  void flush_error();
  json::Value clean(json::Value value) const;

  TapeWriterOptions options_;
  std::shared_ptr<const telemetry::Scrubber> scrubber_;
  bool raw_;
  bool begun_ = false;
  GrowingFile file_;
  TapeScrub scrub_;
  telemetry::StreamScrubber error_scrub_;
  std::string error_;  // not printed yet
  std::size_t left_out_ = 0;
  bool incomplete_ = false;
};

// "codex-exec-20260102T030405Z-123.tape.jsonl" in the folder, where `file` is one or ends in "/".
std::string tape_name(const std::string& file, Transport transport);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_TAPE_WRITER_H_
