#include "matrix/place_index.h"

#include <algorithm>
#include <utility>

#include "harness/normalize/pattern.h"

namespace codex::matrix {
namespace {

// "item{type=plan}"
struct Segment {
  std::string_view name;
  std::string_view variant;  // "{type=plan}", or empty
};

// Keys and variants have no "/" and, but where a variant begins, no "{" (golden/coverage.h).
std::vector<Segment> segments(std::string_view path) {
  std::vector<Segment> result;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    const std::size_t brace = std::min(segment.find('{'), segment.size());
    result.push_back({segment.substr(0, brace), segment.substr(brace)});
    path.remove_prefix(segment.size());
  }
  return result;
}

}  // namespace

// A tree of the patterns of a channel, a level for each segment.
struct PlaceIndex::Node {
  std::map<std::string, std::map<std::string, Node>, std::less<>> below;  // name, variant
  std::vector<Target> targets;                                           // that end here

  template <typename Visit>
  void find(const std::vector<Segment>& path, std::size_t depth, const Visit& visit) const {
    for (const Target& target : targets)
      visit(target);
    if (depth == path.size()) return;
    const Segment& segment = path[depth];
    const auto into = [&](std::string_view name) {
      const auto found = below.find(name);
      if (found == below.end()) return;
      for (const auto& [variant, node] : found->second) {
        if (variant.empty() || harness::matches_glob(variant, segment.variant)) {
          node.find(path, depth + 1, visit);
        }
      }
    };
    into(segment.name);
    if (segment.name != "*") into("*");
  }
};

PlaceIndex::PlaceIndex(const Inventory& inventory) {
  for (std::size_t i = 0; i < inventory.entries.size(); ++i) {
    const InventoryEntry& entry = inventory.entries[i];
    for (const InventoryPlace& place : entry.places) {
      add(place, "", {.entry = i});
      for (std::size_t j = 0; j < entry.fields.size(); ++j) {
        add(place, entry.fields[j].path, {.entry = i, .field = j});
      }
    }
  }
}

PlaceIndex::~PlaceIndex() = default;

void PlaceIndex::add(const InventoryPlace& place, std::string_view below, Declared declared) {
  std::unique_ptr<Node>& root = channels_[place.channel];
  if (root == nullptr) root = std::make_unique<Node>();
  Node* node = root.get();
  const std::string path = place.path + std::string(below);
  for (const Segment& segment : segments(path)) {
    node = &node->below[std::string(segment.name)][std::string(segment.variant)];
  }
  node->targets.push_back({place.observation, declared});
}

const std::vector<Declared>& PlaceIndex::at(const golden::Shape& shape) {
  const auto [known, is_new] = known_.try_emplace(shape);
  std::vector<Declared>& found = known->second;
  if (!is_new) return found;
  const auto root = channels_.find(shape.channel);
  if (root == channels_.end()) return found;
  root->second->find(segments(shape.path), 0, [&](const Target& target) {
    if (harness::matches_glob(target.observation, shape.name)) found.push_back(target.declared);
  });
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace codex::matrix
