#include "harness/normalize/shapes.h"

#include <array>
#include <cstddef>
#include <utility>

namespace codex::harness {
namespace {

constexpr std::array<std::pair<std::string_view, Shape>, 3> kNames = {{
    {"iso8601-utc", Shape::kIso8601Utc},
    {"object-address", Shape::kObjectAddress},
    {"codex-schema-path", Shape::kCodexSchemaPath},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

int days_in(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap ? 1 : 0);
}

// `form` has a d for each digit.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == 'd' ? !is_digit(text[i]) : text[i] != form[i]) return false;
  }
  return true;
}

std::optional<std::string> without_addresses(std::string_view text, std::string_view replace) {
  constexpr std::string_view kBefore = " at 0x";
  std::string result;
  std::size_t copied = 0;
  for (std::size_t at = text.find(kBefore); at != text.npos; at = text.find(kBefore, at + 1)) {
    const std::size_t address = at + kBefore.size();
    const std::size_t end = text.find_first_not_of("0123456789abcdef", address);
    const bool is_inside = text.substr(0, at).find('<') != text.npos;
    if (!is_inside || end == text.npos || end == address || text[end] != '>') continue;
    result.append(text.substr(copied, address - 2 - copied)).append(replace);
    copied = end;
  }
  if (copied == 0) return std::nullopt;
  return result.append(text.substr(copied));
}

bool is_schema_path(std::string_view text, const json::Value& root, const Path& path) {
  constexpr std::string_view kFolder = "/codex-output-schema";
  constexpr std::string_view kFile = "/schema.json";
  if (!text.ends_with(kFile)) return false;
  text.remove_suffix(kFile.size());
  const std::size_t folder = text.rfind('/');
  if (folder == text.npos || !text.substr(folder).starts_with(kFolder)) return false;
  const json::Value* words = resolve(root, Path(path.begin(), path.end() - 1));
  if (words == nullptr || !words->is_array() || path.back() == "0") return false;
  const std::size_t index = static_cast<std::size_t>(std::stoul(path.back()));
  return (*words->array())[index - 1].text() == "--output-schema";
}

}  // namespace

std::optional<Shape> find_shape(std::string_view name) {
  for (const auto& [known, shape] : kNames) {
    if (known == name) return shape;
  }
  return std::nullopt;
}

std::vector<std::string_view> shape_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, shape] : kNames) names.push_back(name);
  return names;
}

bool masks_whole(Shape shape) { return shape != Shape::kObjectAddress; }

std::optional<std::string> replaced(Shape shape, std::string_view text, std::string_view replace,
                                    const json::Value& root, const Path& path) {
  switch (shape) {
    case Shape::kIso8601Utc:
      if (is_iso8601_utc(text)) return std::string(replace);
      break;
    case Shape::kObjectAddress:
      return without_addresses(text, replace);
    case Shape::kCodexSchemaPath:
      if (is_schema_path(text, root, path)) return std::string(replace);
      break;
  }
  return std::nullopt;
}

bool is_iso8601_utc(std::string_view text) {
  const bool whole_second = has_form(text, "dddd-dd-ddTdd:dd:dd+00:00");
  if (!whole_second && !has_form(text, "dddd-dd-ddTdd:dd:dd.dddddd+00:00")) return false;
  // isoformat() leaves a fraction of zero out.
  if (!whole_second && text.substr(20, 6) == "000000") return false;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month) &&
         number(text.substr(11, 2)) < 24 && number(text.substr(14, 2)) < 60 &&
         number(text.substr(17, 2)) < 60;
}

std::string comparable_time(std::string_view iso8601_utc) {
  constexpr std::size_t kSeconds = 19;
  // "." sorts before "+": what has a fraction would come before what has none.
  const bool has_fraction = iso8601_utc.size() > kSeconds && iso8601_utc[kSeconds] == '.';
  return std::string(iso8601_utc.substr(0, kSeconds)) +
         (has_fraction ? std::string(iso8601_utc.substr(kSeconds, 7)) : ".000000");
}

}  // namespace codex::harness
