#include "event_message.h"

#include <algorithm>
#include <array>

namespace codex::telemetry {
namespace {

// Fields that hold a name out of a small set, never a sentence.
constexpr std::array<std::string_view, 8> kNames = {
    "transport", "type", "item.type", "tool", "method", "handler_id", "event", "prefix",
};

struct Field {
  std::size_t begin;  // of its brace
  std::size_t end;    // behind the other one
  std::string_view name;
};

// The first field at or behind `from`; npos as its begin: there is none.
Field next_field(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find('{', from);
  const std::size_t end = begin == text.npos ? begin : text.find('}', begin);
  if (end == text.npos) return {text.npos, text.npos, {}};
  return {begin, end + 1, text.substr(begin + 1, end - begin - 1)};
}

const json::Value* find(const json::Object& metadata, std::string_view path) {
  const std::size_t dot = path.find('.');
  const json::Value* value = metadata.find(path.substr(0, dot));
  if (dot == path.npos || value == nullptr) return value;
  return value->is_object() ? find(*value->object(), path.substr(dot + 1)) : nullptr;
}

}  // namespace

std::string_view redacted_template(std::string_view message_template) {
  for (Field field = next_field(message_template, 0); field.begin != message_template.npos;
       field = next_field(message_template, field.end)) {
    if (std::find(kNames.begin(), kNames.end(), field.name) != kNames.end()) continue;
    std::string_view shown = message_template.substr(0, field.begin);
    while (shown.ends_with(' ') || shown.ends_with(':'))
      shown.remove_suffix(1);
    return shown;
  }
  return message_template;
}

void append_event_message(std::string& out, std::string_view message_template, const Event& event,
                          json::Array* args) {
  std::size_t copied = 0;
  for (Field field = next_field(message_template, 0); field.begin != message_template.npos;
       field = next_field(message_template, field.end)) {
    out += message_template.substr(copied, field.begin - copied);
    copied = field.end;
    const json::Value* value = find(event.metadata, field.name);
    if (value == nullptr) {
      out += "null";
    } else if (const std::string* text = value->string()) {
      out += *text;
    } else {
      json::dump_to(out, *value, json::kCompactUnicode);
    }
    if (args != nullptr) args->push_back(value == nullptr ? json::Value() : *value);
  }
  out += message_template.substr(copied);
}

}  // namespace codex::telemetry
