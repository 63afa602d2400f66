// Writes whole lines to a LogSink.
#ifndef CODEX_TELEMETRY_SRC_LINE_WRITER_H_
#define CODEX_TELEMETRY_SRC_LINE_WRITER_H_

#include <memory>
#include <string>

#include "codex/telemetry/log_sink.h"

namespace codex::telemetry {

class LineWriter {
 public:
  static std::unique_ptr<LineWriter> make(LogSink sink);
  // Whether both lead to the same place: one descriptor, one stream, one plain function.
  static bool same(const LogSink& a, const LogSink& b);

  virtual ~LineWriter() = default;
  // How many lines were lost: 0 where all went well. `line` has no LF; it is used up. May throw
  // what a function or a stream throws.
  virtual int write(std::string& line) = 0;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LINE_WRITER_H_
