// One difference in words, for every form of report that people read.
#ifndef MATRIX_DIFFERENCE_TEXT_H_
#define MATRIX_DIFFERENCE_TEXT_H_

#include <cstddef>
#include <string>

#include "golden/verdict.h"

namespace codex::matrix {

// All of it printable(), without line breaks.
struct DifferenceText {
  std::string place;     // `span.end /data/status`
  std::string kind;      // `cpp-regression: cpp against golden`, `known (ID): …`
  std::string expected;  // the value, or `nothing`
  std::string actual;
};

DifferenceText describe(const golden::JudgedDifference& judged, std::size_t longest_value);

// "1 difference", "3 differences"
std::string counted(std::size_t count, const std::string& one, const std::string& many);

}  // namespace codex::matrix

#endif  // MATRIX_DIFFERENCE_TEXT_H_
