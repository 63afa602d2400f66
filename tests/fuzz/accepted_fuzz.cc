// The accepted matrix: what is read prints and reads as the same again.
#include "matrix/accepted.h"

#include "tests/fuzz/sealed.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  const auto raw = matrix::AcceptedMatrix::parse(input, "a");
  check(raw.ok() || raw.error().file == "a", "an error names the file");
  const auto accepted = matrix::AcceptedMatrix::parse(sealed_matrix(input), "a");
  if (!accepted) return;
  const std::string printed = accepted->print();
  const auto again = matrix::AcceptedMatrix::parse(printed, "a");
  check(static_cast<bool>(again), again ? "" : "what is printed is read: " + again.error().text());
  check(again->columns() == accepted->columns() && again->features() == accepted->features(),
        "and is the same");
  check(again->print() == printed, "and prints as the same text");
}

std::vector<std::string> seeds() { return files_of_tree("matrix", "accepted.json", 4000); }

}  // namespace

const Target kAccepted{"accepted", run, seeds};

}  // namespace codex::fuzz
