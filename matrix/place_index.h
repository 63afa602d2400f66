// Finds what an inventory declares at a place that a session reached.
#ifndef MATRIX_PLACE_INDEX_H_
#define MATRIX_PLACE_INDEX_H_

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "golden/coverage.h"
#include "matrix/inventory.h"

namespace codex::matrix {

// An entry of an inventory by its index, or a field of it by its own.
struct Declared {
  static constexpr std::size_t kEntry = static_cast<std::size_t>(-1);
  std::size_t entry = 0;
  std::size_t field = kEntry;
  auto operator<=>(const Declared&) const = default;
};

// Patterns as matrix/inventory.h says. The inventory must outlive it; not thread-safe.
class PlaceIndex {
 public:
  explicit PlaceIndex(const Inventory& inventory);
  ~PlaceIndex();

  // Each once, sorted. Valid as long as this object.
  const std::vector<Declared>& at(const golden::Shape& shape);

 private:
  struct Node;
  struct Target {
    std::string observation;
    Declared declared;
  };
  void add(const InventoryPlace& place, std::string_view below, Declared declared);

  std::map<std::string, std::unique_ptr<Node>, std::less<>> channels_;
  std::map<golden::Shape, std::vector<Declared>> known_;
};

}  // namespace codex::matrix

#endif  // MATRIX_PLACE_INDEX_H_
