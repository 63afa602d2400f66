#include "golden/lane_places.h"

#include <string_view>
#include <unordered_map>

#include "golden/lane.h"
#include "golden/projection.h"
#include "golden/tokens.h"

namespace codex::golden {
namespace {

class LanePairing {
 public:
  LanePairing(const std::string& lane, const LaneSide& actual, const LaneSide& reference,
              const Observability& subject)
      : lane_(lane),
        channel_(channel_of(lane)),
        actual_(actual),
        reference_(reference),
        subject_(subject) {}

  LanePlaces run() {
    set_aside_unseen();
    Elements actual = reserved(places_.actual.size());
    for (const std::uint32_t place : places_.actual)
      add(actual_, place, actual);
    Elements reference = reserved(reference_.size());
    for (std::size_t place = 0; place < reference_.size(); ++place)
      add(reference_, place, reference);
    places_.steps = pair_elements(reference, actual, [this](std::size_t r, std::size_t a) {
      return distance(leaves(reference_, r, reference_leaves_),
                      leaves(actual_, places_.actual[a], actual_leaves_));
    });
    return std::move(places_);
  }

 private:
  using LeavesByPlace = std::unordered_map<std::size_t, Tokens>;

  void set_aside_unseen() {
    const bool undeclared = reference_.size() == 0 && !subject_.declares_lane(lane_);
    std::unordered_map<std::uint32_t, bool> shown;  // by name
    for (std::size_t place = 0; place < reference_.size(); ++place)
      shown[reference_.name(place)] = true;
    for (std::uint32_t place = 0; place < actual_.size(); ++place) {
      const std::uint32_t name = actual_.name(place);
      const auto [found, is_new] = shown.try_emplace(name);
      if (is_new) found->second = !undeclared && subject_.shows(channel_, actual_.name_of(name));
      (found->second ? places_.actual : places_.unseen).push_back(place);
    }
  }

  const LaneSide::Fields& fields(const LaneSide& side, std::uint32_t name) {
    const auto [found, is_new] = fields_.try_emplace(name);
    if (is_new) found->second = subject_.fields(channel_, side.name_of(name));
    return found->second;
  }

  static Elements reserved(std::size_t size) {
    Elements elements;
    elements.names.reserve(size);
    elements.contents.reserve(size);
    return elements;
  }

  void add(const LaneSide& side, std::size_t place, Elements& elements) {
    const std::uint32_t name = side.name(place);
    elements.names.push_back(name);
    elements.contents.push_back(observation_token(side.token(place, fields(side, name)), name));
  }

  const Tokens& leaves(const LaneSide& side, std::size_t place, LeavesByPlace& known) {
    const auto [found, is_new] = known.try_emplace(place);
    if (is_new) found->second = side.leaves(place, fields(side, side.name(place)));
    return found->second;
  }

  const std::string& lane_;
  const std::string_view channel_;
  const LaneSide& actual_;
  const LaneSide& reference_;
  const Observability& subject_;
  LanePlaces places_;
  std::unordered_map<std::uint32_t, LaneSide::Fields> fields_;
  LeavesByPlace actual_leaves_, reference_leaves_;
};

}  // namespace

LanePlaces pair_lane(const std::string& lane, const LaneSide& actual, const LaneSide& reference,
                     const Observability& reference_subject) {
  return LanePairing(lane, actual, reference, reference_subject).run();
}

}  // namespace codex::golden
