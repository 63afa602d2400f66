#include <algorithm>
#include <utility>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"

namespace codex::harness::fuzz {
namespace {

auto place(Draft& draft, std::size_t index) {
  return draft.lines.begin() + static_cast<std::ptrdiff_t>(index);
}

bool drop(Draft& draft, Random& random, const Material&) {
  const auto line = codex_line(draft, random);
  if (!line) return false;
  draft.lines.erase(place(draft, *line));
  return true;
}

bool drop_run(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::size_t end = *line;
  const std::size_t most = *line + 2 + random.below(6);
  while (end < draft.lines.size() && end < most && draft.lines[end].is_output()) ++end;
  draft.lines.erase(place(draft, *line), place(draft, end));
  return true;
}

bool double_line(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  const DraftLine copy = draft.lines[*line];
  // Beside it, or later.
  const std::size_t to = random.once_in(2) ? *line + 1
                                           : *line + 1 + random.below(draft.lines.size() - *line);
  draft.lines.insert(place(draft, to), copy);
  return true;
}

bool swap_neighbours(Draft& draft, Random& random, const Material&) {
  const auto line = codex_line(draft, random);
  if (!line || *line + 1 >= draft.lines.size()) return false;
  std::swap(draft.lines[*line], draft.lines[*line + 1]);
  return true;
}

bool swap_outputs(Draft& draft, Random& random, const Material&) {
  const auto one = output_line(draft, random);
  const auto other = output_line(draft, random);
  if (!one || *one == *other) return false;
  std::swap(draft.lines[*one], draft.lines[*other]);
  return true;
}

bool move(Draft& draft, Random& random, const Material&) {
  const auto line = codex_line(draft, random);
  if (!line || draft.lines.size() < 2) return false;
  DraftLine moved = std::move(draft.lines[*line]);
  draft.lines.erase(place(draft, *line));
  draft.lines.insert(place(draft, random.below(draft.lines.size() + 1)), std::move(moved));
  return true;
}

// As if it had ended there.
bool end_early(Draft& draft, Random& random, const Material&) {
  const auto line = codex_line(draft, random);
  if (!line || *line == 0) return false;
  draft.lines.erase(place(draft, *line), draft.lines.end());
  return true;
}

// A line of another tape, with the ids of that one.
bool take_in(Draft& draft, Random& random, const Material& material) {
  const auto& outputs = material.vocabulary(draft.transport).outputs;
  const auto line = output_line(draft, random);
  if (outputs.empty() || !line) return false;
  DraftLine taken;
  taken.text = random.one_of(outputs);
  taken.process = draft.lines[*line].process;
  draft.lines.insert(place(draft, *line + (random.once_in(4) ? 0 : 1)), std::move(taken));
  return true;
}

}  // namespace

const std::vector<Bend>& line_bends() {
  static const std::vector<Bend> bends = {
      {"drop", 8, drop},
      {"drop-run", 2, drop_run},
      {"double", 8, double_line},
      {"swap-neighbours", 6, swap_neighbours},
      {"swap-outputs", 4, swap_outputs},
      {"move", 6, move},
      {"end-early", 2, end_early},
      {"take-in", 10, take_in},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
