#include "matrix/accepted.h"

#include <algorithm>

namespace codex::matrix {

using harness::Result;

Result<AcceptedMatrix> AcceptedMatrix::load(const std::string& path) { return parse("", path); }

Result<AcceptedMatrix> AcceptedMatrix::parse(std::string_view, const std::string&) {
  return AcceptedMatrix();
}

AcceptedMatrix AcceptedMatrix::of(const ParityMatrix&, const AcceptedMatrix& before) {
  return before;
}

std::string AcceptedMatrix::print() const { return ""; }

golden::Status AcceptedMatrix::write(golden::Files&, const std::string&) const {
  return std::nullopt;
}

bool AcceptedMatrix::has_column(const std::string& name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

void AcceptedMatrix::compare(ParityMatrix&, const std::vector<Column>&) const {}

}  // namespace codex::matrix
