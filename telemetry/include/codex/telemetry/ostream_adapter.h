// The current ids in what a host writes to a std::ostream.
//
//   codex::telemetry::CorrelatedStream correlated(std::clog);  // from here on, every line
//   std::clog << "cache is cold\n";                            // [thread=… turn=…] cache is cold
//
//   std::cerr << codex::telemetry::with_ids << "just this line\n";
//
// The ids are those of the thread that writes the first character of a line, in the form of
// log_ids.h; an empty line and a line without ids are left as they are. Secrets in the host's own
// text are replaced, however it is cut; nothing in it is escaped. So a line goes on when it is
// complete, or when the stream is flushed, as a prompt is: but not while a secret may have begun in
// it, nor the lines of a private key. with_ids leaves the host's text alone.
//
// Threads: the buffer can be used from several at once, as those of std::clog and std::cerr can.
// For whole lines write through std::osyncstream(std::clog), which then carries the right ids too.
#ifndef CODEX_TELEMETRY_OSTREAM_ADAPTER_H_
#define CODEX_TELEMETRY_OSTREAM_ADAPTER_H_

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include "codex/telemetry/scrub.h"
#include "codex/telemetry/stream_scrubber.h"

namespace codex::telemetry {

// Passes everything on to `target`, which must outlive it, with the ids before each line.
class CorrelatedBuffer final : public std::streambuf {
 public:
  explicit CorrelatedBuffer(std::streambuf& target, Scrubbing scrubbing = {});
  ~CorrelatedBuffer() override;  // passes on what is held back

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool pass_on(std::string_view text);

  std::streambuf& target_;
  const std::shared_ptr<const Scrubber> scrubber_;
  std::mutex mutex_;  // guards what follows; held while the target is written to
  std::optional<StreamScrubber> stream_;  // none where nothing is scrubbed
  bool written_line_start_ = true;        // of what the host has written
  bool passed_line_start_ = true;         // of what the target got
  std::deque<std::string> prefixes_;      // of the lines that the target did not get yet
};

// Puts such a buffer on a stream, for as long as it lives. The stream must outlive it. Do both ends
// while no other thread writes.
class CorrelatedStream {
 public:
  explicit CorrelatedStream(std::ostream& stream, Scrubbing scrubbing = {});
  // Gives the stream its own buffer back, unless someone has put another one there since.
  ~CorrelatedStream();
  CorrelatedStream(const CorrelatedStream&) = delete;
  CorrelatedStream& operator=(const CorrelatedStream&) = delete;

 private:
  std::ostream& stream_;
  std::streambuf* const own_;
  CorrelatedBuffer buffer_;
};

// A manipulator: "[thread=… turn=…] ", or nothing where no id is known.
std::ostream& with_ids(std::ostream& stream);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_OSTREAM_ADAPTER_H_
