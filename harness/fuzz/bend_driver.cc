#include <string>
#include <utility>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"
#include "harness/fuzz/places.h"
#include "harness/tape/rpc.h"

namespace codex::harness::fuzz {
namespace {

// A key by chance, a value of its choices; in an object of such, one level deeper.
bool choose(json::Object& driver, const json::Object& choices, Random& random) {
  if (choices.empty()) return false;
  auto members = members_of(choices);
  auto& [key, list] = random.one_of(members);
  if (const json::Array* values = list.array()) {
    if (values->empty()) return false;
    driver.set(key, json::Value((*values)[random.below(values->size())]));
    return true;
  }
  json::Value* inner = driver.find(key);
  if (inner == nullptr || inner->object() == nullptr) inner = &driver.set(key, json::Object{});
  return choose(*inner->object(), *list.object(), random);
}

bool choose_option(Draft& draft, Random& random, const Material& material) {
  // Few messages can be sent through another class.
  if (draft.transport == Transport::kAppServer && !random.once_in(5)) return false;
  return choose(draft.driver, material.driver_choices(draft.transport), random);
}

bool drop_option(Draft& draft, Random& random, const Material&) {
  // What the arguments of codex follow from stays.
  auto members = members_of(draft.driver);
  if (members.empty()) return false;
  const std::string key = random.one_of(members).first;
  if (key == "steps" || key == "codex_tool") return false;
  draft.driver.erase(key);
  return true;
}

json::Array* steps_of(Draft& draft) {
  json::Value* steps = draft.driver.find("steps");
  return steps == nullptr ? nullptr : steps->array();
}

// What the scripted model says: its words, its usage, the ids of its calls.
bool bend_step(Draft& draft, Random& random, const Material& material) {
  json::Array* steps = steps_of(draft);
  if (steps == nullptr || steps->empty()) return false;
  json::Value& step = random.one_of(*steps);
  if (step.object() == nullptr) return false;
  switch (random.below(4)) {
    case 0: {
      json::Object usage{{"requests", 1}, {"input_tokens", static_cast<int>(random.below(100))},
                         {"output_tokens", static_cast<int>(random.below(100))}};
      step.object()->set("usage", std::move(usage));
      return true;
    }
    case 1: {
      json::Value* message = step.object()->find("message");
      if (message == nullptr) return false;
      *message = material.odd_string(random);
      return true;
    }
    case 2: {
      json::Value* calls = step.object()->find("calls");
      if (calls == nullptr || calls->array() == nullptr || calls->array()->empty()) return false;
      json::Value& call = random.one_of(*calls->array());
      if (call.object() == nullptr) return false;
      call.object()->set("call_id", material.odd_string(random));
      return true;
    }
    default:
      if (step.get("calls") == nullptr) return false;
      step.object()->set("message", material.odd_string(random));
      return true;
  }
}

// The model's arguments as the text of which the tool makes something, or nothing.
bool bend_arguments(Draft& draft, Random& random, const Material& material) {
  json::Array* steps = steps_of(draft);
  if (steps == nullptr || steps->empty()) return false;
  json::Value* calls = random.one_of(*steps).object() == nullptr
                           ? nullptr
                           : random.one_of(*steps).object()->find("calls");
  if (calls == nullptr || calls->array() == nullptr || calls->array()->empty()) return false;
  json::Value& call = random.one_of(*calls->array());
  json::Value* arguments = call.object() == nullptr ? nullptr : call.object()->find("arguments");
  if (arguments == nullptr) return false;
  if (random.once_in(2)) {
    if (arguments->is_string()) return false;
    *arguments = json::dump(*arguments);  // the same in other words
    return true;
  }
  // A call that the tool refuses starts no process, and that is one `>` less.
  const std::vector<std::size_t> starts = lines_where(
      draft, [](const DraftLine& line) { return line.action == Action::kToCodex; });
  if (starts.size() != 1) return false;
  json::Value bent = arguments->is_string() ? json::Value(json::Object{}) : *arguments;
  const std::vector<Path> all = places(bent);
  const Path& path = all[random.below(all.size())];
  if (random.once_in(3) && !path.empty()) {
    erase_at(bent, path);
  } else {
    at(bent, path) = material.odd_value(random);
  }
  if (bent.is_object() && !random.once_in(3)) {
    *arguments = std::move(bent);
  } else {
    *arguments = json::dump(bent);
  }
  return true;
}

// What the client sends, of which it makes a call: ids of turns and threads, texts, options.
bool bend_request(Draft& draft, Random& random, const Material& material) {
  if (draft.transport != Transport::kAppServer) return false;
  const auto line = line_where(
      draft, random, [](const DraftLine& each) { return each.action == Action::kToCodex; });
  if (!line) return false;
  auto message = draft.lines[*line].value();
  // The handshake is the client's own.
  if (!message || message->object() == nullptr || rpc_method(*message) == "initialize") return false;
  for (const char* part : {"params", "result"}) {
    json::Value* params = message->object()->find(part);
    if (params == nullptr) continue;
    const std::vector<Path> all = places(*params);
    const Path& path = all[random.below(all.size())];
    if (path.empty()) return false;
    json::Value& here = at(*params, path);
    if (here.is_string() && random.once_in(2)) {
      here = material.odd_string(random);
    } else if (random.once_in(2)) {
      erase_at(*params, path);
    } else {
      here = material.odd_value(random);
    }
    draft.lines[*line].set_value(*message);
    return true;
  }
  return false;
}

// The client does not do that, or does it once more.
bool drop_request(Draft& draft, Random& random, const Material&) {
  if (draft.transport != Transport::kAppServer) return false;
  const auto line = line_where(
      draft, random, [](const DraftLine& each) { return each.action == Action::kToCodex; });
  if (!line || *line < 2) return false;
  draft.lines.erase(draft.lines.begin() + static_cast<std::ptrdiff_t>(*line));
  return true;
}

}  // namespace

const std::vector<Bend>& driver_bends() {
  static const std::vector<Bend> bends = {
      {"driver-option", 6, choose_option}, {"drop-driver-option", 1, drop_option},
      {"step", 4, bend_step},              {"arguments", 3, bend_arguments},
      {"request", 2, bend_request},        {"drop-request", 1, drop_request},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
