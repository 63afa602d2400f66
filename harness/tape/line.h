// One line of a tape, before it is known which transport the tape is of.
#ifndef HARNESS_TAPE_LINE_H_
#define HARNESS_TAPE_LINE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::harness {

// A line without its end (LF or CRLF); numbers are those of the file, 1-based.
struct TextLine {
  std::size_t number = 0;
  std::string_view text;
};
// Without the lines that hold nothing but white space.
std::vector<TextLine> split_lines(std::string_view bytes);

enum class Action { kHeader, kToCodex, kFromCodex, kRaw, kBase64, kProcess };

struct ParsedLine {
  Action action = Action::kHeader;
  json::Value value;                   // of the action's key; of a header the whole line
  std::string_view slice;              // the bytes of that value as they stand
  std::optional<std::size_t> process;  // "p"
  std::optional<double> at_ms;
};

// Errors have no file, but the line.
Result<ParsedLine> parse_line(const TextLine& line);

// The members of an object must be among `known`; says which is not, and which is near.
std::optional<Error> check_keys(const json::Object& object, std::string_view where,
                                const std::vector<std::string_view>& known);

// An integer or a real, else nothing.
std::optional<double> number_of(const json::Value& value);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_LINE_H_
