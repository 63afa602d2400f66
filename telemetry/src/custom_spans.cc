#include "custom_spans.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "recycling.h"
#include "thread_slot.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kMostKept = 16;        // objects a thread
constexpr std::size_t kMostMembers = 32;     // of a kept object
constexpr std::size_t kLongestText = 1024;   // of a kept object

bool worth_keeping(const std::string& text) { return text.capacity() <= kLongestText; }

bool worth_keeping(const CustomSpanData& data) {
  if (!worth_keeping(data.name) || data.data.size() > kMostMembers) return false;
  for (const auto& [key, value] : data.data) {
    if (value.is_array() || value.is_object() || !worth_keeping(key)) return false;
    if (value.is_string() && !worth_keeping(*value.string())) return false;
  }
  return true;
}

struct Kept {
  std::array<std::unique_ptr<CustomSpanData>, kMostKept> objects;
  std::size_t count = 0;
};
using KeptSlot = ThreadSlot<Kept, Kept>;

struct GiveBack {
  void operator()(CustomSpanData* data) const noexcept {
    std::unique_ptr<CustomSpanData> owned(data);
    Kept* const kept = KeptSlot::get();
    if (kept == nullptr || kept->count == kMostKept || !worth_keeping(*owned)) return;
    kept->objects[kept->count++] = std::move(owned);
  }
};

std::unique_ptr<CustomSpanData, GiveBack> take() {
  Kept* const kept = KeptSlot::get();
  if (kept != nullptr && kept->count > 0) {
    return std::unique_ptr<CustomSpanData, GiveBack>(kept->objects[--kept->count].release());
  }
  return std::unique_ptr<CustomSpanData, GiveBack>(new CustomSpanData({}, {}));
}

void assign(json::Value& to, const SpanAttribute& from) {
  std::visit(
      [&](const auto& value) {
        using Type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Type, std::string_view>) {
          if (std::string* const text = to.string()) {
            *text = value;  // its memory is used again
            return;
          }
        }
        to = json::Value(value);
      },
      from.value);
}

// The members of the last user become those of this one where keys and places are the same.
void assign(json::Object& to, std::initializer_list<SpanAttribute> from) {
  bool same = to.size() == from.size();
  if (same) {
    auto member = to.begin();
    for (const SpanAttribute& attribute : from)
      same = same && (member++)->first == attribute.key;
  }
  if (!same) {
    to.clear();
    for (const SpanAttribute& attribute : from)
      assign(to.set(attribute.key, {}), attribute);
    return;
  }
  auto member = to.begin();
  for (const SpanAttribute& attribute : from)
    assign((member++)->second, attribute);
}

}  // namespace

std::shared_ptr<SpanData> recycled_custom_span(std::string_view name,
                                               std::initializer_list<SpanAttribute> data) {
  auto made = take();
  made->name = name;
  assign(made->data, data);
  return std::shared_ptr<SpanData>(made.release(), GiveBack(), Recycling<CustomSpanData>());
}

}  // namespace codex::telemetry
