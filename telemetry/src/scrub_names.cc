#include "scrub_names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include <re2/re2.h>

#include "keyword_scan.h"
#include "scrub_tables.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kLongestName = 96;
constexpr std::size_t kMostWords = 12;
constexpr std::string_view kBetween = "_-. ";

bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool small(char c) {
  return c >= 'a' && c <= 'z';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return upper(c) ? static_cast<char>(c | 0x20) : c;
}

bool in(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The words of a name in lower case: "dbAPIKey", "DB_API_KEY" and "db-api-key" are db, api, key.
struct Words {
  std::array<char, kLongestName> text;
  std::array<std::string_view, kMostWords> word;
  std::size_t count = 0;

  // False for what is too long to be a name, or has other characters.
  bool split(std::string_view name) {
    if (name.empty() || name.size() > text.size()) return false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= name.size(); ++i) {
      const bool inside = i < name.size() && (upper(name[i]) || small(name[i]) || digit(name[i]));
      if (!inside && i < name.size() && kBetween.find(name[i]) == std::string_view::npos) {
        return false;
      }
      const bool starts = inside && i > begin && upper(name[i]) &&
                          (!upper(name[i - 1]) || (i + 1 < name.size() && small(name[i + 1])));
      if ((!inside || starts) && i > begin) {
        if (count == word.size()) return false;
        word[count++] = {text.data() + begin, i - begin};
      }
      if (inside) text[i] = lower(name[i]);
      if (!inside) begin = i + 1;
      if (starts) begin = i;
    }
    return count > 0;
  }
};

NameKind judge(const Words& words, std::size_t i) {
  namespace tables = scrub_tables;
  const std::string_view word = words.word[i];
  const std::string_view before = i == 0 ? std::string_view() : words.word[i - 1];
  const bool last = i + 1 == words.count;
  if (in(word, tables::kStrongNames)) return NameKind::kStrong;
  if (word == "key" && in(before, tables::kKeysNames)) return NameKind::kStrong;
  if (word == "token") {
    if (!last && words.word[i + 1] != "value" && words.word[i + 1] != "secret") {
      return NameKind::kHarmless;
    }
    if (in(before, tables::kHarmlessBeforeTokenNames)) return NameKind::kHarmless;
    return before.empty() ? NameKind::kWeak : NameKind::kStrong;
  }
  if (last && in(word, tables::kWeakNames)) return NameKind::kWeak;
  for (const std::string_view suffix : tables::kStrongSuffixesNames) {
    if (word.size() > suffix.size() && word.ends_with(suffix)) return NameKind::kStrong;
  }
  return NameKind::kHarmless;
}

bool equal_ignoring_case(std::string_view a, std::string_view lower_case) {
  return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                    [](char x, char y) { return lower(x) == y; });
}

bool in_ignoring_case(std::string_view name, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [name](std::string_view word) { return equal_ignoring_case(name, word); });
}

// Most names hold none of the words, and are done with quickly.
bool may_tell_of_secret(std::string_view name) {
  static const auto* const scanner = [] {
    auto* made = new KeywordScanner;
    const auto add = [made](std::span<const std::string_view> words) {
      for (const std::string_view word : words)
        made->add(word, true, 0);
    };
    namespace tables = scrub_tables;
    add(tables::kStrongNames);
    add(tables::kStrongSuffixesNames);
    add(tables::kWeakNames);
    add(tables::kExactNames);
    add(tables::kValueOnlyNames);
    made->add("key", true, 0);
    return made;
  }();
  return scanner->contains_any(name);
}

}  // namespace

NameKind name_kind(std::string_view name) {
  if (!may_tell_of_secret(name)) return NameKind::kHarmless;
  Words words;
  if (!words.split(name)) return NameKind::kHarmless;
  NameKind kind = NameKind::kHarmless;
  for (std::size_t i = 0; i < words.count; ++i) {
    // What is said of a secret is none: token_count, password_policy.
    if (kind != NameKind::kHarmless && in(words.word[i], scrub_tables::kHarmlessAfterNames)) {
      return NameKind::kHarmless;
    }
    kind = std::max(kind, judge(words, i));
  }
  if (kind != NameKind::kHarmless) return kind;
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));  // an option
  if (in_ignoring_case(name, scrub_tables::kExactNames)) return NameKind::kStrong;
  return kind;
}

NameKind key_kind(std::string_view key) {
  if (in_ignoring_case(key, scrub_tables::kValueOnlyNames)) return NameKind::kStrong;
  return name_kind(key);
}

bool is_placeholder(std::string_view value) {
  static const auto* const expression = [] {
    re2::RE2::Options options;
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_log_errors(false);
    return new re2::RE2(std::string(scrub_tables::kPlaceholder), options);
  }();
  return value.empty() || re2::RE2::FullMatch({value.data(), value.size()}, *expression);
}

bool looks_random(std::string_view value) {
  if (value.size() < 8 || value.find_first_of(" \t\r\n") != std::string_view::npos) return false;
  if (value.front() == '/' || value.front() == '~' || value.front() == '.') return false;
  if (value.find("://") != std::string_view::npos) return false;
  const auto letter = [](char c) { return upper(c) || small(c); };
  const bool letters = std::any_of(value.begin(), value.end(), letter);
  const bool digits = std::any_of(value.begin(), value.end(), digit);
  if (letters && digits) return true;
  // No digit: random letters mix upper and lower case in the midst of words.
  return value.size() >= 20 && letters && entropy(value) >= 3.5 && !looks_like_code(value);
}

bool looks_like_code(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return upper(c) || small(c) || c == '_' || c == '.'; });
}

bool is_identifier(std::string_view value) {
  return !value.empty() && !digit(value.front()) &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return upper(c) || small(c) || digit(c) || c == '_' || c == '.';
         });
}

bool same_name(std::string_view a, std::string_view b) {
  Words first, second;
  if (!first.split(a) || !second.split(b) || first.count != second.count) return false;
  return std::equal(first.word.begin(), first.word.begin() + first.count, second.word.begin());
}

double entropy(std::string_view value) {
  std::array<unsigned, 256> counts{};
  for (const char c : value)
    ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const unsigned count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(value.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

}  // namespace codex::telemetry
