// Scrubs a text that comes in pieces, so that a secret is caught wherever it was cut.
//
//   StreamScrubber stream(scrubber);
//   for (piece : pieces) show(stream.feed(piece));
//   show(stream.finish());
//
// What is given out together equals scrub() of the whole text, however it was cut, as long as no
// line that may hold a secret is longer than `limit`, nor a private key that was begun. Of longer
// ones no less is replaced than of a text that ends at any place of them: what was begun goes on
// being replaced until it ends; only the markers may differ.
//
// Memory: about twice `limit`. Time: linear in the text. Not thread-safe; one for each text.
#ifndef CODEX_TELEMETRY_STREAM_SCRUBBER_H_
#define CODEX_TELEMETRY_STREAM_SCRUBBER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

class StreamScrubber {
 public:
  static constexpr std::size_t kDefaultLimit = 4096;  // bytes

  // `scrubber` must live as long. A limit too low for its known values is raised.
  explicit StreamScrubber(const Scrubber& scrubber, std::size_t limit = kDefaultLimit);

  // What of the text so far can hold no part of a secret any more. Does not cut characters.
  std::string feed(std::string_view piece, ScrubCounts* counts = nullptr);
  // Of what is held back, whatever stands in no line that a secret may have begun in: for those who
  // must show what there is so far. What is given out together may then hold a marker less than
  // scrub() of the whole would put there, but no more of a secret.
  std::string flush(ScrubCounts* counts = nullptr);
  // What is left. A new text may begin then.
  std::string finish(ScrubCounts* counts = nullptr);
  // Bytes that were fed and not given out yet.
  std::size_t held() const { return held_.size(); }

 private:
  enum class Skip { kNothing, kToken, kLine, kKey };

  void append(std::string_view piece);
  void skip(std::string& piece);
  void advance(std::string& out, ScrubCounts* counts);
  std::size_t whole_lines() const;
  bool cut_private_key(std::string& out, ScrubCounts* counts);
  void cut_long_line(std::string& out, ScrubCounts* counts);
  void remove(std::size_t bytes, std::string context);
  std::string after(std::size_t bytes) const;
  std::string begun() const;
  std::string clean(std::string_view context, std::string_view text, ScrubCounts* counts) const;

  const Scrubber* scrubber_;
  std::size_t reach_;       // no rule looks for a literal that is longer
  std::size_t limit_;
  std::string context_;     // the end of what was given out, of the line that is going on
  std::string held_;
  std::size_t line_end_ = 0;   // behind the last line feed in held_
  std::size_t next_look_ = 0;  // size of held_ at which to look for the end of a key again
  bool suspicious_ = false;    // a literal of a rule stands in held_
  std::size_t open_ = 0;       // so much of the end of context_ may be the begin of a literal
  bool started_ = false;       // something was given out
  Skip skip_ = Skip::kNothing;  // what comes next belongs to what was replaced
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_STREAM_SCRUBBER_H_
