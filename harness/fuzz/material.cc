#include "harness/fuzz/material.h"

#include <algorithm>
#include <set>
#include <utility>

#include "harness/model/base64.h"
#include "harness/model/data_dir.h"
#include "harness/tape/file.h"

namespace codex::harness::fuzz {
namespace {

constexpr const char* kOddities = "harness/data/fuzz.json";
constexpr const char* kExecSchema = "harness/data/exec_events.json";
constexpr const char* kAppServerSchema = "telemetry/protocol/app_server.json";

constexpr std::size_t kLongestWord = 160;   // bytes of a value that is kept
constexpr std::size_t kMostOfKey = 24;      // values of a key
constexpr std::size_t kLongestLine = 4000;  // bytes of an output that is kept

Result<json::Value> read_data(const char* name) {
  const std::string path = data_file(name);
  const Result<std::string> bytes = read_file(path);
  if (!bytes) return bytes.error();
  json::ParseResult parsed = json::parse(bytes.value());
  if (!parsed) return Error{.message = "not JSON: " + parsed.error().text(), .file = path};
  if (!parsed.value().is_object()) return Error{.message = "no object", .file = path};
  return std::move(parsed.value());
}

// Sets, so that what is learned does not depend on the order of the seeds.
struct Learned {
  std::set<std::string> keys;
  std::map<std::string, std::set<std::string>> values;
  std::set<std::string> outputs;

  void learn(const json::Value& value) {
    if (const json::Array* array = value.array()) {
      for (const json::Value& each : *array) learn(each);
    }
    const json::Object* object = value.object();
    if (object == nullptr) return;
    for (const auto& [key, each] : *object) {
      if (key.size() > kLongestWord) continue;
      keys.insert(key);
      std::string text = json::dump(each, json::kCompactUnicode);
      if (text.size() <= kLongestWord) values[key].insert(std::move(text));
      learn(each);
    }
  }

  Vocabulary vocabulary() && {
    Vocabulary out;
    out.keys.assign(keys.begin(), keys.end());
    for (auto& [key, all] : values) {
      // Of many, as far from each other as they are.
      const std::size_t step = (all.size() + kMostOfKey - 1) / kMostOfKey;
      std::size_t index = 0;
      for (const std::string& text : all) {
        if (index++ % step == 0) out.values[key].push_back(text);
      }
    }
    out.outputs.assign(outputs.begin(), outputs.end());
    return out;
  }
};

Vocabulary learned_from(const std::vector<Seed>& seeds) {
  Learned learned;
  for (const Seed& seed : seeds) {
    for (const DraftLine& line : seed.draft.lines) {
      if (line.action != Action::kFromCodex) continue;
      const auto value = line.value();
      if (!value) continue;
      learned.learn(*value);
      if (line.text.size() <= kLongestLine) learned.outputs.insert(line.text);
    }
  }
  return std::move(learned).vocabulary();
}

}  // namespace

Result<Material> Material::make(std::vector<Seed> seeds) {
  const auto oddities = read_data(kOddities);
  const auto exec = read_data(kExecSchema);
  const auto app_server = read_data(kAppServerSchema);
  for (const auto* each : {&oddities, &exec, &app_server}) {
    if (!*each) return each->error();
  }
  const json::Value& odd = oddities.value();
  const auto wrong = [](const std::string& key) {
    return Error{.message = "\"" + key + "\" is absent, empty or of another kind",
                 .file = data_file(kOddities)};
  };
  Material material;
  for (const char* key : {"strings", "numbers", "bytes"}) {
    const json::Value* list = odd.get(key);
    if (list == nullptr || list->array() == nullptr || list->array()->empty()) return wrong(key);
  }
  for (const json::Value& each : *odd.get("strings")->array()) {
    material.strings_.emplace_back(each.text());
  }
  // As text: a number that is longer than readers take is written as "4301 digits".
  for (const json::Value& each : *odd.get("numbers")->array()) {
    if (each.is_number()) {
      material.numbers_.push_back(each);
    } else if (json::ParseResult parsed = json::parse(each.text())) {
      material.numbers_.push_back(std::move(parsed.value()));
    } else {
      return wrong("numbers");
    }
  }
  for (const json::Value& each : *odd.get("bytes")->array()) {
    const auto bytes = base64_decode(each.text());
    if (!bytes) return wrong("bytes");
    material.bytes_.push_back(*bytes);
  }
  for (auto [transport, to] : {std::pair("exec", &material.exec_),
                               std::pair("app-server", &material.app_server_)}) {
    const json::Value* drivers = odd.get("drivers");
    const json::Value* choices = drivers == nullptr ? nullptr : drivers->get(transport);
    if (choices == nullptr || choices->object() == nullptr) return wrong("drivers");
    to->driver = *choices->object();
  }
  material.exec_.schema = Schema(exec.value());
  material.app_server_.schema = Schema(app_server.value());
  for (Seed& seed : seeds) {
    const bool is_exec = seed.draft.transport == Transport::kExec;
    (is_exec ? material.exec_ : material.app_server_).seeds.push_back(std::move(seed));
  }
  for (OfTransport* each : {&material.exec_, &material.app_server_}) {
    each->vocabulary = learned_from(each->seeds);
  }
  return material;
}

const std::vector<Seed>& Material::seeds(Transport transport) const { return of(transport).seeds; }
const Vocabulary& Material::vocabulary(Transport transport) const {
  return of(transport).vocabulary;
}
const Schema& Material::schema(Transport transport) const { return of(transport).schema; }
const json::Object& Material::driver_choices(Transport transport) const {
  return of(transport).driver;
}

json::Value Material::odd_string(Random& random) const {
  std::string text = random.one_of(strings_);
  if (random.once_in(12)) text += random.one_of(strings_);
  // Around the lengths at which a client cuts: 8,192 of a span's data.
  if (random.once_in(20)) {
    const std::string one = text.empty() ? "x" : text;
    const std::size_t lengths[] = {40, 300, 8191, 8192, 8193, 9000};
    const std::size_t length = lengths[random.below(6)];
    while (text.size() + one.size() <= length) text += one;
    while (text.size() < length) text += 'x';
  }
  return text;
}

json::Value Material::odd_number(Random& random) const {
  if (random.once_in(4)) return static_cast<std::int64_t>(random.next() >> random.below(64));
  if (random.once_in(60)) return json::Integer{std::string(4299 + random.below(3), '7')};
  return random.one_of(numbers_);
}

json::Value Material::odd_value(Random& random) const {
  switch (random.below(9)) {
    case 0:
      return nullptr;
    case 1:
      return random.once_in(2);
    case 2:
    case 3:
      return odd_number(random);
    case 4:
      return json::Array{};
    case 5:
      return json::Object{};
    case 6: {
      json::Array list;
      for (std::size_t i = 1 + random.below(3); i > 0; --i) list.push_back(odd_value(random));
      return list;
    }
    case 7: {
      json::Object object;
      object.set(odd_string(random).text(), odd_value(random));
      return object;
    }
    default:
      return odd_string(random);
  }
}

std::string Material::odd_bytes(Random& random) const { return random.one_of(bytes_); }

}  // namespace codex::harness::fuzz
