// What a client declares, read from its installed package by pybridge/python/inventory.py.
#ifndef MATRIX_INVENTORY_H_
#define MATRIX_INVENTORY_H_

#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::matrix {

// Where sessions show something, as golden::Shape has places. `observation` is a glob. In `path`
// the segment "*" is any one; a segment without a variant is any variant, one with it
// ("item{type=plan}") that variant, a glob. A place takes in all that lies beneath it.
struct InventoryPlace {
  std::string channel, observation, path;
  bool operator==(const InventoryPlace&) const = default;
};

// A part of an entry: a field that the client's type declares.
struct InventoryField {
  std::string name;  // unique in its entry: "action{type=openPage}/url"
  std::string path;  // below each place of the entry: "/action{type=openPage}/url"
  bool operator==(const InventoryField&) const = default;
};

struct InventoryEntry {
  std::string id;      // "codex-sdk/notification/item/completed", "agents/log/DEBUG Resetting…"
  std::string kind;    // "notification", "server-request", "exec-event", "item", "span", "log", …
  std::string source;  // package module and line or class: where it was read
  std::vector<InventoryPlace> places;  // where a session shows it: at one of these
  std::vector<InventoryField> fields;  // by name
};

// Of one package in one version.
struct Inventory {
  std::string subject;  // whose client this is
  std::string package;
  std::string version;
  std::vector<InventoryEntry> entries;  // by id
};

// Errors name `file` and what is wrong in it.
harness::Result<Inventory> parse_inventory(std::string_view text, const std::string& file);
harness::Result<Inventory> inventory_from(const json::Value& value, const std::string& file);
// {"inventory":1,"subject","package","version","entries":[{"id","kind","source","places":[[CHANNEL,
// OBSERVATION,PATH],…],"fields":[[NAME,PATH],…]},…]}
json::Value to_json(const Inventory& inventory);

}  // namespace codex::matrix

#endif  // MATRIX_INVENTORY_H_
