// How goldens, transcripts and reports write a value as JSON text.
//
// Strict JSON that any tool reads, one form per value. What JSON cannot hold is encoded first:
//   NaN, infinities          {"$":"nan"} {"$":"inf"} {"$":"-inf"}
//   text that is not UTF-8   {"$":"wtf8","b64":"…"}
//   integers beyond int64    {"$":"int","digits":"…"}
//   an object with such keys {"$":"entries","value":[[KEY,VALUE],…]}
//   an object with a key "$" {"$":"object","value":{…}}
// In the text every control, bidirectional or line-separating character is escaped, so that
// nothing that a session said can act on a terminal or hide in a review.
#ifndef GOLDEN_JSON_TEXT_H_
#define GOLDEN_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::golden {

json::Value encode(const json::Value& value);
// The inverse. An object with a key "$" that encode() would not have written is an error.
harness::Result<json::Value> decode(const json::Value& encoded);

// One line, no LF: `{"a":1,"b":[true]}`. For encoded values.
std::string line_text(const json::Value& encoded);
// One member or element a line, indented by one space a level, ending without LF.
std::string pretty_text(const json::Value& encoded);

// line_text(encode(value)): what people are shown of a value.
std::string shown(const json::Value& value);

// True for what may not reach a terminal as it stands: C0, DEL, C1, line and paragraph
// separators, invisible characters, marks and overrides of direction, the byte order mark.
bool is_unsafe(char32_t point);

}  // namespace codex::golden

#endif  // GOLDEN_JSON_TEXT_H_
