#include "python_text_reader.h"

#include <algorithm>
#include <utility>

#include "python_utf8.h"

namespace codex::telemetry {

std::optional<std::string> PythonTextReader::feed(std::string_view bytes, const Line& line) {
  while (!bytes.empty()) {
    undecoded_.append(bytes.substr(0, read_size_));
    bytes.remove_prefix(std::min(bytes.size(), read_size_));
    const std::size_t cut = utf8_cut_tail(undecoded_);
    std::string decoded = std::exchange(undecoded_, {});
    undecoded_ = decoded.substr(decoded.size() - cut);
    decoded.resize(decoded.size() - cut);
    if (auto error = utf8_decode_error(decoded)) return error;
    if (!translate(decoded, false, line)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> PythonTextReader::end(const Line& line) {
  if (auto error = utf8_decode_error(undecoded_)) return error;
  translate({}, true, line);
  return std::nullopt;
}

bool PythonTextReader::translate(std::string_view decoded, bool last, const Line& line) {
  const auto give = [&] { return line(std::exchange(text_, {})); };
  for (const char c : decoded) {
    if (std::exchange(carriage_return_, false)) {
      text_ += '\n';
      if (!give()) return false;
      if (c == '\n') continue;
    }
    if (c == '\r') {
      carriage_return_ = true;
    } else {
      text_ += c;
      if (c == '\n' && !give()) return false;
    }
  }
  // A CR at the end of a piece waits for the next.
  if (last && std::exchange(carriage_return_, false)) {
    text_ += '\n';
    if (!give()) return false;
  }
  return !last || text_.empty() || give();
}

}  // namespace codex::telemetry
