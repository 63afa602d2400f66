// The ways in which a session is bent, each of which changes one thing.
#ifndef HARNESS_FUZZ_BENDS_H_
#define HARNESS_FUZZ_BENDS_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "harness/fuzz/draft.h"
#include "harness/fuzz/material.h"
#include "harness/fuzz/random.h"

namespace codex::harness::fuzz {

struct Bend {
  std::string_view name;
  std::size_t weight;  // how often, among the others
  // False: there is nothing in the draft that it could bend, and nothing was changed. The draft may
  // be no tape afterwards (output after an exit, say).
  bool (*apply)(Draft& draft, Random& random, const Material& material);
};

// By what they bend; each list in a file of its own.
const std::vector<Bend>& line_bends();      // lines dropped, doubled, swapped, moved, taken from other tapes
const std::vector<Bend>& value_bends();     // members and values of what codex writes
const std::vector<Bend>& byte_bends();      // cuts, joined lines, bytes that are no text
const std::vector<Bend>& process_bends();   // exits, signals, ends of output, stderr
const std::vector<Bend>& driver_bends();    // what is not on the wire, and what the client sends
const std::vector<Bend>& protocol_bends();  // messages that are valid by the protocol's schema

// One of all of them, by weight.
const Bend& choose_bend(Random& random);

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_BENDS_H_
