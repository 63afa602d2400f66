#include "matrix/inventory.h"

#include <gmock/gmock.h>

#include "golden/json_text.h"
#include "matrix/place_index.h"
#include "tests/matrix/matrices.h"

namespace codex::matrix::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Inventory example() {
  return inventory({{.id = "agents/item/Command",
                     .kind = "item",
                     .source = "items:Command",
                     .places = {{"event", "codex.item.*", "/data/item{type=command}"},
                                {"outcome", "thread/read", "/data/turns/*/items/*{type=command}"}},
                     .fields = {{"status", "/status"}, {"actions/*/path", "/actions/*/path"}}}});
}

TEST(Inventory, ReadsWhatItPrints) {
  const auto again = parse_inventory(json::dump(to_json(example())), "inventory.json");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(golden::shown(to_json(again.value())), golden::shown(to_json(example())));
}

TEST(Inventory, WhatIsWrongIsSaid) {
  const auto error = [](const std::string& text) {
    const auto read = parse_inventory(text, "inventory.json");
    return read ? std::string() : read.error().text();
  };
  const std::string head = R"({"inventory":1,"subject":"a","package":"p","version":"1","entries":)";
  EXPECT_EQ(error(head + "[]}"), "");
  EXPECT_THAT(error("["), HasSubstr("inventory.json:1"));
  EXPECT_THAT(error("{}"), HasSubstr("no inventory of form 1"));
  EXPECT_THAT(error(head + "7}"), HasSubstr("no list \"entries\""));
  const auto entry = [&](const std::string& rest) {
    return error(head + R"([{"id":"x","kind":"k","source":"s",)" + rest + "}]}");
  };
  EXPECT_THAT(entry(R"("places":[],"fields":[["n"]])"), HasSubstr("not of 2 texts in x"));
  EXPECT_THAT(entry(R"("places":[["a","b"]],"fields":[])"), HasSubstr("not of 3 texts in x"));
  EXPECT_THAT(entry(R"("places":[],"fields":[]},{"id":"x","kind":"k","source":"s","places":[],"fields":[])"),
              HasSubstr("the entry x twice"));
}

// "" for the entry, else the field's name.
std::vector<std::string> found(const Inventory& inventory, const golden::Shape& shape) {
  PlaceIndex index(inventory);
  std::vector<std::string> names;
  for (const Declared& declared : index.at(shape)) {
    const bool whole = declared.field == Declared::kEntry;
    names.push_back(whole ? "" : inventory.entries[declared.entry].fields[declared.field].name);
  }
  return names;
}

TEST(PlaceIndex, FindsAPlaceAndWhatLiesBeneath) {
  const Inventory one = example();
  EXPECT_THAT(found(one, {"event", "codex.item.started", "/data/item{type=command}/id"}),
              ElementsAre(""));
  EXPECT_THAT(found(one, {"event", "codex.item.started", "/data/item{type=command}/status"}),
              ElementsAre("status", ""));
  EXPECT_THAT(
      found(one, {"outcome", "thread/read",
                  "/data/turns/*/items/*{type=command}/actions/*{type=read}/path{type=x}/deep"}),
      ElementsAre("actions/*/path", ""));
}

TEST(PlaceIndex, AnotherVariantChannelNameOrPathIsNotIt) {
  const Inventory one = example();
  EXPECT_THAT(found(one, {"event", "codex.item.started", "/data/item{type=plan}/status"}), IsEmpty());
  EXPECT_THAT(found(one, {"event", "codex.item.started", "/data/item/status"}), IsEmpty());
  EXPECT_THAT(found(one, {"log", "codex.item.started", "/data/item{type=command}/status"}), IsEmpty());
  EXPECT_THAT(found(one, {"event", "codex.turn", "/data/item{type=command}/status"}), IsEmpty());
  EXPECT_THAT(found(one, {"event", "codex.item.started", "/data/items{type=command}"}), IsEmpty());
  EXPECT_THAT(found(one, {"event", "codex.item.started", ""}), IsEmpty());
}

TEST(PlaceIndex, APatternWithoutAVariantIsAnyOne) {
  const Inventory one = inventory({event_entry("turn", {"a"})});
  EXPECT_THAT(found(one, {"event", "turn", "/data{type=x}/a{kind=y}/b"}), ElementsAre("a", ""));
}

TEST(PlaceIndex, AVariantIsAGlob) {
  const Inventory one = inventory({{.id = "agents/log/x",
                                    .kind = "log",
                                    .source = "s",
                                    .places = {{"log", "*", "/data{template=Failed: *}"}},
                                    .fields = {}}});
  EXPECT_THAT(found(one, {"log", "openai.agents", "/data{template=Failed: 7}/level"}), ElementsAre(""));
  EXPECT_THAT(found(one, {"log", "openai.agents", "/data{template=Done}/level"}), IsEmpty());
}

}  // namespace
}  // namespace codex::matrix::testing
