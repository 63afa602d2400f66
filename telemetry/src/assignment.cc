#include "assignment.h"

#include <algorithm>
#include <array>
#include <string>

#include "scrub_names.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kLongestName = 64;  // to either side of the keyword
constexpr std::string_view kAfterValue = " \t\r\n\f\v\"'`\\,;&<>(){}|";
constexpr std::size_t kLongestQuoted = 65536;  // so that no text costs more than linear time

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool hex(char c) {
  return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool name_character(char c) {
  return letter(c) || digit(c) || c == '_' || c == '-' || c == '.';
}

// What is left of a name when the end of an escape sequence stood before it: \n, \u0022, %22.
std::size_t after_escape(std::string_view text, Span name) {
  if (name.begin == 0) return name.begin;
  const std::string_view found = text.substr(name.begin, name.end - name.begin);
  const char before = text[name.begin - 1];
  if (before == '\\' && std::string_view("nrtbf").find(found[0]) != std::string_view::npos) {
    return name.begin + 1;
  }
  const std::size_t digits = before == '\\' && found[0] == 'u' ? 4 : before == '%' ? 2 : 0;
  const std::size_t skipped = digits == 4 ? 5 : digits;
  if (digits == 0 || found.size() <= skipped) return name.begin;
  const std::string_view code = found.substr(skipped - digits, digits);
  return std::all_of(code.begin(), code.end(), hex) ? name.begin + skipped : name.begin;
}

struct Value {
  Span span;
  bool quoted = false;
  bool closed = false;  // by the quote that opened it
};

// The value behind an opening quote with `backslashes` before it. In JSON within JSON (one
// backslash) the quote that closes has one too, and quotes of the value three; and so on.
Value quoted_value(std::string_view text, std::size_t begin, char quote, std::size_t backslashes) {
  const std::size_t limit = std::min(text.size(), begin + kLongestQuoted);
  std::size_t run = 0;
  for (std::size_t i = begin; i < limit; ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++run;
      continue;
    }
    const bool closes = run < backslashes || run % (2 * (backslashes + 1)) == backslashes;
    if (c == quote && closes) return {{begin, i - std::min(run, backslashes)}, true, true};
    if (c == '\n' || c == '\r') return {{begin, i}, true, false};
    run = 0;
  }
  return {{begin, limit}, true, limit == text.size()};
}

bool ends_line(std::string_view text, std::size_t at) {
  if (at >= text.size()) return true;
  const char c = text[at];
  return c == '\n' || c == '\r' || c == '"' || c == '\'' || c == '`' || c == '\\';
}

