#include <algorithm>
#include <utility>

#include "codex/telemetry/scrub.h"
#include "scrub_names.h"

namespace codex::telemetry {
namespace {

constexpr std::string_view kRule = "secret-assignment";  // as for key=value in a text

bool is_marker(std::string_view text) {
  return text.starts_with("[REDACTED:") && text.find(']') == text.size() - 1;
}

bool has_letter_and_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos &&
         text.find_first_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") !=
             std::string_view::npos;
}

// One walk over a value.
class Walk {
 public:
  Walk(const Scrubber& scrubber, ScrubCounts* counts) : scrubber_(scrubber), counts_(counts) {}

  // `kind` is that of the key which the value stands under.
  bool value(json::Value& value, NameKind kind) {
    if (std::string* text = value.string()) return string(*text, kind);
    if (json::Array* array = value.array()) return this->array(*array, kind);
    if (json::Object* object = value.object()) return this->object(*object);
    return false;
  }

 private:
  bool string(std::string& text, NameKind kind) {
    const bool whole = kind == NameKind::kStrong
                           ? !text.empty() && !is_marker(text)
                           : kind == NameKind::kWeak && !is_placeholder(text) &&
                                 text.find_first_of(" \t\r\n") == std::string::npos &&
                                 (text.size() >= 8 || has_letter_and_digit(text));
    if (!whole) return scrubber_.scrub(text, counts_);
    // A rule that knows the secret by itself says more than its key.
    ScrubCounts counts;
    if (scrubber_.scrub(text, &counts) && is_marker(text)) {
      if (counts_ == nullptr) return true;
      for (const auto& [rule, count] : counts)
        (*counts_)[rule] += count;
      return true;
    }
    text = "[REDACTED:" + std::string(kRule) + "]";
    if (counts_ != nullptr) ++(*counts_)[std::string(kRule)];
    return true;
  }

  bool array(json::Array& array, NameKind kind) {
    bool changed = false;
    // ["--password", "…"] and ["X-Api-Key", "…"]
    NameKind next = NameKind::kHarmless;
    for (json::Value& element : array) {
      const NameKind own = std::max(kind, std::exchange(next, NameKind::kHarmless));
      if (const std::string* text = element.string()) {
        const bool option = text->starts_with("-") && text->find('=') == std::string::npos;
        const bool header = array.size() == 2 && &element == array.data() && array[1].is_string() &&
                            looks_random(array[1].text());
        if (option || header) next = key_kind(*text);
      }
      changed |= value(element, own);
    }
    return changed;
  }

  bool object(json::Object& object) {
    bool changed = keys(object);
    // {"name": "API_KEY", "value": "…"}
    NameKind named = NameKind::kHarmless;
    for (const std::string_view key : {"name", "key", "header", "variable"}) {
      const json::Value* name = object.find(key);
      if (name != nullptr && name->is_string()) named = std::max(named, key_kind(name->text()));
    }
    // A piece of text with its probability, as models report it.
    const bool piece = object.find("logprob") != nullptr;
    for (auto& [key, member] : object) {
      NameKind kind = key == "value" ? std::max(named, key_kind(key)) : key_kind(key);
      if (piece && key == "token") kind = NameKind::kHarmless;
      changed |= value(member, kind);
    }
    return changed;
  }

  // Keys that hold secrets. Two that become the same are told apart: no member is lost.
  bool keys(json::Object& object) {
    const auto holds_secret = [this](const json::Object::Member& member) {
      if (!scrubber_.may_hold_secrets(member.first)) return false;
      std::string text = member.first;
      return scrubber_.scrub(text);
    };
    if (std::none_of(object.begin(), object.end(), holds_secret)) return false;
    json::Object rebuilt;
    for (auto& [key, member] : object) {
      std::string name = key;
      scrubber_.scrub(name, counts_);
      const std::string once = name;
      for (int number = 2; rebuilt.find(name) != nullptr; ++number) {
        name = once + "#" + std::to_string(number);
      }
      rebuilt.append(std::move(name), std::move(member));
    }
    object = std::move(rebuilt);
    return true;
  }

  const Scrubber& scrubber_;
  ScrubCounts* counts_;
};

}  // namespace

bool Scrubber::scrub(json::Value& value, ScrubCounts* counts) const {
  return Walk(*this, counts).value(value, NameKind::kHarmless);
}

}  // namespace codex::telemetry
