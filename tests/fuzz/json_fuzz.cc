// JSON as Python reads it: what is printed of a value reads as that value.
#include "codex/telemetry/json.h"
#include "golden/json_text.h"
#include "harness/model/utf8.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  const json::ParseResult parsed = json::parse(input);
  if (!parsed) {
    const json::ParseError& error = parsed.error();
    check(!error.message.empty(), "an error says what is wrong");
    check(error.byte <= input.size() && error.character <= error.byte, "an error is in the text");
    return;
  }
  const json::Value& value = parsed.value();
  for (const json::Style& style : {json::kPythonDefault, json::kCompact, json::kCompactUnicode}) {
    const json::ParseResult again = json::parse(json::dump(value, style));
    check(again && again.value() == value, "what dump() prints reads as the same value");
  }
  check(json::compact_size(value) == json::dump(value, json::kCompact).size(),
        "compact_size() is the size of the compact text");
  (void)json::python_repr(value);
  (void)json::truthy(value);

  const json::Value encoded = golden::encode(value);
  const std::string line = golden::line_text(encoded);
  check(line.find('\n') == std::string::npos && harness::is_utf8(line), "one line of UTF-8");
  const json::ParseResult stored = json::parse(line, {.max_depth = 5000});
  check(static_cast<bool>(stored), "the text form is JSON");
  const auto decoded = golden::decode(stored.value());
  check(decoded && decoded.value() == value, "decode() is the inverse of encode()");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all{
      "{\"a\": [1, -0, 1.5e-7, 1E400, NaN, -Infinity, true, null, \"\\ud800\\u0041\\uD83D\\ude00\"]}",
      "[123456789012345678901234567890, \"\\\"\\\\\\/\\b\\f\\n\\r\\t\", {\"$\": 1, \"a\": 1, \"a\": 2}]",
      "\xef\xbb\xbf{}", " \t\r\n[[[[[[]]]]]] "};
  for (const std::string& tape : files_of_tree("harness/sessions/odd", ".jsonl", 3000)) {
    const std::size_t end = tape.find('\n');
    all.push_back(tape.substr(0, end));
    all.push_back(tape.substr(end == std::string::npos ? 0 : end + 1));
  }
  return all;
}

}  // namespace

const Target kJson{"json", run, seeds};

}  // namespace codex::fuzz