// NAME=value where a shell or a .env file would have it: the value goes on to the next blank.
bool environment_line(std::string_view text, Span name) {
  const std::string_view found = text.substr(name.begin, name.end - name.begin);
  if (std::any_of(found.begin(), found.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    return false;
  }
  if (name.begin == 0) return true;
  const char before = text[name.begin - 1];
  return before == '\n' || before == 'n' || before == '"' || before == '\'' ||
         text.substr(0, name.begin).ends_with("export ");
}

struct Assignment {
  std::string_view name;
  NameKind kind;
  std::string_view separator;
  bool spaced;      // a blank stands beside the separator
  bool named_flag;  // --password
  bool quoted_name;
};

// A value without quotes that refers to a value instead: identity[1], decode(…), SecretStr.
bool refers(std::string_view value, char next, NameKind kind) {
  const std::size_t bracket = value.find('[');
  if (bracket != std::string_view::npos) return is_identifier(value.substr(0, bracket));
  if (!is_identifier(value)) return false;
  if (next == '(' || next == '[' || next == '{') return true;
  const bool type = value.front() >= 'A' && value.front() <= 'Z' &&
                    std::any_of(value.begin(), value.end(), [](char c) { return c >= 'a'; });
  const bool end = next == '\n' || next == ' ' || next == '&';
  const bool told = type || !end || kind == NameKind::kWeak;
  return told && name_kind(value) != NameKind::kHarmless;
}

bool plausible(std::string_view text, const Assignment& made, const Value& found) {
  // The beginning tells enough; a value may be as long as the text.
  constexpr std::size_t kLooked = 256;
  const std::string_view value =
      text.substr(found.span.begin, std::min(kLooked, found.span.end - found.span.begin));
  if (is_placeholder(value) || same_name(made.name, value)) return false;
  const bool last = ends_line(text, found.span.end);
  const char next = last ? '\n' : text[found.span.end];
  if (!found.quoted && refers(value, next, made.kind)) return false;
  if (made.separator == "," && (!made.quoted_name || !found.quoted)) return false;
  if (made.separator.empty() && (!made.named_flag || !made.spaced || value.front() == '-')) {
    return false;
  }
  if (made.kind == NameKind::kWeak || made.separator == ",") return looks_random(value);
  if (made.separator.empty()) return value.size() >= 4;
  if (found.quoted) {
    // What follows a prompt ("Password: "), not what is between quotes.
    if (std::string_view(" \t),;]}").find(value.front()) != std::string_view::npos) return false;
    return found.closed || looks_random(value);
  }
  if (value.size() < 3 || (value.front() == '/' && !looks_random(value.substr(1)))) return false;
  if (made.named_flag && !made.spaced) return true;
  if (looks_like_code(value)) {
    if (next == '(' || next == ')' || next == '[' || next == ',' || next == '{') return false;
    const bool tight = made.separator[0] == '=' && !made.spaced;
    return value.size() >= 4 && (tight || (made.separator == ":" && last));
  }
  return !made.spaced || last || looks_random(value);
}

}  // namespace

Span name_around(std::string_view text, std::size_t position) {
  Span name{position, position};
  while (name.begin > 0 && name_character(text[name.begin - 1])) {
    if (position - name.begin == kLongestName) return {position, position};
    --name.begin;
  }
  while (name.end < text.size() && name_character(text[name.end])) {
    if (name.end - position == kLongestName) return {position, position};
    ++name.end;
  }
  name.begin = after_escape(text, name);
  return name;
}

std::optional<Span> assigned_secret(std::string_view text, Span name, const Rule& rule,
                                    UnquotedRun& run) {
  const std::string_view named = text.substr(name.begin, name.end - name.begin);
  if (text.substr(0, name.begin).ends_with("[REDACTED:")) return std::nullopt;
  Assignment made{named, name_kind(named), {}, false, named.starts_with("--"), false};
  if (made.kind == NameKind::kHarmless) return std::nullopt;
  // 1: quote after the name, 2: separator, 3: quote before the value, 4: first byte of a value
  // without quotes.
  std::array<re2::StringPiece, 5> groups;
  if (!rule.expression().Match({text.data(), text.size()}, name.end, text.size(),
                               re2::RE2::ANCHOR_START, groups.data(), 5)) {
    return std::nullopt;
  }
  const auto offset = [&text](const char* at) {
    return static_cast<std::size_t>(at - text.data());
  };
  made.separator = {groups[2].data(), groups[2].size()};
  made.quoted_name = !groups[1].empty();
  const bool opened = groups[3].data() != nullptr;
  const auto& value_group = opened ? groups[3] : groups[4];
  made.spaced = groups[0].size() > groups[1].size() + groups[2].size() + value_group.size();
  Value value;
  if (opened) {
    value = quoted_value(text, offset(groups[3].data()) + groups[3].size(),
                         groups[3][groups[3].size() - 1], groups[3].size() - 1);
  } else {
    value.span.begin = offset(groups[4].data());
    if (value.span.begin >= run.span.end) {
      run.span = {value.span.begin, text.find_first_of(kAfterValue, value.span.begin)};
      run.span.end = std::min(run.span.end, text.size());
    }
    value.span.end = run.span.end;
    if (made.separator == "=" && !made.spaced && environment_line(text, name)) {
      value.span.end = std::min(text.find_first_of(" \t\r\n\"'`\\", value.span.end), text.size());
    }
  }
  if (value.span.begin >= value.span.end || !plausible(text, made, value)) return std::nullopt;
  return value.span;
}

}  // namespace codex::telemetry
