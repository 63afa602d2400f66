// Which lines of a draft are of a kind.
#ifndef HARNESS_FUZZ_LINES_H_
#define HARNESS_FUZZ_LINES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/fuzz/draft.h"
#include "harness/fuzz/random.h"

namespace codex::harness::fuzz {

template <typename Matches>
std::vector<std::size_t> lines_where(const Draft& draft, const Matches& matches) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < draft.lines.size(); ++i) {
    if (matches(draft.lines[i])) found.push_back(i);
  }
  return found;
}

// One of them by chance; nothing where there is none. The first seldom: it is the answer to the
// handshake, without which nothing else is seen.
template <typename Matches>
std::optional<std::size_t> line_where(const Draft& draft, Random& random, const Matches& matches) {
  const std::vector<std::size_t> found = lines_where(draft, matches);
  if (found.empty()) return std::nullopt;
  const bool all = found.size() == 1 || random.once_in(10);
  return all ? found[random.below(found.size())] : found[1 + random.below(found.size() - 1)];
}

// Of what codex writes.
inline std::optional<std::size_t> output_line(const Draft& draft, Random& random) {
  return line_where(draft, random, [](const DraftLine& line) { return line.is_output(); });
}
// Of what it writes as JSON.
inline std::optional<std::size_t> json_line(const Draft& draft, Random& random) {
  return line_where(draft, random,
                    [](const DraftLine& line) { return line.action == Action::kFromCodex; });
}
// Of what codex writes or what happens to its process: what can be moved without changing what the
// client is to do.
inline std::optional<std::size_t> codex_line(const Draft& draft, Random& random) {
  return line_where(draft, random,
                    [](const DraftLine& line) { return line.action != Action::kToCodex; });
}

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_LINES_H_
