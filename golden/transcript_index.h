// A transcript of which only the places of its lines are in memory: for files of any length.
#ifndef GOLDEN_TRANSCRIPT_INDEX_H_
#define GOLDEN_TRANSCRIPT_INDEX_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "golden/line_skim.h"
#include "golden/transcript_file.h"

namespace codex::golden {

struct IndexedLine {
  std::size_t at = 0;  // in the text
  std::size_t size = 0;
  SkimmedLine skimmed;
};

class TranscriptIndex {
 public:
  // As parse_observations(): the same texts are accepted, with the same errors. `text` must outlive
  // the index. `like`: an index of the same skimmer, of a text that is expected to be much the
  // same; what is equal there, byte by byte, is not read again.
  static harness::Result<TranscriptIndex> read(std::string_view text, const std::string& file,
                                               LineSkimmer& skimmer,
                                               const TranscriptIndex* like = nullptr);

  // Without its lines.
  const harness::Transcript& transcript() const { return header_.transcript; }
  const std::vector<IndexedLine>& lines() const { return lines_; }
  std::string_view text(std::size_t line) const {
    return text_.substr(lines_[line].at, lines_[line].size);
  }
  // Reads the line again, exactly.
  harness::TranscriptLine observation(std::size_t line) const;

 private:
  class Reader;
  std::string_view text_;
  StoredTranscript header_;
  std::vector<IndexedLine> lines_;
};

}  // namespace codex::golden

#endif  // GOLDEN_TRANSCRIPT_INDEX_H_
