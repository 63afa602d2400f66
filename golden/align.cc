#include "golden/align.h"

#include <algorithm>
#include <span>

#include <dtl/dtl.hpp>

#include "golden/anchors.h"

namespace codex::golden {
namespace {

// How often a piece is split before what anchors it is taken for the answer.
constexpr int kDeepest = 40;

class Aligner {
 public:
  Aligner(const Tokens& reference, const Tokens& actual, AlignStatistics& statistics)
      : reference_(reference), actual_(actual), statistics_(statistics) {}

  std::vector<Match> run() {
    solve({0, reference_.size(), 0, actual_.size()}, 0);
    return std::move(matches_);
  }

 private:
  struct Range {
    std::size_t reference_begin, reference_end, actual_begin, actual_end;
    bool one_sided() const {
      return reference_begin == reference_end || actual_begin == actual_end;
    }
    std::size_t cells() const {
      return (reference_end - reference_begin + 1) * (actual_end - actual_begin + 1);
    }
  };

  // Appends the matches of `range`, in order.
  void solve(Range range, int depth) {
    while (!range.one_sided() && reference_[range.reference_begin] == actual_[range.actual_begin]) {
      matches_.push_back({range.reference_begin++, range.actual_begin++});
    }
    std::size_t suffix = 0;
    while (!range.one_sided() &&
           reference_[range.reference_end - 1] == actual_[range.actual_end - 1]) {
      --range.reference_end;
      --range.actual_end;
      ++suffix;
    }
    if (!range.one_sided()) {
      if (range.cells() <= kMinimalCells) {
        minimal(range);
      } else {
        split(range, depth);
      }
    }
    for (std::size_t i = 0; i < suffix; ++i) {
      matches_.push_back({range.reference_end + i, range.actual_end + i});
    }
  }

  void split(const Range& range, int depth) {
    const std::vector<Match> anchors = find_anchors(
        std::span(reference_)
            .subspan(range.reference_begin, range.reference_end - range.reference_begin),
        std::span(actual_).subspan(range.actual_begin, range.actual_end - range.actual_begin));
    Range gap = range;
    for (const Match& anchor : anchors) {
      gap.reference_end = range.reference_begin + anchor.reference;
      gap.actual_end = range.actual_begin + anchor.actual;
      if (depth < kDeepest) solve(gap, depth + 1);
      matches_.push_back({gap.reference_end, gap.actual_end});
      gap.reference_begin = gap.reference_end + 1;
      gap.actual_begin = gap.actual_end + 1;
    }
    gap.reference_end = range.reference_end;
    gap.actual_end = range.actual_end;
    if (!anchors.empty() && depth < kDeepest) solve(gap, depth + 1);
  }

  void minimal(const Range& range) {
    ++statistics_.dtl_calls;
    statistics_.largest_cells = std::max(statistics_.largest_cells, range.cells());
    const auto part = [](const Tokens& tokens, std::size_t begin, std::size_t end) {
      return Tokens(tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                    tokens.begin() + static_cast<std::ptrdiff_t>(end));
    };
    dtl::Diff<Token, Tokens> diff(part(reference_, range.reference_begin, range.reference_end),
                                  part(actual_, range.actual_begin, range.actual_end));
    diff.compose();
    std::size_t r = range.reference_begin;
    std::size_t a = range.actual_begin;
    for (const auto& [token, info] : diff.getSes().getSequence()) {
      if (info.type == dtl::SES_COMMON) {
        matches_.push_back({r++, a++});
      } else {
        ++(info.type == dtl::SES_DELETE ? r : a);
      }
    }
  }

  const Tokens& reference_;
  const Tokens& actual_;
  AlignStatistics& statistics_;
  std::vector<Match> matches_;
};

}  // namespace

std::vector<Match> align(const Tokens& reference, const Tokens& actual,
                         AlignStatistics* statistics) {
  AlignStatistics ignored;
  return Aligner(reference, actual, statistics == nullptr ? ignored : *statistics).run();
}

}  // namespace codex::golden
