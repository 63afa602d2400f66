#include "golden/shape_recorder.h"

#include <algorithm>

namespace codex::golden {
namespace {

using json::Object;
using json::Value;

// At the last character's begin that fits.
std::string_view cut(std::string_view text) {
  if (text.size() <= kLongestWord) return text;
  std::size_t size = kLongestWord;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

const std::string* text_of(const Object& object, std::string_view key) {
  const Value* value = object.find(key);
  return value == nullptr ? nullptr : value->string();
}

// A record whose template says nothing by itself, "%s: %s", is told by what stands first in it.
std::string log_template(const Object& record, const std::string& text) {
  const Value* arguments = record.find("args");
  if (!text.starts_with("%s") || arguments == nullptr) return text;
  const json::Array* list = arguments->array();
  if (list == nullptr || list->empty() || !list->front().is_string()) return text;
  return *list->front().string() + text.substr(2);
}

}  // namespace

std::string shape_word(std::string_view text) {
  std::string result;
  for (const char c : cut(text)) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else if (c == '{') {
      result += "~2";
    } else {
      result += c;
    }
  }
  return result;
}

void ShapeRecorder::member(std::string_view key) { shape_.path += "/" + shape_word(key); }

void ShapeRecorder::variant(const Object& object) {
  if (shape_.channel == "log" && shape_.path == "/data") {
    if (const std::string* text = text_of(object, "template")) {
      shape_.path += "{template=" + shape_word(log_template(object, *text)) + "}";
    }
    return;
  }
  for (const std::string_view key : kVariantKeys) {
    const std::string* text = text_of(object, key);
    if (text == nullptr) continue;
    shape_.path += "{" + std::string(key) + "=" + shape_word(*text);
    const std::string* name = text_of(object, "name");
    if (shape_.channel == "span" && key == "type" && *text == "custom" && name != nullptr) {
      shape_.path += ":" + shape_word(*name);
    }
    shape_.path += "}";
    return;
  }
}

void ShapeRecorder::leaves(const Value& value, Fate fate) {
  walk(value, [&] { add(out_.all, fate, false); });
}

void ShapeRecorder::difference(const Value* value) {
  out_.differences.emplace_back();
  if (value == nullptr) {
    differs();
  } else {
    walk(*value, [&] { differs(); });
  }
}

void ShapeRecorder::missing(const Value& data) {
  out_.differences.emplace_back();
  differs();
  member("data");
  walk(data, [&] { differs(); });
}

void ShapeRecorder::differs() {
  add(out_.all, Fate::kCompared, true);
  add(out_.differences.back(), Fate::kCompared, true);
}

void ShapeRecorder::add(Coverage& coverage, Fate fate, bool differs) {
  ShapeTally& tally = coverage[shape_];
  switch (fate) {
    case Fate::kCompared:
      ++tally.compared;
      break;
    case Fate::kMasked:
      ++tally.masked;
      break;
    case Fate::kNotObserved:
      ++tally.not_observed;
      break;
  }
  if (differs) ++tally.differing;
  if (driver_) ++tally.driver;
}

template <typename Visit>
void ShapeRecorder::walk(const Value& value, const Visit& visit) {
  const std::size_t here = position();
  if (const json::Array* array = value.array(); array != nullptr && !array->empty()) {
    element();
    for (const Value& each : *array)
      walk(each, visit);
  } else if (const Object* object = value.object(); object != nullptr && !object->empty()) {
    variant(*object);
    const std::size_t there = position();
    for (const auto& [key, each] : *object) {
      member(key);
      walk(each, visit);
      return_to(there);
    }
  } else {
    visit();
  }
  return_to(here);
}

}  // namespace codex::golden
