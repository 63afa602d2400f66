// Draws changes of values and of observations by a seed: the same numbers give the same changes.
#ifndef TESTS_MUTATIONS_EDIT_DRAW_H_
#define TESTS_MUTATIONS_EDIT_DRAW_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "tests/mutations/observation_edit.h"

namespace codex::test {

// std::mt19937_64's numbers are the same everywhere; the library's distributions are not.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}
  // Below `count`, which is not 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// A value of a document and what becomes of it. `path` is what is replaced, and `place` where a
// report of it must stand: below or above `path`, e.g. at the member that is gone.
struct ValueChange {
  std::string kind;  // "one character", "integer to real", "member removed", …
  std::string path;
  std::string place;
  json::Value value;
};

// Other values for this one, each with the name of its kind; none is equal to it.
std::vector<std::pair<std::string, json::Value>> other_values(const json::Value& value);
// A change of one value somewhere in the document, the root not among them; nothing where it has
// no values within.
std::optional<ValueChange> draw_change(const json::Value& document, Draw& draw);

struct DrawnEdit {
  std::string kind;
  ObservationEdit edit;
  std::string lane;   // raw, of the observation
  std::string name;
  std::string place;  // JSON pointer in its data; empty: the whole observation
};
// Of one observation of that channel ("event"); nothing where there is none, or where what was drawn
// cannot be done to it.
std::optional<DrawnEdit> draw_edit(const std::vector<harness::Observation>& observations,
                                   std::string_view channel, Draw& draw);

}  // namespace codex::test

#endif  // TESTS_MUTATIONS_EDIT_DRAW_H_
