// Is the file at a path a history, and may it be opened? Looked at before SQLite sees it, which
// might change a file (its mode, an unfinished write of another program) that is not ours.
#ifndef MATRIX_HISTORY_FILE_H_
#define MATRIX_HISTORY_FILE_H_

#include <string>

#include "golden/files.h"

namespace codex::matrix {

// Makes an empty history where there is no file, in one step: a crash leaves it wholly or not at
// all, and of two processes one is the first. Then the errors of check_history_file.
golden::Status make_history_file(const std::string& path, int wait_ms);

// Reads only. An error says what stands there instead: a folder, a file that is empty, cut, not
// SQLite's, another program's, of a newer version.
golden::Status check_history_file(const std::string& path);

// Does PATH-wal hold nights that are not in the file itself yet?
bool has_write_ahead_log(const std::string& path);

}  // namespace codex::matrix

#endif  // MATRIX_HISTORY_FILE_H_
