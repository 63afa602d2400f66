#include "span_budget.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "utf8.h"

namespace codex::telemetry {
namespace {

using std::int64_t;

// Highest priority first: the last of them is dropped first.
constexpr std::array<std::string_view, 8> kTrimKeys = {
    "arguments", "command", "output", "result", "error", "text", "changes", "items"};

int64_t size_of(const json::Object& data) {
  return static_cast<int64_t>(json::compact_size(json::Value(data)));
}

int64_t length_of(std::string_view text) { return static_cast<int64_t>(json::length(text)); }

json::Object drop_empty_strings(const json::Object& data) {
  json::Object out;
  for (const auto& [key, value] : data) {
    if (value.is_string() && value.string()->empty()) continue;
    out.append(key, value);
  }
  return out;
}

std::string stringify(const json::Value& value) {
  if (value.is_null()) return "";
  if (const std::string* text = value.string()) return *text;
  return json::dump(value, json::kCompact);
}

// A text that competes for room, in the order of Python's `values` dict.
struct Part {
  std::string key;
  std::string text;
  int64_t length = 0;
  int64_t budget = 0;
  int64_t weight = 0;
};

Part* find_part(std::vector<Part>& parts, std::string_view key) {
  const auto it =
      std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.key == key; });
  return it == parts.end() ? nullptr : &*it;
}

// Gives each part its share of `available` characters.
void share_out(std::vector<Part>& parts, int64_t available) {
  const auto count = static_cast<int64_t>(parts.size());
  int64_t remaining = 0;
  if (available >= count) {
    for (Part& part : parts) part.budget = 1;
    remaining = available - count;
  } else {
    int64_t given = 0;
    for (const std::string_view key : kTrimKeys) {
      Part* part = find_part(parts, key);
      if (part != nullptr && given++ < available) part->budget = 1;
    }
  }
  if (Part* arguments = find_part(parts, "arguments"); arguments != nullptr && remaining > 0) {
    const int64_t needed = std::max<int64_t>(arguments->length - arguments->budget, 0);
    const int64_t grant = std::min(needed, remaining);
    arguments->budget += grant;
    remaining -= grant;
  }
  if (remaining <= 0) return;
  int64_t total = 0;
  for (Part& part : parts) {
    part.weight = std::max<int64_t>(part.length - part.budget, 0);
    total += part.weight;
  }
  if (total > 0) {
    for (Part& part : parts) {
      if (part.weight == 0) continue;
      // The division first, in double, then the product cut to an integer: as Python computes.
      const double ratio = static_cast<double>(part.weight) / static_cast<double>(total);
      part.budget += static_cast<int64_t>(static_cast<double>(remaining) * ratio);
    }
  }
  int64_t allocated = 0;
  for (Part& part : parts) {
    part.budget = std::min(part.budget, part.length);
    allocated += part.budget;
  }
  int64_t leftover = available - allocated;
  std::vector<Part*> ordered;
  for (Part& part : parts) ordered.push_back(&part);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Part* a, const Part* b) { return a->weight > b->weight; });
  for (std::size_t index = 0; leftover > 0; ++index, --leftover) {
    std::vector<Part*> expandable;
    for (Part* part : ordered) {
      if (part->budget < part->length) expandable.push_back(part);
    }
    if (expandable.empty()) break;
    ++expandable[index % expandable.size()]->budget;
  }
}

// The suffix of a text of so many characters that is cut.
std::string suffix_of(int64_t length) {
  return "... [truncated, " + std::to_string(length) + " chars]";
}

// What truncate_span_string(text, limit) takes in JSON, for any limit up to that of construction.
class ShownSize {
 public:
  ShownSize(const Part& part, int64_t most)
      : length_(part.length), suffix_(static_cast<int64_t>(suffix_of(part.length).size())) {
    sizes_.reserve(static_cast<std::size_t>(std::min(most, length_)) + 1);
    sizes_.push_back(0);
    for (std::size_t at = 0; at < part.text.size() && points() < most;) {
      const std::size_t size = utf8::decode(part.text, at).size;
      const json::Value point(part.text.substr(at, size));
      sizes_.push_back(sizes_.back() + static_cast<int64_t>(json::compact_size(point)) - 2);
      at += size;
    }
  }
  int64_t operator()(int64_t limit) const {
    const bool with_suffix = limit < length_ && limit > suffix_;
    const int64_t kept = std::min(with_suffix ? limit - suffix_ : limit, points());
    return sizes_[static_cast<std::size_t>(kept)] + (with_suffix ? suffix_ : 0);
  }

 private:
  int64_t points() const { return static_cast<int64_t>(sizes_.size()) - 1; }

  const int64_t length_;
  const int64_t suffix_;
  std::vector<int64_t> sizes_;  // of the first 0, 1, 2, … characters
};

