#include "golden/json_text.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "golden/ci_command.h"
#include "harness/model/base64.h"
#include "harness/model/utf8.h"

namespace codex::golden {
namespace {

using harness::Error;
using harness::Result;
using json::Array;
using json::Kind;
using json::Object;
using json::Value;

Value tagged(const char* tag) {
  return Object{{"$", tag}};
}

Value tagged(const char* tag, std::string key, Value value) {
  return Object{{"$", tag}, {std::move(key), std::move(value)}};
}

Value encode_text(const std::string& text) {
  if (harness::is_utf8(text)) return text;
  return tagged("wtf8", "b64", harness::base64_encode(text));
}

Value encode_object(const Object& object) {
  bool plain_keys = true;
  for (const auto& [key, value] : object)
    plain_keys = plain_keys && harness::is_utf8(key);
  if (!plain_keys) {
    Array entries;
    for (const auto& [key, value] : object) {
      entries.push_back(Array{encode_text(key), encode(value)});
    }
    return tagged("entries", "value", std::move(entries));
  }
  Object members;
  bool escape = false;
  for (const auto& [key, value] : object) {
    escape = escape || key == "$";
    members.append(key, encode(value));
  }
  if (escape) return tagged("object", "value", std::move(members));
  return members;
}

Error unknown_form(const Value& encoded) {
  return {.message = "not a form that stands for a value: " + line_text(encoded).substr(0, 120),
          .hint = "an object with the key \"$\" is written {\"$\":\"object\",\"value\":{…}}"};
}

Result<Value> decode_members(const Object& object) {
  Object members;
  for (const auto& [key, value] : object) {
    Result<Value> decoded = decode(value);
    if (!decoded) return decoded;
    members.append(key, std::move(decoded.value()));
  }
  return Value(std::move(members));
}

Result<Value> decode_entries(const Value& encoded, const Array& entries) {
  Object members;
  for (const Value& entry : entries) {
    const Array* pair = entry.array();
    if (pair == nullptr || pair->size() != 2) return unknown_form(encoded);
    Result<Value> key = decode((*pair)[0]);
    if (!key) return key;
    Result<Value> value = decode((*pair)[1]);
    if (!value) return value;
    if (!key.value().is_string()) return unknown_form(encoded);
    members.append(*key.value().string(), std::move(value.value()));
  }
  return Value(std::move(members));
}

Result<Value> decode_tagged(const Value& encoded) {
  const Object& object = *encoded.object();
  const std::string_view tag = encoded.get("$")->text();
  if (object.size() == 1) {
    if (tag == "nan") return Value(std::nan(""));
    if (tag == "inf") return Value(HUGE_VAL);
    if (tag == "-inf") return Value(-HUGE_VAL);
  }
  if (object.size() != 2) return unknown_form(encoded);
  if (const Value* text = encoded.get("b64"); tag == "wtf8" && text != nullptr) {
    auto bytes = harness::base64_decode(text->text());
    if (bytes && text->is_string()) return Value(std::move(*bytes));
  }
  if (const Value* digits = encoded.get("digits"); tag == "int" && digits != nullptr) {
    const json::ParseResult number = json::parse(digits->text());
    if (number && number.value().integer() != nullptr) return number.value();
  }
  if (const Value* value = encoded.get("value"); value != nullptr) {
    if (tag == "object" && value->is_object()) return decode_members(*value->object());
    if (tag == "entries" && value->is_array()) return decode_entries(encoded, *value->array());
  }
  return unknown_form(encoded);
}

struct Point {
  char32_t value;
  std::size_t size;
};

// `text` is UTF-8 or WTF-8; a byte that starts no sequence stands for itself.
Point point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> char32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const char32_t lead = byte(0);
  if (lead >= 0xc2 && lead < 0xe0) return {((lead & 0x1f) << 6) | (byte(1) & 0x3f), 2};
  if (lead >= 0xe0 && lead < 0xf0) {
    return {((lead & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f), 3};
  }
  return {lead, 1};  // nothing beyond the basic plane is unsafe
}

void append_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, size] = point_at(text, at);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\r') {
      out += "\\r";
    } else if (point == '\t') {
      out += "\\t";
    } else if ((is_unsafe(point) && (size > 1 || point < 0x80)) ||
               (point == '#' && begins_ci_command(text.substr(at)))) {
      out += "\\u";
      for (const unsigned shift : {12U, 8U, 4U, 0U})
        out += kHex[(point >> shift) & 0xf];
    } else {
      out += text.substr(at, size);
    }
    at += size;
  }
  out += '"';
}

// indent < 0: all in one line.
class Printer {
 public:
  Printer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void print(const Value& value, std::size_t depth) {
    if (const std::string* text = value.string()) return append_text(out_, *text);
    if (const Array* array = value.array(); array != nullptr && !array->empty()) {
      char separator = '[';
      for (const Value& element : *array) {
        begin(std::exchange(separator, ','), depth + 1);
        print(element, depth + 1);
      }
      return end(']', depth);
    }
    if (const Object* object = value.object(); object != nullptr && !object->empty()) {
      char separator = '{';
      for (const auto& [key, member] : *object) {
        begin(std::exchange(separator, ','), depth + 1);
        append_text(out_, key);
        out_ += pretty_ ? ": " : ":";
        print(member, depth + 1);
      }
      return end('}', depth);
    }
    json::dump_to(out_, value, json::kCompact);
  }

 private:
  void begin(char separator, std::size_t depth) {
    out_ += separator;
    new_line(depth);
  }
  void end(char bracket, std::size_t depth) {
    new_line(depth);
    out_ += bracket;
  }
  void new_line(std::size_t depth) {
    if (pretty_) out_.append(1, '\n').append(depth, ' ');
  }

  std::string& out_;
  bool pretty_;
};

}  // namespace

Value encode(const Value& value) {
  switch (value.kind()) {
    case Kind::kReal:
      if (std::isnan(*value.real())) return tagged("nan");
      if (std::isinf(*value.real())) return tagged(*value.real() < 0 ? "-inf" : "inf");
      return value;
    case Kind::kInteger:
      if (value.as_int64()) return value;
      return tagged("int", "digits", value.integer()->digits);
    case Kind::kString:
      return encode_text(*value.string());
    case Kind::kArray: {
      Array array;
      array.reserve(value.array()->size());
      for (const Value& element : *value.array())
        array.push_back(encode(element));
      return array;
    }
    case Kind::kObject:
      return encode_object(*value.object());
    default:
      return value;
  }
}

Result<Value> decode(const Value& encoded) {
  if (const Array* array = encoded.array()) {
    Array elements;
    elements.reserve(array->size());
    for (const Value& element : *array) {
      Result<Value> decoded = decode(element);
      if (!decoded) return decoded;
      elements.push_back(std::move(decoded.value()));
    }
    return Value(std::move(elements));
  }
  if (encoded.get("$") != nullptr) return decode_tagged(encoded);
  if (encoded.is_object()) return decode_members(*encoded.object());
  return encoded;
}

std::string line_text(const Value& encoded) {
  std::string out;
  Printer(out, false).print(encoded, 0);
  return out;
}

std::string pretty_text(const Value& encoded) {
  std::string out;
  Printer(out, true).print(encoded, 0);
  return out;
}

std::string shown(const Value& value) {
  return line_text(encode(value));
}

bool is_unsafe(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c ||
         (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
         (point >= 0xd800 && point <= 0xdfff) || (point >= 0xfff9 && point <= 0xfffb) ||
         point == 0xfffe || point == 0xffff;
}

}  // namespace codex::golden
