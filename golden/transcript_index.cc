#include "golden/transcript_index.h"

#include <algorithm>
#include <utility>

#include "golden/transcript_reader.h"

namespace codex::golden {
namespace {

// How far ahead the other text is searched for a line after one that it has not: beyond what people
// insert or delete at once there is little to win.
constexpr std::size_t kAhead = 16;

}  // namespace

class TranscriptIndex::Reader final : public TranscriptReader {
 public:
  Reader(std::string_view text, const std::string& file, LineSkimmer& skimmer,
         const TranscriptIndex* like, TranscriptIndex& index)
      : TranscriptReader(text, file, false),
        text_(text),
        skimmer_(skimmer),
        like_(like),
        index_(index) {}

  std::optional<harness::Error> run() {
    auto error = read();
    index_.header_ = std::move(stored_);
    return error;
  }

 private:
  bool take(std::string_view line) override {
    IndexedLine indexed = placed(line);
    if (const SkimmedLine* known = seen(line)) {
      indexed.skimmed = *known;
    } else if (!skimmer_.skim(line, text_.size() - indexed.at - line.size(), indexed.skimmed)) {
      return false;
    }
    index_.lines_.push_back(indexed);
    return true;
  }

  void add(harness::TranscriptLine line, std::string_view text) override {
    IndexedLine indexed = placed(text);
    indexed.skimmed = skimmer_.number(line);
    index_.lines_.push_back(indexed);
  }

  IndexedLine placed(std::string_view line) const {
    return {.at = static_cast<std::size_t>(line.data() - text_.data()),
            .size = line.size(),
            .skimmed = {}};
  }

  const SkimmedLine* seen(std::string_view line) {
    if (like_ == nullptr) return nullptr;
    const std::size_t end = std::min(like_->lines_.size(), next_ + kAhead);
    for (std::size_t i = next_; i < end; ++i) {
      if (like_->text(i) != line) continue;
      next_ = i + 1;
      return &like_->lines_[i].skimmed;
    }
    return nullptr;
  }

  std::string_view text_;
  LineSkimmer& skimmer_;
  const TranscriptIndex* like_;
  std::size_t next_ = 0;  // where the next line is expected in `like_`
  TranscriptIndex& index_;
};

harness::Result<TranscriptIndex> TranscriptIndex::read(std::string_view text,
                                                       const std::string& file,
                                                       LineSkimmer& skimmer,
                                                       const TranscriptIndex* like) {
  TranscriptIndex index;
  index.text_ = text;
  if (auto error = Reader(text, file, skimmer, like, index).run()) return *error;
  return index;
}

harness::TranscriptLine TranscriptIndex::observation(std::size_t line) const {
  auto read = parse_observations(text(line), {});
  return std::move(read->transcript.lines.front());
}

}  // namespace codex::golden
