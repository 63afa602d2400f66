#include "matrix/text_table.h"

#include <gtest/gtest.h>

namespace codex::matrix {
namespace {

TEST(TextTable, GoesOnBelowItselfWhereItIsTooWide) {
  const std::vector<std::vector<std::string>> rows = {
      {"kind", "first", "second", "third"}, {"a", "1", "2", "3"}, {"é", "10", "20", "30"}};
  const std::string whole =
      "kind  first  second  third\n"
      "a     1      2       3\n"
      "é     10     20      30\n";
  EXPECT_EQ(text_table(rows, 0), whole);
  EXPECT_EQ(text_table(rows, 26), whole);
  EXPECT_EQ(text_table(rows, 25),
            "kind  first  second\n"
            "a     1      2\n"
            "é     10     20\n"
            "\n"
            "kind  third\n"
            "a     3\n"
            "é     30\n");
  EXPECT_EQ(text_table({{"one"}, {"two"}}, 0), "one\ntwo\n");
  EXPECT_EQ(text_table({}, 10), "");
}

TEST(TextTable, AFirstCellThatIsTooLongHasALineOfItsOwn) {
  EXPECT_EQ(text_table({{"name", "cell"}, {"short", "1"}, {"a name that is long", "2"}}, 20),
            "name   cell\n"
            "short  1\n"
            "a name that is long\n"
            "       2\n");
}

}  // namespace
}  // namespace codex::matrix
