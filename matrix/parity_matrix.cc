#include "matrix/parity_matrix.h"

namespace codex::matrix {

const char* cell_state_name(CellState state) {
  switch (state) {
    case CellState::kMatch: return "match";
    case CellState::kKnownDifference: return "known-difference";
    case CellState::kNotObserved: return "not-observed";
    case CellState::kDiffers: return "differs";
    case CellState::kNotExercised: return "not-exercised";
    case CellState::kUnavailable: return "unavailable";
  }
  return "";
}

}  // namespace codex::matrix
