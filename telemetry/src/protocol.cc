#include "protocol.h"

#include <utility>

namespace codex::telemetry::protocol {
namespace {

constexpr std::string_view kText =
#include "app_server_protocol.inc"
    ;

const json::Object& tables() {
  // Never destroyed: a host's last threads may still look something up.
  static const json::Object& made = *new json::Object([] {
    json::ParseResult parsed = json::parse(kText);
    json::Object* object = parsed ? parsed.value().object() : nullptr;
    return object == nullptr ? json::Object() : std::move(*object);
  }());
  return made;
}

const json::Object& part(std::string_view name) {
  static const json::Object& none = *new json::Object;
  const json::Value* found = tables().find(name);
  return found != nullptr && found->is_object() ? *found->object() : none;
}

std::string_view named(const json::Object& map, std::string_view key) {
  const json::Value* found = map.find(key);
  return found == nullptr ? std::string_view() : found->text();
}

}  // namespace

const json::Object& types() {
  static const json::Object& made = part("types");
  return made;
}

std::string_view notification_type(std::string_view method) {
  return named(part("notifications"), method);
}

std::string_view response_type(std::string_view method) { return named(part("requests"), method); }

}  // namespace codex::telemetry::protocol
