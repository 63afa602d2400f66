// Sessions by number: always the same, always tapes, of every kind that there is.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/places.h"
#include "harness/fuzz/session_maker.h"
#include "harness/tape/file.h"
#include "tests/support/json_at.h"

namespace codex::harness::fuzz {
namespace {

std::vector<Seed> corpus() {
  std::vector<Seed> seeds;
  const std::string root = CTD_SOURCE_DIR "/harness/sessions";
  const Result<std::vector<TapeFile>> files = find_tapes({root});
  for (const TapeFile& file : files.value()) {
    const std::string bytes = read_file(file.path).value();
    Result<Draft> draft = read_draft(bytes, file.path);
    if (draft) seeds.push_back({session_name(file.path, root), std::move(draft.value())});
  }
  return seeds;
}

const Material& material() {
  static const Material made = [] {
    Result<Material> material = Material::make(corpus());
    EXPECT_TRUE(material.ok());
    return std::move(material.value());
  }();
  return made;
}

TEST(FuzzDraftTest, ATapeOfTheCorpusIsPrintedAsItPlays) {
  std::size_t count = 0;
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    for (const Seed& seed : material().seeds(transport)) {
      const Result<Tape> tape = parse_tape(seed.draft.text(), "x.tape.jsonl", "");
      ASSERT_TRUE(tape.ok()) << seed.session << ": " << tape.error().text();
      const std::string path = CTD_SOURCE_DIR "/harness/sessions/" + seed.session + ".tape.jsonl";
      const Result<Tape> original = read_tape(path, "");
      ASSERT_TRUE(original.ok()) << path;
      ASSERT_EQ(tape.value().entries.size(), original.value().entries.size()) << seed.session;
      EXPECT_EQ(tape.value().driver, original.value().driver) << seed.session;
      for (std::size_t i = 0; i < tape.value().entries.size(); ++i) {
        const Entry& one = tape.value().entries[i];
        const Entry& other = original.value().entries[i];
        ASSERT_EQ(one.what.index(), other.what.index()) << seed.session;
        EXPECT_EQ(one.process, other.process) << seed.session;
        if (const auto* output = std::get_if<FromCodex>(&one.what)) {
          EXPECT_EQ(output->bytes, std::get<FromCodex>(other.what).bytes) << seed.session;
        }
      }
      ++count;
    }
  }
  EXPECT_GT(count, 600U);
}

TEST(FuzzDraftTest, BytesAreKeptWhateverTheyAre) {
  for (const std::string& bytes : std::vector<std::string>
       {std::string("{\"a\":1}\n"), std::string("{\"a\":1}"), std::string(" {\"a\":1}\n"),
        std::string("{\"a\":1}\r\n"), std::string("\n"), std::string("no json\n"),
        std::string("\xff\n"), std::string("a\0b\n", 4), std::string("1\n2\n"), std::string("NaN\n")}) {
    DraftLine line;
    line.set_bytes(bytes);
    EXPECT_EQ(line.bytes(), bytes);
    Draft draft;
    draft.lines = {{Action::kToCodex, R"({"argv":[]})", {}}, line};
    const Result<Tape> tape = parse_tape(draft.text(), "x.tape.jsonl", "");
    ASSERT_TRUE(tape.ok()) << draft.text() << tape.error().text();
    EXPECT_EQ(std::get<FromCodex>(tape.value().entries[1].what).bytes, bytes);
  }
}

TEST(FuzzDraftTest, WhatDependsOnWhoIsFasterIsNotPlayed) {
  const DraftLine request{Action::kToCodex, R"({"id":1,"method":"turn/start","params":{}})", {}};
  const auto playable = [&](const std::string& answer, bool later = true) {
    Draft draft;
    draft.transport = Transport::kAppServer;
    DraftLine line;
    line.set_bytes(answer);
    draft.lines = {request, line};
    if (!later) std::swap(draft.lines[0], draft.lines[1]);
    return is_playable(draft);
  };
  EXPECT_TRUE(playable("{\"id\":1,\"result\":{}}\n"));
  EXPECT_TRUE(playable("{\"id\":1,\"result\":{}}\r\n"));
  EXPECT_TRUE(playable("{\"id\":2,\"result\":{}}\n{}\n")) << "nobody asked for that";
  EXPECT_FALSE(playable("{\"id\":1,\"result\":{}}\n{}\n"));
  EXPECT_FALSE(playable("{\"id\":1,\"result\":{}}\r\r\n"));
  EXPECT_FALSE(playable("{\"id\":1,\"result\":{}}\n", false)) << "before anybody asked";

  const std::string end =
      R"({"method":"turn/completed","params":{"threadId":"t","turn":{"id":"u","items":[],"status":"completed"}}})"
      "\n";
  EXPECT_TRUE(playable(end));
  EXPECT_FALSE(playable(end + end)) << "once more";
  EXPECT_FALSE(playable("{\"method\":\"turn/completed\",\"params\":{\"turnId\":\"u\"}}\n")) << "unreadable";
  EXPECT_FALSE(playable(R"({"method":"turn/completed","params":{"threadId":"t","turn":{"id":"u"}}})" "\n"))
      << "the models refuse it";

  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "\"]\\\"[\"" + std::string(depth, ']') + "\n";
  };
  EXPECT_TRUE(playable(nested(870)));
  EXPECT_FALSE(playable(nested(871))) << "its host decides";

