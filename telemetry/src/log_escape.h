// Text of a session, made safe to stand in a line of a log.
//
// What never passes raw: control characters (C0, DEL, C1, so every escape sequence), line and
// paragraph separators, marks and overrides of direction, and what is no UTF-8.
#ifndef CODEX_TELEMETRY_SRC_LOG_ESCAPE_H_
#define CODEX_TELEMETRY_SRC_LOG_ESCAPE_H_

#include <string>
#include <string_view>

namespace codex::telemetry {

// As Python's repr writes what is not printable: \n \r \t \x1b \u202e. A lone surrogate is \ud800
// as with errors="backslashreplace"; a byte that is no UTF-8 is \udc80..\udcff, the surrogate that
// Python has for it. A backslash stays as it is, so the text cannot always be told back: JSON can.
void append_plain(std::string& out, std::string_view text);

// A JSON string, quotes included: valid UTF-8, the same characters escaped, the short forms where
// JSON has one.
void append_json_string(std::string& out, std::string_view text);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_ESCAPE_H_
