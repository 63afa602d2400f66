#include "codex/telemetry/registry.h"

#include <algorithm>
#include <unordered_map>

#include "codex/telemetry/event_names.h"

namespace codex::telemetry {
namespace {

constexpr unsigned bit(json::Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}
constexpr unsigned kNull = bit(json::Kind::kNull);
constexpr unsigned kBoolean = bit(json::Kind::kBoolean);
constexpr unsigned kInteger = bit(json::Kind::kInteger);
constexpr unsigned kReal = bit(json::Kind::kReal);
constexpr unsigned kString = bit(json::Kind::kString);
constexpr unsigned kArray = bit(json::Kind::kArray);
constexpr unsigned kObject = bit(json::Kind::kObject);
constexpr unsigned kAny = kNull | kBoolean | kInteger | kReal | kString | kArray | kObject;

#include "event_registry.inc"

constexpr std::string_view kKindNames[] = {"null",   "boolean", "integer", "real",
                                           "string", "array",   "object"};

std::string_view name_of(json::Kind kind) {
  return kKindNames[static_cast<unsigned>(kind)];
}

std::string names_of(unsigned kinds) {
  std::string names;
  for (unsigned kind = 0; kind < std::size(kKindNames); ++kind) {
    if ((kinds >> kind & 1U) == 0) continue;
    if (!names.empty()) names += " or ";
    names += kKindNames[kind];
  }
  return names;
}

// A "*" of one transport does not stand for a field that another transport names: that would let
// an event pass that has half of each.
bool named_elsewhere(std::string_view key, std::span<const MetadataInfo> shapes) {
  return std::any_of(shapes.begin(), shapes.end(), [key](const MetadataInfo& shape) {
    return std::any_of(shape.fields.begin(), shape.fields.end(),
                       [key](const FieldInfo& field) { return field.name == key; });
  });
}

// Why `object` does not have the given fields and no others.
std::optional<std::string> mismatch(const json::Object& object, std::span<const FieldInfo> fields,
                                    std::string_view what,
                                    std::span<const MetadataInfo> shapes = {}) {
  const FieldInfo* others = nullptr;
  for (const FieldInfo& field : fields) {
    if (field.name == "*") {
      others = &field;
    } else if (!field.optional && object.find(field.name) == nullptr) {
      return std::string(what) + " \"" + std::string(field.name) + "\" is missing";
    }
  }
  for (const auto& [key, value] : object) {
    const auto named = std::find_if(fields.begin(), fields.end(),
                                    [&key = key](const auto& field) { return field.name == key; });
    const bool other = named == fields.end();
    const FieldInfo* const field = other ? others : &*named;
    if (field == nullptr || (other && named_elsewhere(key, shapes))) {
      return std::string(what) + " \"" + key + "\" is unknown";
    }
    if (!field->allows(value)) {
      return std::string(what) + " \"" + key + "\" must be " + names_of(field->kinds) + ", not " +
             std::string(name_of(value.kind()));
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const EventInfo> all_events() {
  return kEvents;
}

const EventInfo* find_event(std::string_view name) {
  static const auto& by_name = *[] {
    auto* made = new std::unordered_map<std::string_view, const EventInfo*>;
    for (const EventInfo& info : kEvents) made->emplace(info.name, &info);
    return made;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

std::optional<std::string> validate(const Event& event, std::string_view transport) {
  const EventInfo* const info = find_event(event.name);
  if (info == nullptr) return "no event is named \"" + std::string(event.name) + "\"";
  std::string reasons;
  for (const MetadataInfo& metadata : info->metadata) {
    if (!transport.empty() && metadata.transport != "any" && metadata.transport != transport) {
      continue;
    }
    const auto reason = mismatch(event.metadata, metadata.fields, "metadata field", info->metadata);
    if (!reason) {
      reasons.clear();
      break;
    }
    if (!reasons.empty()) reasons += "; ";
    if (info->metadata.size() > 1 && transport.empty()) reasons += std::string(metadata.transport) + ": ";
    reasons += *reason;
  }
  if (reasons.empty()) {
    reasons = mismatch(event.measurements, info->measurements, "measurement").value_or("");
  }
  if (reasons.empty()) return std::nullopt;
  return std::string(event.name) + ": " + reasons;
}

}  // namespace codex::telemetry
