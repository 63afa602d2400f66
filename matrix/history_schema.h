// The tables of a history file, version 1.
#ifndef MATRIX_HISTORY_SCHEMA_H_
#define MATRIX_HISTORY_SCHEMA_H_

#include <cstdint>

namespace codex::matrix {

// In the file's header (SQLite's application_id and user_version): whose it is, and of which form.
inline constexpr std::uint32_t kHistoryApplication = 0x43744468;  // "CtDh"
inline constexpr std::uint32_t kHistoryVersion = 1;

extern const char* const kHistorySchema;

}  // namespace codex::matrix

#endif  // MATRIX_HISTORY_SCHEMA_H_
