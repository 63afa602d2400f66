// Tables for people who read them in a terminal.
#ifndef MATRIX_TEXT_TABLE_H_
#define MATRIX_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace codex::matrix {

// Columns as wide as their widest cell, the last one as it is; the first row is the head. Where that
// is wider than `width` (0: no limit) the table goes on below itself with the columns that had no
// room, each part with the first column again. A part has one further column at least; a first cell
// of more than half the width stands in a line of its own.
std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t width);

}  // namespace codex::matrix

#endif  // MATRIX_TEXT_TABLE_H_
