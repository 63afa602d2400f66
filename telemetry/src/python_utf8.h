// UTF-8 as Python's codec reads it: what it raises, and what it puts in place of bad bytes.
#ifndef CODEX_TELEMETRY_SRC_PYTHON_UTF8_H_
#define CODEX_TELEMETRY_SRC_PYTHON_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace codex::telemetry {

// What `bytes.decode("utf-8")` would raise (str of the UnicodeDecodeError); nothing if it is well.
std::optional<std::string> utf8_decode_error(std::string_view bytes);
// How many bytes at the end begin a character that more bytes may complete; 0 where anything
// before them is bad.
std::size_t utf8_cut_tail(std::string_view bytes);
// bytes.decode("utf-8", errors="replace")
std::string utf8_decode_replacing(std::string_view bytes);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PYTHON_UTF8_H_
