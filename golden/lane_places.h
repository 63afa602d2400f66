// Which observation of a lane stands for which, told by their places: the same for transcripts
// that are in memory and for those that are read where they lie.
#ifndef GOLDEN_LANE_PLACES_H_
#define GOLDEN_LANE_PLACES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "golden/observability.h"
#include "golden/pairing.h"

namespace codex::golden {

// The observations of one lane of a transcript, by their place in it from 0.
class LaneSide {
 public:
  using Fields = std::vector<const FieldRule*>;

  virtual ~LaneSide() = default;
  virtual std::size_t size() const = 0;
  // Names have small numbers, which are the same on both sides.
  virtual std::uint32_t name(std::size_t place) const = 0;
  virtual const std::string& name_of(std::uint32_t number) const = 0;
  // The data as the reference subject could have shown it (projection.h).
  virtual Token token(std::size_t place, const Fields& fields) const = 0;
  virtual Tokens leaves(std::size_t place, const Fields& fields) const = 0;
};

struct LanePlaces {
  std::vector<std::uint32_t> actual;  // without what is unseen
  // Of the actual side: what the reference subject could not have shown, and has nothing of.
  std::vector<std::uint32_t> unseen;
  std::vector<Step> steps;  // indices into `actual`, and places of the reference
};

// Equal observations are paired first, then those of one name in the gaps; never two names
// (pairing.h). `reference_subject` says what the subject of `reference` can show.
LanePlaces pair_lane(const std::string& lane, const LaneSide& actual, const LaneSide& reference,
                     const Observability& reference_subject);

}  // namespace codex::golden

#endif  // GOLDEN_LANE_PLACES_H_
