#include "harness/normalize/lane_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

namespace codex::harness {
namespace {

constexpr std::array<std::string_view, 8> kChannels = {"wire",     "event", "log",  "span",
                                                       "approval", "usage", "hook", "outcome"};
constexpr std::array<std::string_view, 6> kScopes = {"run", "global", "thread", "turn",
                                                     "call", "trace"};

template <std::size_t N>
std::size_t rank(const std::array<std::string_view, N>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

// The last member makes the order total: lanes of any spelling keep apart.
using Key = std::tuple<std::size_t, std::size_t, std::size_t, std::string_view, std::string_view>;

Key key_of(std::string_view lane) {
  const std::size_t slash = lane.find('/');
  const std::string_view scope =
      slash == std::string_view::npos ? std::string_view() : lane.substr(slash + 1);
  const std::size_t colon = scope.find(':');
  std::string_view number =
      colon == std::string_view::npos ? std::string_view() : scope.substr(colon + 1);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  // Of two numbers without leading zeros the longer is the greater.
  return {rank(kChannels, lane.substr(0, slash)), rank(kScopes, scope.substr(0, colon)),
          number.size(), number, lane};
}

}  // namespace

bool lane_before(std::string_view a, std::string_view b) { return key_of(a) < key_of(b); }

}  // namespace codex::harness
