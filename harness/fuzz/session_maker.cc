#include "harness/fuzz/session_maker.h"

#include "harness/fuzz/bends.h"

namespace codex::harness::fuzz {
namespace {

constexpr int kTries = 12;
// A tape that grows without end says nothing more, and is slow.
constexpr std::size_t kMostLines = 400;
constexpr std::size_t kMostBytes = std::size_t{512} << 10;

bool is_fit(const Draft& draft) {
  if (draft.lines.size() > kMostLines) return false;
  std::size_t bytes = 0;
  for (const DraftLine& line : draft.lines) bytes += line.text.size();
  return bytes <= kMostBytes && is_playable(draft);
}

// 1, often some, rarely many.
std::size_t how_many(Random& random) {
  std::size_t count = 1;
  while (count < 12 && !random.once_in(3)) ++count;
  return count;
}

}  // namespace

Made make_session(const Material& material, Transport transport, std::uint64_t seed,
                  std::uint64_t number, const std::vector<Kept>& kept) {
  Random random(seed, number);
  Made made;
  if (!kept.empty() && random.once_in(2)) {
    // The newest are the least known.
    const std::size_t back = random.below(1 + random.below(kept.size()));
    const Kept& chosen = kept[kept.size() - 1 - back];
    made.base = chosen.base;
    made.draft = chosen.draft;
  } else {
    const std::vector<Seed>& seeds = material.seeds(transport);
    const Seed& chosen = seeds[random.below(seeds.size())];
    made.base = chosen.session;
    made.draft = chosen.draft;
  }
  const std::size_t wanted = how_many(random);
  for (int tries = 0; made.bends.size() < wanted && tries < kTries + static_cast<int>(wanted); ++tries) {
    Draft bent = made.draft;
    const Bend& bend = choose_bend(random);
    if (!bend.apply(bent, random, material) || bent == made.draft || !is_fit(bent)) continue;
    made.draft = std::move(bent);
    made.bends.push_back(bend.name);
  }
  return made;
}

}  // namespace codex::harness::fuzz
