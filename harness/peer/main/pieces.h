// In which pieces a peer writes.
#ifndef HARNESS_PEER_MAIN_PIECES_H_
#define HARNESS_PEER_MAIN_PIECES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/fuzz/random.h"

namespace codex::harness {

// As large as they can be and at once; or, for tests (harness/model/perturbation.h), of any size and
// some of them late, each read before the next is written.
class Pieces {
 public:
  explicit Pieces(std::optional<std::uint64_t> seed);

  // What is next of an order's bytes, of which `from` are written: at most `most`.
  std::size_t next(std::string_view bytes, std::size_t from, std::size_t most);
  bool are_cut() const { return random_.has_value(); }
  // Before the next one.
  std::chrono::nanoseconds delay();

 private:
  std::optional<fuzz::Random> random_;
};

}  // namespace codex::harness

#endif  // HARNESS_PEER_MAIN_PIECES_H_
