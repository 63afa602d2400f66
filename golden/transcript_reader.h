// Reads the text form of a transcript line by line; what becomes of its observations is told by
// the classes that derive from this one.
#ifndef GOLDEN_TRANSCRIPT_READER_H_
#define GOLDEN_TRANSCRIPT_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "golden/transcript_file.h"

namespace codex::golden {

class TranscriptReader {
 public:
  // `text` and `file`, which is for messages, must outlive this object. `needs_frame`: as
  // parse_transcript(), else as parse_observations().
  TranscriptReader(std::string_view text, const std::string& file, bool needs_frame)
      : rest_(text), file_(file), needs_frame_(needs_frame) {}
  virtual ~TranscriptReader() = default;

  // To the end, or to the first error.
  std::optional<harness::Error> read();

 protected:
  // For readers that know a quicker way: true where `line` is an observation and was taken.
  // False leaves the line, and what is wrong with it, to add() and the errors of read().
  virtual bool take(std::string_view) { return false; }
  virtual void add(harness::TranscriptLine line, std::string_view text) = 0;

  StoredTranscript stored_;  // of the header

 private:
  harness::Error error(std::string message, std::string hint) const;
  harness::Error error(std::string message) const;
  std::optional<harness::Error> read_line(std::string_view line, std::string_view whole);
  std::optional<harness::Error> read_header(const json::Value& value);
  std::optional<harness::Error> read_observation(const json::Value& value, std::string_view line);
  std::optional<harness::Error> read_footer(const json::Value& value);
  void count(std::string_view whole);
  std::string text_digest() const;

  std::string_view rest_;
  const std::string& file_;
  bool needs_frame_;
  std::size_t line_ = 0;
  bool has_header_ = false;
  bool has_footer_ = false;
  std::size_t observations_ = 0;
  std::vector<std::string_view> told_;  // the text of the observations, in runs
};

}  // namespace codex::golden

#endif  // GOLDEN_TRANSCRIPT_READER_H_
