#include "matrix/inventory.h"

#include <algorithm>
#include <utility>

namespace codex::matrix {
namespace {

using harness::Error;
using harness::Result;
using json::Array;
using json::Object;
using json::Value;

// Reads an inventory's members; the first thing that is wrong stays in `fault`.
class Reader {
 public:
  Inventory read(const Value& value) {
    Inventory inventory;
    const Value* form = value.get("inventory");
    if (form == nullptr || form->as_int64() != 1) fail("is no inventory of form 1");
    inventory.subject = text(value, "subject");
    inventory.package = text(value, "package");
    inventory.version = text(value, "version");
    for (const Value& each : list(value, "entries"))
      inventory.entries.push_back(entry(each));
    std::sort(inventory.entries.begin(), inventory.entries.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    const auto twice =
        std::adjacent_find(inventory.entries.begin(), inventory.entries.end(),
                           [](const auto& a, const auto& b) { return a.id == b.id; });
    if (twice != inventory.entries.end()) fail("has the entry " + twice->id + " twice");
    return inventory;
  }

  std::string fault;

 private:
  void fail(std::string what) {
    if (fault.empty()) fault = std::move(what);
  }
  std::string text(const Value& object, const char* key) {
    const Value* member = object.get(key);
    if (member == nullptr || !member->is_string() || member->text().empty()) {
      fail("has no \"" + std::string(key) + "\"");
      return "";
    }
    return *member->string();
  }
  Array list(const Value& object, const char* key) {
    const Value* member = object.get(key);
    if (member == nullptr || !member->is_array()) {
      fail("has no list \"" + std::string(key) + "\"");
      return {};
    }
    return *member->array();
  }
  // A list of `size` texts.
  std::vector<std::string> texts(const Value& value, std::size_t size) {
    std::vector<std::string> found;
    if (const Array* array = value.array()) {
      for (const Value& each : *array) {
        if (each.is_string()) found.push_back(*each.string());
      }
    }
    if (found.size() != size) fail("has a list that is not of " + std::to_string(size) + " texts");
    found.resize(size);
    return found;
  }
  InventoryEntry entry(const Value& value) {
    InventoryEntry entry;
    entry.id = text(value, "id");
    entry.kind = text(value, "kind");
    entry.source = text(value, "source");
    for (const Value& each : list(value, "places")) {
      std::vector<std::string> parts = texts(each, 3);
      entry.places.push_back({std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
    }
    for (const Value& each : list(value, "fields")) {
      std::vector<std::string> parts = texts(each, 2);
      entry.fields.push_back({std::move(parts[0]), std::move(parts[1])});
    }
    if (!fault.empty() && fault.find(" in ") == std::string::npos) fault += " in " + entry.id;
    return entry;
  }
};

}  // namespace

Result<Inventory> parse_inventory(std::string_view text, const std::string& file) {
  const json::ParseResult parsed = json::parse(text);
  if (!parsed) {
    return Error{.message = parsed.error().text(), .file = file, .line = parsed.error().line};
  }
  return inventory_from(parsed.value(), file);
}

Result<Inventory> inventory_from(const Value& value, const std::string& file) {
  Reader reader;
  Inventory inventory = reader.read(value);
  if (!reader.fault.empty()) return Error{.message = "the inventory " + reader.fault, .file = file};
  return inventory;
}

Value to_json(const Inventory& inventory) {
  Array entries;
  for (const InventoryEntry& entry : inventory.entries) {
    Array places;
    for (const InventoryPlace& place : entry.places)
      places.push_back(Array{place.channel, place.observation, place.path});
    Array fields;
    for (const InventoryField& field : entry.fields)
      fields.push_back(Array{field.name, field.path});
    entries.push_back(Object{{"id", entry.id},
                             {"kind", entry.kind},
                             {"source", entry.source},
                             {"places", std::move(places)},
                             {"fields", std::move(fields)}});
  }
  return Object{{"inventory", 1},
                {"subject", inventory.subject},
                {"package", inventory.package},
                {"version", inventory.version},
                {"entries", std::move(entries)}};
}

}  // namespace codex::matrix
