#include "matrix/glob_overlap.h"

#include <utility>

#include <gtest/gtest.h>

namespace codex::matrix {
namespace {

TEST(GlobOverlap, FindsATextThatBothMatch) {
  for (const auto& [a, b] : {std::pair{"*", "x"},
                             {"a*", "*b"},
                             {"a*c", "*b*"},
                             {"x", "x"},
                             {"*", "*"},
                             {"", "*"},
                             {"odd/*", "*stall"}}) {
    EXPECT_TRUE(globs_overlap(a, b)) << a << " " << b;
    EXPECT_TRUE(globs_overlap(b, a)) << a << " " << b;
  }
}

TEST(GlobOverlap, TellsWhereThereIsNone) {
  for (const auto& [a, b] : {std::pair{"a*", "b*"},
                             {"x", "y"},
                             {"x", ""},
                             {"a*b", "a"},
                             {"*a", "*b"},
                             {"odd/*", "raw/*"}}) {
    EXPECT_FALSE(globs_overlap(a, b)) << a << " " << b;
    EXPECT_FALSE(globs_overlap(b, a)) << a << " " << b;
  }
}

}  // namespace
}  // namespace codex::matrix