  const auto with_words = [&](std::vector<std::string> words) {
    Draft draft;
    draft.transport = Transport::kAppServer;
    draft.lines = {request};
    for (const std::string& each : words) {
      draft.lines.push_back({Action::kProcess, "{\"stderr\":" + each + "}", {}});
    }
    return is_playable(draft);
  };
  EXPECT_TRUE(with_words({R"("\udc80")"}));
  EXPECT_TRUE(with_words({R"("a\n")", R"("b\n")"}));
  EXPECT_FALSE(with_words({R"("a\n")", R"("\udc80")"})) << "a thread has read the first, or not";
}

TEST(FuzzSessionsTest, ANumberIsAlwaysTheSameSessionAndTwoAreTwo) {
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    std::set<std::string> all;
    std::size_t bent = 0;
    for (std::uint64_t number = 0; number < 150; ++number) {
      const Made made = make_session(material(), transport, 7, number, {});
      const Made again = make_session(material(), transport, 7, number, {});
      EXPECT_EQ(made.draft, again.draft);
      EXPECT_EQ(made.bends, again.bends);
      EXPECT_EQ(made.base, again.base);
      EXPECT_TRUE(made.bends.empty() || is_playable(made.draft)) << made.draft.text();
      if (!made.bends.empty()) ++bent;
      all.insert(made.draft.text());
    }
    EXPECT_GT(bent, 145U);
    EXPECT_GT(all.size(), 145U) << "of 150";
    EXPECT_NE(make_session(material(), transport, 8, 3, {}).draft,
              make_session(material(), transport, 7, 3, {}).draft);
  }
}

TEST(FuzzSessionsTest, TheOrderOfTheSeedsIsTheirNamesNotTheirReading) {
  std::vector<Seed> seeds = corpus();
  const Result<Material> one = Material::make(seeds);
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    EXPECT_EQ(one.value().vocabulary(transport).keys, material().vocabulary(transport).keys);
    EXPECT_EQ(one.value().vocabulary(transport).values, material().vocabulary(transport).values);
    EXPECT_FALSE(one.value().vocabulary(transport).outputs.empty());
  }
}

TEST(FuzzSessionsTest, WhatIsKeptIsBentFurther) {
  Kept kept{"base", material().seeds(Transport::kExec)[3].draft};
  kept.draft.driver.set("prompt", "kept");
  std::size_t further = 0;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const Made made = make_session(material(), Transport::kExec, 1, number, {kept});
    if (made.base == "base") ++further;
  }
  EXPECT_GT(further, 25U);
  EXPECT_LT(further, 75U);
}

TEST(FuzzSessionsTest, EveryBendHappens) {
  std::map<std::string_view, std::size_t> counts;
  for (std::uint64_t number = 0; number < 1500; ++number) {
    const Transport transport = number % 2 == 0 ? Transport::kExec : Transport::kAppServer;
    for (const std::string_view bend : make_session(material(), transport, 5, number, {}).bends) {
      ++counts[bend];
    }
  }
  std::set<std::string_view> names;
  for (const auto* list : {&line_bends(), &value_bends(), &byte_bends(), &process_bends(),
                           &driver_bends(), &protocol_bends()}) {
    for (const Bend& bend : *list) {
      EXPECT_TRUE(names.insert(bend.name).second) << bend.name << " is two";
      EXPECT_GT(counts[bend.name], 0U) << bend.name;
    }
  }
}

// What the JSON Schema of the protocol says, as far as it is used there.
class Validator {
 public:
  explicit Validator(const json::Value& types) : types_(types) {}