// Takes a character from the longest text, again and again, until the data fits. Python prints the
// data for each of them; here sizes are looked up. Gives the size that is reached.
int64_t shrink(json::Object& trimmed, const std::vector<std::string>& kept,
               const std::vector<Part>& parts, int64_t size, int64_t limit) {
  struct Text {
    const Part* part;
    int64_t length;
    ShownSize size_at;
  };
  std::vector<Text> texts;  // of the kept keys, in their order; the others are blank
  for (const std::string& key : kept) {
    const auto part = std::find_if(parts.begin(), parts.end(),
                                   [&](const Part& p) { return p.key == key; });
    if (part == parts.end()) continue;
    const int64_t length = std::min(part->budget, part->length);
    texts.push_back({&*part, length, ShownSize(*part, length)});
  }
  while (size > limit && !texts.empty()) {
    // The first of the longest, as Python's max().
    const auto longest =
        std::max_element(texts.begin(), texts.end(),
                         [](const Text& a, const Text& b) { return a.length < b.length; });
    if (longest->length == 0) break;
    size -= longest->size_at(longest->length) - longest->size_at(longest->length - 1);
    --longest->length;
  }
  for (const Text& text : texts) {
    trimmed.set(text.part->key, truncate_span_string(text.part->text, text.length));
  }
  return size;
}

json::Object enforce_budget(const json::Object& data, MaxChars max_chars) {
  if (!max_chars) return drop_empty_strings(data);
  const int64_t limit = *max_chars;
  if (limit <= 0) return {};
  json::Object trimmed = drop_empty_strings(data);
  if (size_of(trimmed) <= limit) return trimmed;

  std::vector<std::string> kept;
  for (const std::string_view key : kTrimKeys) {
    if (trimmed.find(key) != nullptr) kept.emplace_back(key);
  }
  if (kept.empty()) return trimmed;
  json::Object base = trimmed;
  for (const std::string& key : kept) base.set(key, "");
  int64_t base_size = size_of(base);
  while (base_size > limit && !kept.empty()) {
    base.erase(kept.back());
    trimmed.erase(kept.back());
    kept.pop_back();
    base_size = size_of(base);
  }
  if (base_size > limit) return drop_empty_strings(base);

  std::vector<Part> parts;
  for (const std::string& key : kept) {
    const json::Value& value = *trimmed.find(key);
    if (value.is_null() || (value.is_string() && value.string()->empty())) continue;
    std::string text = stringify(value);
    if (text.empty()) {
      trimmed.set(key, "");
      continue;
    }
    const int64_t length = length_of(text);
    parts.push_back({key, std::move(text), length, 0, 0});
  }
  if (kept.empty()) return drop_empty_strings(base);
  const int64_t available = limit - base_size;
  if (available <= 0) return drop_empty_strings(base);
  share_out(parts, available);

  for (const std::string& key : kept) {
    const Part* part = find_part(parts, key);
    trimmed.set(key, part == nullptr ? json::Value("")
                                     : json::Value(truncate_span_string(part->text, part->budget)));
  }
  int64_t size = size_of(trimmed);
  if (size > limit) size = shrink(trimmed, kept, parts, size, limit);
  return drop_empty_strings(size <= limit ? trimmed : base);
}

}  // namespace

std::string truncate_span_string(std::string_view value, MaxChars max_chars) {
  if (!max_chars) return std::string(value);
  if (*max_chars <= 0) return "";
  const int64_t length = length_of(value);
  if (length <= *max_chars) return std::string(value);
  const std::string suffix = suffix_of(length);
  const int64_t room = *max_chars - static_cast<int64_t>(suffix.size());
  if (room <= 0) return std::string(json::prefix(value, static_cast<std::size_t>(*max_chars)));
  return std::string(json::prefix(value, static_cast<std::size_t>(room))) + suffix;
}

json::Value truncate_span_value(const json::Value& value, MaxChars max_chars) {
  if (!max_chars) return value;
  switch (value.kind()) {
    case json::Kind::kString: return truncate_span_string(*value.string(), max_chars);
    case json::Kind::kArray:
    case json::Kind::kObject: break;
    default: return value;
  }
  const std::string encoded = json::dump(value, json::kCompact);
  const auto length = static_cast<int64_t>(encoded.size());  // ASCII only
  if (length <= *max_chars) return value;
  return json::Object{{"preview", truncate_span_string(encoded, max_chars)},
                      {"truncated", true},
                      {"original_length", length}};
}

json::Object merge_span_data(const json::Object& current, const json::Object& updates,
                             MaxChars max_chars) {
  json::Object merged = current;
  for (const auto& [key, value] : updates) merged.set(key, value);
  return enforce_budget(merged, max_chars);
}

}  // namespace codex::telemetry
