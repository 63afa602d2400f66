// What a client declares, read from its installed package by pybridge/python/inventory.py.
#ifndef MATRIX_INVENTORY_H_
#define MATRIX_INVENTORY_H_

#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::matrix {

// A part of an entry: a field that the client's type declares.
struct InventoryField {
  std::string name;  // unique in its entry: "item{type=plan}/text"
  // Where a session shows it, as golden::Shape has it: channel, name (a glob), path (a glob).
  std::string channel, observation, path;
};

struct InventoryEntry {
  std::string id;      // "app-server/notification/item/completed", "log/agents.run/Running agent…"
  std::string kind;    // "notification", "server-request", "exec-event", "item", "span", "log", …
  std::string source;  // package module and line or class: where it was read
  std::string channel, observation, path;  // where a session shows the entry itself; globs
  std::vector<InventoryField> fields;
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
json::Value to_json(const Inventory& inventory);

}  // namespace codex::matrix

#endif  // MATRIX_INVENTORY_H_
