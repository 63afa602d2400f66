#include "harness/tape/line.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "harness/model/nearest.h"
#include "harness/model/utf8.h"
#include "harness/tape/members.h"

namespace codex::harness {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct ActionKey {
  std::string_view key;
  Action action;
};
constexpr std::array<ActionKey, 6> kActions = {{{"tape", Action::kHeader},
                                                {">", Action::kToCodex},
                                                {"<", Action::kFromCodex},
                                                {"<raw", Action::kRaw},
                                                {"<b64", Action::kBase64},
                                                {"!", Action::kProcess}}};

const ActionKey* find_action(std::string_view key) {
  for (const ActionKey& action : kActions) {
    if (action.key == key) return &action;
  }
  return nullptr;
}

std::string quoted(std::string_view text) {
  return json::dump(json::Value(text), json::kCompactUnicode);
}

Result<json::Value> parse_object(std::string_view text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    return Error{.message = "it starts with a byte order mark",
                 .hint = "save the file as UTF-8 without one"};
  }
  const std::size_t invalid = find_invalid_utf8(text);
  if (invalid != std::string_view::npos) {
    return Error{.message = "not UTF-8 at byte " + std::to_string(invalid + 1) + " of the line",
                 .hint = "bytes that are not UTF-8 are written {\"<b64\":\"…\"}"};
  }
  json::ParseResult parsed = json::parse(text);
  if (!parsed) {
    return Error{.message = "not JSON: " + parsed.error().message + " at character " +
                            std::to_string(parsed.error().character + 1) + " of the line",
                 .hint =
                     "output that is not JSON is written {\"<raw\":\"…\"}; a raw log of codex "
                     "is named *.exec.jsonl"};
  }
  if (!parsed.value().is_object()) return Error{.message = "a line of a tape is a JSON object"};
  return std::move(parsed.value());
}

std::optional<Error> check_duplicates(const std::vector<Member>& members) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (members[i].key == members[j].key) {
        return Error{.message = "the key " + quoted(members[i].key) + " stands twice"};
      }
    }
  }
  return std::nullopt;
}

Result<const Member*> find_action_member(const std::vector<Member>& members) {
  const Member* found = nullptr;
  for (const Member& member : members) {
    if (find_action(member.key) == nullptr) continue;
    if (found != nullptr) {
      return Error{.message = "two actions in one line, " + quoted(found->key) + " and " +
                              quoted(member.key),
                   .hint = "write one line for each"};
    }
    found = &member;
  }
  if (found != nullptr) return found;
  return Error{.message = "no key that says what happens",
               .hint = "a line has one of \">\", \"<\", \"<raw\", \"<b64\" and \"!\""};
}

// "p" and "at_ms", the only keys beside an action.
std::optional<Error> read_side_keys(const json::Object& object, std::string_view action,
                                    ParsedLine& line) {
  if (auto wrong = check_keys(object, "a line", {action, "p", "at_ms"})) return wrong;
  if (const json::Value* process = object.find("p")) {
    const std::optional<std::int64_t> number = process->as_int64();
    if (!number || *number < 1) {
      return Error{.message = "\"p\" is not the number of a process: " + json::dump(*process)};
    }
    line.process = static_cast<std::size_t>(*number);
  }
  if (const json::Value* at = object.find("at_ms")) {
    line.at_ms = number_of(*at);
    if (!line.at_ms || !std::isfinite(*line.at_ms) || *line.at_ms < 0) {
      return Error{.message = "\"at_ms\" is not a time in milliseconds: " + json::dump(*at)};
    }
  }
  return std::nullopt;
}

Result<ParsedLine> parse_text(std::string_view text) {
  Result<json::Value> object = parse_object(text);
  if (!object) return object.error();
  const std::vector<Member> members = scan_members(text);
  if (auto wrong = check_duplicates(members)) return *wrong;
  const Result<const Member*> member = find_action_member(members);
  if (!member) return member.error();
  const Member& found = *member.value();
  ParsedLine line;
  line.action = find_action(found.key)->action;
  line.slice = found.value;
  if (line.action == Action::kHeader) {
    line.value = std::move(object.value());
    return line;
  }
  if (auto wrong = read_side_keys(*object->object(), found.key, line)) return *wrong;
  line.value = std::move(*object->object()->find(found.key));
  return line;
}

}  // namespace

std::vector<TextLine> split_lines(std::string_view bytes) {
  std::vector<TextLine> lines;
  std::size_t number = 0;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view text = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    ++number;
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    if (text.find_first_not_of(kSpace) != std::string_view::npos) lines.push_back({number, text});
  }
  return lines;
}

Result<ParsedLine> parse_line(const TextLine& line) {
  Result<ParsedLine> parsed = parse_text(line.text);
  if (parsed) return parsed;
  Error error = parsed.error();
  error.line = line.number;
  return error;
}

std::optional<Error> check_keys(const json::Object& object, std::string_view where,
                                const std::vector<std::string_view>& known) {
  for (const auto& [key, value] : object) {
    bool is_known = false;
    for (const std::string_view name : known)
      is_known = is_known || name == key;
    if (!is_known) {
      return Error{.message = std::string(where) + " has no key " + quoted(key),
                   .hint = known_names_hint(key, known)};
    }
  }
  return std::nullopt;
}

std::optional<double> number_of(const json::Value& value) {
  if (const double* real = value.real()) return *real;
  if (const json::Integer* integer = value.integer()) {
    return std::strtod(integer->digits.c_str(), nullptr);
  }
  return std::nullopt;
}

}  // namespace codex::harness