  bool is_valid(const json::Value& schema, const json::Value& value) const {
    if (const json::Value* ref = schema.get("$ref")) {
      return is_valid(*types_.get(ref->text()), value);
    }
    for (const char* any : {"oneOf", "anyOf"}) {
      if (const json::Value* list = schema.get(any)) {
        return std::any_of(list->array()->begin(), list->array()->end(),
                           [&](const json::Value& each) { return is_valid(each, value); });
      }
    }
    if (const json::Value* all = schema.get("allOf")) {
      return std::all_of(all->array()->begin(), all->array()->end(),
                         [&](const json::Value& each) { return is_valid(each, value); });
    }
    if (const json::Value* choices = schema.get("enum")) {
      return std::find(choices->array()->begin(), choices->array()->end(), value) !=
             choices->array()->end();
    }
    const json::Value* type = schema.get("type");
    if (type != nullptr && type->array() != nullptr) {
      return std::any_of(type->array()->begin(), type->array()->end(), [&](const json::Value& each) {
        return is_kind(each.text(), schema, value);
      });
    }
    return type == nullptr || is_kind(type->text(), schema, value);
  }

 private:
  bool is_kind(std::string_view kind, const json::Value& schema, const json::Value& value) const {
    if (kind == "null") return value.is_null();
    if (kind == "string") return value.is_string();
    if (kind == "boolean") return value.boolean() != nullptr;
    if (kind == "integer") return value.integer() != nullptr;
    if (kind == "number") return value.is_number();
    if (kind == "array") {
      const json::Value* items = schema.get("items");
      return value.array() != nullptr &&
             std::all_of(value.array()->begin(), value.array()->end(), [&](const json::Value& each) {
               return items == nullptr || is_valid(*items, each);
             });
    }
    if (kind != "object" || value.object() == nullptr) return false;
    if (const json::Value* required = schema.get("required")) {
      for (const json::Value& key : *required->array()) {
        if (value.get(key.text()) == nullptr) return false;
      }
    }
    const json::Value* properties = schema.get("properties");
    for (const auto& [key, each] : *value.object()) {
      const json::Value* own = properties == nullptr ? nullptr : properties->get(key);
      if (own != nullptr && !is_valid(*own, each)) return false;
    }
    return true;
  }
  const json::Value& types_;
};

TEST(FuzzSchemaTest, WhatIsMadeIsValid) {
  for (const auto& [transport, name] :
       {std::pair(Transport::kExec, "/harness/data/exec_events.json"),
        std::pair(Transport::kAppServer, "/telemetry/protocol/app_server.json")}) {
    const json::Value file = test::parsed(read_file(CTD_SOURCE_DIR + std::string(name)).value());
    const Validator validator(*file.get("types"));
    const Schema& schema = material().schema(transport);
    ASSERT_FALSE(schema.notifications().empty());
    std::vector<Schema::Entry> entries = schema.notifications();
    if (const json::Value* requests = file.get("requests")) {
      for (const auto& [method, type] : *requests->object()) {
        EXPECT_EQ(schema.response_type(method), type.text());
        // Of some requests the answer may be anything.
        if (file.get("types")->get(type.text()) == nullptr) continue;
        entries.push_back({method, std::string(type.text())});
      }
    }
    for (const Schema::Entry& entry : entries) {
      for (std::uint64_t number = 0; number < 20; ++number) {
        Random random(1, number);
        const json::Value made =
            schema.make(entry.type, random, [](std::string_view key) { return std::string(key); });
        EXPECT_TRUE(validator.is_valid(*file.get("types")->get(entry.type), made))
            << entry.type << ' ' << made;
      }
    }
    json::Value wrong = json::Object{};
    EXPECT_FALSE(validator.is_valid(*file.get("types")->get(entries.front().type), wrong))
        << "the check can fail";
  }
}

TEST(FuzzSchemaTest, IdsAreThoseOfTheSession) {
  Random random(3, 3);
  const json::Value made =
      material().schema(Transport::kAppServer).make("TurnCompletedNotification", random, [](std::string_view key) {
        return key == "threadId" ? std::string("mine") : std::string();
      });
  EXPECT_EQ(made.get("threadId")->text(), "mine");
}

TEST(FuzzPlacesTest, EveryPlaceIsThereOnce) {
  json::Value value = test::parsed(R"({"a":[1,{"b":null}],"c":"x"})");
  std::vector<std::string> texts;
  for (const Path& path : places(value)) {
    texts.push_back(key_at(value, path) + "=" + json::dump(at(value, path), json::kCompact));
  }
  EXPECT_THAT(texts, testing::ElementsAre(R"(={"a":[1,{"b":null}],"c":"x"})", R"(a=[1,{"b":null}])",
                                          "=1", R"(={"b":null})", "b=null", "c=\"x\""));
  erase_at(value, {0, 1});
  EXPECT_EQ(json::dump(value, json::kCompact), R"({"a":[1],"c":"x"})");
  erase_at(value, {0});
  EXPECT_EQ(json::dump(value, json::kCompact), R"({"c":"x"})");
}

}  // namespace
}  // namespace codex::harness::fuzz
