#include "golden/three_way.h"

#include <cstddef>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace codex::golden {
namespace {

// The differences of both sides that concern one golden observation, by index.
struct Side {
  std::unordered_map<std::string_view, std::size_t> by_place;
  std::vector<std::size_t> added;
};
struct Group {
  Side cpp;
  Side python;
};

class Judge {
 public:
  Judge(const std::vector<Difference>& cpp, const std::vector<Difference>& python,
        const Agree& agree)
      : cpp_(cpp),
        python_(python),
        agree_(agree),
        result_{.cpp = std::vector<Verdict>(cpp.size(), Verdict::kCppRegression),
                .python = std::vector<Verdict>(python.size(), Verdict::kUpstreamDrift)} {}

  ThreeWay run() {
    std::map<std::pair<std::string_view, std::size_t>, Group> groups;
    const auto sort_in = [&](const std::vector<Difference>& differences, Side Group::*side) {
      for (std::size_t i = 0; i < differences.size(); ++i) {
        const Difference& difference = differences[i];
        Side& here = groups[{difference.lane, difference.place.line}].*side;
        if (difference.place.added) {
          here.added.push_back(i);
        } else {
          here.by_place.emplace(difference.place.path, i);
        }
      }
    };
    sort_in(cpp_, &Group::cpp);
    sort_in(python_, &Group::python);
    for (const auto& [place, group] : groups) {
      observation(group.cpp, group.python);
      added(group.cpp.added, group.python.added);
    }
    return std::move(result_);
  }

 private:
  bool agree(std::size_t c, std::size_t p) const {
    const Difference& cpp = cpp_[c];
    const Difference& python = python_[p];
    if (cpp.actual.has_value() != python.actual.has_value()) return false;
    return !cpp.actual || agree_(cpp, python);
  }

  // A conflict stays one, whatever else meets there.
  void meet(std::size_t c, std::size_t p, Verdict verdict) {
    if (result_.cpp[c] != Verdict::kConflict) result_.cpp[c] = verdict;
    if (result_.python[p] != Verdict::kConflict) result_.python[p] = verdict;
  }

  void observation(const Side& cpp, const Side& python) {
    for (const auto& [path, c] : cpp.by_place) {
      const std::size_t above = c;
      if (const auto same = python.by_place.find(path); same != python.by_place.end()) {
        const std::size_t p = same->second;
        meet(c, p, agree(c, p) ? Verdict::kGoldenStale : Verdict::kConflict);
      }
      each_above(path, python, [&](std::size_t p) { meet(above, p, Verdict::kConflict); });
    }
    for (const auto& [path, p] : python.by_place) {
      const std::size_t below = p;
      each_above(path, cpp, [&](std::size_t c) { meet(c, below, Verdict::kConflict); });
    }
  }

  template <typename Visit>
  static void each_above(std::string_view path, const Side& side, Visit visit) {
    while (!path.empty()) {
      path = path.substr(0, path.rfind('/'));
      const auto found = side.by_place.find(path);
      if (found != side.by_place.end()) visit(found->second);
    }
  }

  void added(const std::vector<std::size_t>& cpp, const std::vector<std::size_t>& python) {
    std::vector<bool> taken(python.size(), false);
    std::vector<bool> done(cpp.size(), false);
    const auto pair_up = [&](Verdict verdict, const auto& fits) {
      for (std::size_t i = 0; i < cpp.size(); ++i) {
        for (std::size_t j = 0; j < python.size() && !done[i]; ++j) {
          const bool same_name = cpp_[cpp[i]].name == python_[python[j]].name;
          if (taken[j] || !same_name || !fits(cpp[i], python[j])) continue;
          meet(cpp[i], python[j], verdict);
          taken[j] = true;
          done[i] = true;
        }
      }
    };
    pair_up(Verdict::kGoldenStale, [&](std::size_t c, std::size_t p) { return agree(c, p); });
    pair_up(Verdict::kConflict, [](std::size_t, std::size_t) { return true; });
  }

  const std::vector<Difference>& cpp_;
  const std::vector<Difference>& python_;
  const Agree& agree_;
  ThreeWay result_;
};

}  // namespace

ThreeWay judge_places(const std::vector<Difference>& cpp, const std::vector<Difference>& python,
                      const Agree& agree) {
  return Judge(cpp, python, agree).run();
}

}  // namespace codex::golden
