// Reads an observation's line without making a value of it: what alignment and accounting need.
//
// Only lines that a plain JSON parser reads as json::parse() does are read: not those with keys
// that come twice, forms that stand for values ("$"), numbers beyond 64 bits, or an error.
#ifndef GOLDEN_LINE_SKIM_H_
#define GOLDEN_LINE_SKIM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "golden/leaf_compare.h"
#include "golden/tokens.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// Numbers for texts of which there are few, in the order in which they come.
class Symbols {
 public:
  std::uint32_t number(std::string_view text);
  bool find(std::string_view text, std::uint32_t& number) const;
  const std::string& text(std::uint32_t number) const { return *texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<const std::string*> texts_;
};

// What of an observation is told from its line.
struct SkimmedLine {
  Token data = 0;  // Projection::token() of the data, nothing hidden
  std::uint32_t lane = 0, name = 0;
  std::uint32_t tally = 0;  // LineSkimmer::tally(): of the data compared with itself
  harness::Origin origin = harness::Origin::kWire;
};

// Not thread-safe.
class LineSkimmer {
 public:
  explicit LineSkimmer(IsMask is_mask);
  ~LineSkimmer();

  // False: the line must be read exactly. `after`: so many bytes behind the line can be read.
  bool skim(std::string_view line, std::size_t after, SkimmedLine& skimmed);
  // The same of what was read exactly.
  SkimmedLine number(const harness::TranscriptLine& line);

  const std::string& lane(std::uint32_t number) const { return lanes_.text(number); }
  const std::string& name(std::uint32_t number) const { return names_.text(number); }
  std::size_t names() const { return names_.size(); }
  std::size_t lanes() const { return lanes_.size(); }
  const LeafTally& tally(std::uint32_t number) const { return *tallies_[number]; }

 private:
  struct Parser;
  class Walk;
  struct TallyLess {
    bool operator()(const LeafTally& a, const LeafTally& b) const;
  };
  std::uint32_t tally_number(const LeafTally& tally);

  IsMask is_mask_;
  std::unique_ptr<Parser> parser_;
  Symbols lanes_, names_;
  std::map<LeafTally, std::uint32_t, TallyLess> tally_numbers_;
  std::vector<const LeafTally*> tallies_;
};

}  // namespace codex::golden

#endif  // GOLDEN_LINE_SKIM_H_
