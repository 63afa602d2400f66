// Secrets are replaced in the lines of a wire before they get onto a tape.
//
// A line in which nothing is found stays as it is, byte for byte. The text of deltas is one text
// for each item, so that a secret is found that was cut in two: while the end of it may be the
// begin of one, that line and those behind it wait.
#ifndef HARNESS_PROXY_TAPE_SCRUB_H_
#define HARNESS_PROXY_TAPE_SCRUB_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"
#include "codex/telemetry/stream_scrubber.h"

namespace codex::harness {

class TapeScrub {
 public:
  enum class Kind { kToCodex, kFromCodex, kOther };
  // Lines in their order, scrubbed. `text` has no LF but what a kOther has.
  using Out = std::function<void(Kind kind, std::string_view text, bool terminated)>;

  TapeScrub(std::shared_ptr<const telemetry::Scrubber> scrubber, Out out);

  // kOther passes unscrubbed, at its place.
  void add(Kind kind, std::string text, bool terminated = true);
  // No line waits any more.
  void finish();

 private:
  struct Line {
    Kind kind;
    std::string text;
    bool terminated;
    bool waits = false;
    json::Value message = {};  // of a delta
    std::string shown = {};    // its text, scrubbed
  };
  // The deltas of one item: its lines since nothing of it was held back.
  struct Text {
    telemetry::StreamScrubber scrubber;
    std::string thread;
    std::string item;
    std::vector<Line*> lines;
  };

  bool add_delta(Line& line);
  void settle(Text& text, bool end);
  void end_items(const Line& line);
  void scrub(Line& line) const;
  void drain();

  std::shared_ptr<const telemetry::Scrubber> scrubber_;
  Out out_;
  std::deque<Line> lines_;
  std::map<std::string, Text> texts_;
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_TAPE_SCRUB_H_
