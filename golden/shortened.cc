#include "golden/shortened.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "golden/json_pointer.h"

namespace codex::golden {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::string_view kCut = "…";

bool is_tail(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

class Shorten {
 public:
  Shorten(const std::map<std::string, std::size_t>& keep, const ShortenLimits& limits,
          std::vector<std::string>& cut)
      : keep_(keep), limits_(limits), left_(limits.longest_value), cut_(cut) {}

  Value value(const Value& value, const std::string& at) {
    if (const std::string* text = value.string()) return string(*text, at);
    if (const Array* array = value.array()) return elements(*array, at);
    if (const Object* object = value.object()) return members(*object, at);
    spend(8);
    return value;
  }

 private:
  // Is `at` a place to keep, or on the way to one?
  bool is_kept(const std::string& at) const {
    if (keep_.contains(at)) return true;
    const auto next = keep_.lower_bound(at + "/");
    return next != keep_.end() && next->first.starts_with(at + "/");
  }

  void spend(std::size_t bytes) { left_ -= std::min(left_, bytes); }

  Value string(const std::string& text, const std::string& at) {
    if (text.size() <= limits_.longest_text) {
      spend(text.size() + 3);
      return text;
    }
    const auto found = keep_.find(at);
    const std::size_t from = found == keep_.end() ? 0 : found->second;
    const std::string_view rest = std::string_view(text).substr(json::prefix(text, from).size());
    const std::string_view part = json::prefix(rest, limits_.longest_text);
    spend(part.size() + 3);
    std::string result(from > 0 && part.size() < text.size() ? kCut : "");
    result += part;
    if (part.size() < rest.size()) result += kCut;
    if (result != text) cut_.push_back(at);
    return result;
  }

  Value elements(const Array& array, const std::string& at) {
    Array kept;
    std::optional<Object> sparse;
    spend(2);
    for (std::size_t i = 0; i < array.size(); ++i) {
      const std::string key = std::to_string(i);
      const std::string place = at + "/" + key;
      if (left_ == 0 && !is_kept(place)) continue;
      if (!sparse && kept.size() < i) {
        sparse.emplace();
        for (std::size_t k = 0; k < kept.size(); ++k)
          sparse->append(std::to_string(k), std::move(kept[k]));
      }
      Value element = value(array[i], place);
      if (sparse) {
        sparse->append(key, std::move(element));
      } else {
        kept.push_back(std::move(element));
      }
    }
    if ((sparse ? sparse->size() : kept.size()) < array.size()) cut_.push_back(at);
    if (sparse) return std::move(*sparse);
    return kept;
  }

  Value members(const Object& object, const std::string& at) {
    Object kept;
    spend(2);
    for (const auto& [key, member] : object) {
      const std::string place = at + "/" + pointer_segment(key);
      if (left_ == 0 && !is_kept(place)) continue;
      spend(key.size() + 4);
      kept.append(key, value(member, place));
    }
    if (kept.size() < object.size()) cut_.push_back(at);
    return kept;
  }

  const std::map<std::string, std::size_t>& keep_;
  const ShortenLimits& limits_;
  std::size_t left_;
  std::vector<std::string>& cut_;
};

}  // namespace

Value shortened(const Value& value, const std::string& at,
                const std::map<std::string, std::size_t>& keep, const ShortenLimits& limits,
                std::vector<std::string>& cut) {
  return Shorten(keep, limits, cut).value(value, at);
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto end =
      std::mismatch(a.begin(),
                    a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first;
  const std::string_view common = a.substr(0, static_cast<std::size_t>(end - a.begin()));
  const auto points = static_cast<std::size_t>(
      std::count_if(common.begin(), common.end(), [](char c) { return !is_tail(c); }));
  // The last one may be the first bytes of two different characters.
  const bool is_split = common.size() < a.size() && is_tail(a[common.size()]);
  return is_split && points > 0 ? points - 1 : points;
}

}  // namespace codex::golden
