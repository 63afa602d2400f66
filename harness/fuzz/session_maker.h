// Sessions by number.
#ifndef HARNESS_FUZZ_SESSION_MAKER_H_
#define HARNESS_FUZZ_SESSION_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/fuzz/draft.h"
#include "harness/fuzz/material.h"
#include "harness/tape/tape.h"

namespace codex::harness::fuzz {

// A session of a run that has shown something new, and is bent further.
struct Kept {
  std::string base;  // the corpus tape that it comes from
  Draft draft;
};

struct Made {
  std::string base;                    // the corpus tape that it was bent from
  std::vector<std::string_view> bends;  // in the order in which they were applied
  Draft draft;
};

// The session with this number: a function of its arguments alone, so independent of what else is
// run, of threads and of time. `kept` are the sessions with something new so far, where `number` is
// to see them. The draft is playable, where its base is.
Made make_session(const Material& material, Transport transport, std::uint64_t seed,
                  std::uint64_t number, const std::vector<Kept>& kept);

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_SESSION_MAKER_H_
