#include "harness/tape/members.h"

#include <cstddef>

#include "codex/telemetry/json.h"

namespace codex::harness {
namespace {

// Every loop stops at the end of the text, so that input that is no object is no danger.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Member> object() {
    std::vector<Member> members;
    skip(" \t\r\n{");
    while (at_ < text_.size() && text_[at_] == '"') {
      const json::ParseResult key = json::parse(value());
      skip(" \t\r\n:");
      members.push_back({key ? std::string(key.value().text()) : std::string(), value()});
      skip(" \t\r\n,");
    }
    return members;
  }

 private:
  void skip(std::string_view characters) {
    while (at_ < text_.size() && characters.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view value() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        if (depth == 0) break;
        continue;
      }
      if (c == '{' || c == '[') {
        ++depth;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;  // a number or word, the last of the object
        if (--depth == 0) {
          ++at_;
          break;
        }
      } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
        break;
      }
      ++at_;
    }
    if (at_ > text_.size()) at_ = text_.size();
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Member> scan_members(std::string_view object) {
  return Scanner(object).object();
}

}  // namespace codex::harness
