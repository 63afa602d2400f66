// The current ids in what a host writes to a std::ostream.
//
//   codex::telemetry::CorrelatedStream correlated(std::clog);  // from here on, every line
//   std::clog << "cache is cold\n";                            // [thread=… turn=…] cache is cold
//
//   std::cerr << codex::telemetry::with_ids << "just this line\n";
//
// The ids are those of the thread that writes the first character of a line, in the form of
// log_ids.h; an empty line and a line without ids are left as they are. The host's own text is its
// own: it is neither scrubbed nor escaped.
//
// Threads: the buffer can be used from several at once, as those of std::clog and std::cerr can.
// For whole lines write through std::osyncstream(std::clog), which then carries the right ids too.
#ifndef CODEX_TELEMETRY_OSTREAM_ADAPTER_H_
#define CODEX_TELEMETRY_OSTREAM_ADAPTER_H_

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>

namespace codex::telemetry {

// Passes everything on to `target`, which must outlive it, with the ids before each line.
class CorrelatedBuffer final : public std::streambuf {
 public:
  explicit CorrelatedBuffer(std::streambuf& target) : target_(target) {}

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  std::streambuf& target_;
  std::mutex mutex_;  // held while the target is written to
  bool line_start_ = true;
  std::string prefix_;
};

// Puts such a buffer on a stream, for as long as it lives. The stream must outlive it. Do both ends
// while no other thread writes.
class CorrelatedStream {
 public:
  explicit CorrelatedStream(std::ostream& stream);
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
