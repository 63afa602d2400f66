// What is known of every event: names, metadata, measurements with units, what they feed.
//
// The tables are made from registry/events.json and registry/app_server_events.json by
// scripts/generate_events.py, as is the reference page docs/events.md. Everything here is constant and lives as long as the program.
#ifndef CODEX_TELEMETRY_REGISTRY_H_
#define CODEX_TELEMETRY_REGISTRY_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codex/telemetry/event.h"
#include "codex/telemetry/log.h"

namespace codex::telemetry {

// A metadata field or a measurement. The name "*" stands for whatever else may be there.
struct FieldInfo {
  std::string_view name;
  unsigned kinds = 0;  // 1 << json::Kind, for each kind of value that is allowed
  bool optional = false;
  std::string_view unit;  // of a measurement, as UCUM writes it: "ns", "By", "{token}"
  std::string_view doc;
  bool allows(const json::Value& value) const {
    return (kinds >> static_cast<unsigned>(value.kind()) & 1U) != 0;
  }
};

// The fields of an event differ with the wire that it comes from.
struct MetadataInfo {
  std::string_view transport;  // "any", "exec", "app-server"
  std::span<const FieldInfo> fields;
};

// What lets a user of a Python client observe the same.
struct PythonCounterpart {
  std::string_view package;
  std::string_view version;
  std::string_view file;    // in the package
  std::string_view symbol;  // a class or function of that file
  std::string_view note;
};

struct EventInfo {
  std::string_view name;
  std::string_view when;
  std::span<const FieldInfo> measurements;
  std::span<const MetadataInfo> metadata;  // never empty
  Level level = Level::kDebug;             // of its log line
  std::string_view message;                // of its log line; {field} stands for a metadata field
  std::string_view span;                   // what it does to which span, or empty
  std::span<const std::string_view> metrics;
  std::span<const PythonCounterpart> python;
  std::span<const std::string_view> methods;  // the notifications of app-server that it tells of
  bool high_volume = false;                   // a piece of a text: the pipeline may throttle it
};

std::span<const EventInfo> all_events();
// Null for a name that the registry does not have.
const EventInfo* find_event(std::string_view name);
// Why the event does not fit the registry (unknown name, unknown or missing field, wrong type), in
// one sentence; nothing when it fits. Where a transport is named, its metadata only will do.
std::optional<std::string> validate(const Event& event, std::string_view transport = {});

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_REGISTRY_H_
