#include "harness/agent_run/spawn_error.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace codex::harness {
namespace {

using telemetry::ClientError;

std::string_view type_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull: return "NoneType";
    case json::Kind::kBoolean: return "bool";
    case json::Kind::kInteger: return "int";
    case json::Kind::kReal: return "float";
    case json::Kind::kString: return "str";
    case json::Kind::kArray: return "list";
    case json::Kind::kObject: return "dict";
  }
  return "";
}

// Of each code point: the surrogate, or 0. `wtf8` is as json::Value holds a string.
std::vector<unsigned> surrogates_of(std::string_view wtf8) {
  std::vector<unsigned> points;
  for (std::size_t at = 0; at < wtf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(wtf8[at]);
    if ((byte & 0xC0) == 0x80) continue;
    unsigned surrogate = 0;
    if (byte == 0xED && at + 2 < wtf8.size()) {
      const auto second = static_cast<unsigned char>(wtf8[at + 1]);
      const auto third = static_cast<unsigned char>(wtf8[at + 2]);
      if (second >= 0xA0) surrogate = 0xD000U | (second & 0x3FU) << 6 | (third & 0x3FU);
    }
    points.push_back(surrogate);
  }
  return points;
}

bool stands_for_a_byte(unsigned surrogate) { return surrogate >= 0xDC80 && surrogate <= 0xDCFF; }

std::optional<ClientError> encode_error(std::string_view text) {
  const std::vector<unsigned> points = surrogates_of(text);
  for (std::size_t at = 0; at < points.size(); ++at) {
    if (points[at] == 0 || stands_for_a_byte(points[at])) continue;
    std::size_t end = at + 1;  // the error is of the whole run
    while (end < points.size() && points[end] != 0) ++end;
    std::string what = "characters in position " + std::to_string(at) + "-" +
                       std::to_string(end - 1);
    if (end == at + 1) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", points[at]);
      what = "character '" + std::string(escape) + "' in position " + std::to_string(at);
    }
    return ClientError{"UnicodeEncodeError",
                       "'utf-8' codec can't encode " + what + ": surrogates not allowed"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ClientError> spawn_error(const json::Value& argument) {
  const std::string* text = argument.string();
  if (text == nullptr) {
    return ClientError{"TypeError", "expected str, bytes or os.PathLike object, not " +
                                        std::string(type_name(argument))};
  }
  if (std::optional<ClientError> error = encode_error(*text)) return error;
  if (text->find('\0') != std::string::npos) {
    return ClientError{"ValueError", "embedded null byte"};
  }
  return std::nullopt;
}

}  // namespace codex::harness
