// A pipe read as Python's text mode reads it: TextIOWrapper(encoding="utf-8", newline=None).
//
// Bytes are decoded strictly and in pieces, so a bad byte also takes the lines before it in its
// piece; LF, CR and CR LF all end a line. Source: CPython 3.11 Modules/_io/textio.c, _read_chunk
// and IncrementalNewlineDecoder; Lib/encodings/utf_8.py.
#ifndef CODEX_TELEMETRY_SRC_PYTHON_TEXT_READER_H_
#define CODEX_TELEMETRY_SRC_PYTHON_TEXT_READER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace codex::telemetry {

class PythonTextReader {
 public:
  // Gets each line with its "\n"; the last one may lack it. False: read no more.
  using Line = std::function<bool(const std::string& line)>;

  explicit PythonTextReader(std::size_t read_size) : read_size_(read_size) {}

  // What one write brought. Gives the str() of the UnicodeDecodeError that ends the reading.
  std::optional<std::string> feed(std::string_view bytes, const Line& line);
  std::optional<std::string> end(const Line& line);

 private:
  bool translate(std::string_view decoded, bool last, const Line& line);

  const std::size_t read_size_;
  std::string undecoded_;  // a character that is cut
  std::string text_;       // a line that is not at its end
  bool carriage_return_ = false;  // the last character was one: LF may follow
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PYTHON_TEXT_READER_H_
