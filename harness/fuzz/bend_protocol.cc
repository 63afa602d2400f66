#include <set>
#include <string>
#include <utility>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"
#include "harness/fuzz/places.h"
#include "harness/tape/rpc.h"

namespace codex::harness::fuzz {
namespace {

// The strings of this session under a key, so that what is made belongs to its threads and turns.
class Ids {
 public:
  Ids(const Draft& draft, Random& random) : random_(random) {
    for (const DraftLine& line : draft.lines) {
      auto value = line.action == Action::kFromCodex ? line.value() : std::nullopt;
      if (!value) continue;
      for (const Path& path : places(*value)) {
        const std::string* text = at(*value, path).string();
        if (text == nullptr || text->empty() || text->size() > 100) continue;
        std::string key = key_at(*value, path);
        if (key == "id" && path.size() >= 2) {
          key = key_at(*value, Path(path.begin(), path.end() - 1)) + "Id";  // thread, turn, item
        }
        if (key.ends_with("Id") || key.ends_with("_id")) ids_[key].insert(*text);
        if (key == "itemId") ids_["id"].insert(*text);
      }
    }
  }
  std::string operator()(std::string_view key) {
    const auto found = ids_.find(std::string(key));
    if (found == ids_.end() || random_.once_in(12)) return {};
    auto place = found->second.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(random_.below(found->second.size())));
    return *place;
  }

 private:
  Random& random_;
  std::map<std::string, std::set<std::string>> ids_;
};

void insert_after(Draft& draft, std::size_t index, const json::Value& message) {
  DraftLine line;
  line.process = draft.lines[index].process;
  line.set_value(message);
  draft.lines.insert(draft.lines.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(line));
}

bool notify(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  const Schema& schema = material.schema(draft.transport);
  if (!line || schema.notifications().empty()) return false;
  Ids ids(draft, random);
  const Schema::Known known = [&](std::string_view key) { return ids(key); };
  std::size_t index = *line;
  for (std::size_t count = 1 + random.below(4); count > 0; --count) {
    const Schema::Entry& entry = random.one_of(schema.notifications());
    json::Value made = schema.make(entry.type, random, known);
    if (draft.transport == Transport::kAppServer) {
      made = json::Object{{"method", entry.method}, {"params", std::move(made)}};
    }
    insert_after(draft, index++, made);
  }
  return true;
}

// Another answer to a request that the client makes, as valid as the tape's.
bool answer(Draft& draft, Random& random, const Material& material) {
  if (draft.transport != Transport::kAppServer) return false;
  std::map<std::string, std::string> methods;  // id of the request → its method
  for (const DraftLine& line : draft.lines) {
    const auto sent = line.action == Action::kToCodex ? line.value() : std::nullopt;
    if (sent && rpc_kind(*sent) == RpcKind::kRequest) {
      methods[json::dump(*sent->get("id"))] = rpc_method(*sent);
    }
  }
  const auto line = line_where(draft, random, [&](const DraftLine& each) {
    const auto said = each.action == Action::kFromCodex ? each.value() : std::nullopt;
    return said && said->get("result") != nullptr && said->get("id") != nullptr &&
           methods.contains(json::dump(*said->get("id")));
  });
  if (!line) return false;
  auto said = draft.lines[*line].value();
  const std::string& method = methods[json::dump(*said->get("id"))];
  Ids ids(draft, random);
  const Schema& schema = material.schema(draft.transport);
  said->object()->set("result", schema.make(schema.response_type(method), random,
                                            [&](std::string_view key) { return ids(key); }));
  draft.lines[*line].set_value(*said);
  return true;
}

// The end of one message, and of nothing else: an item that starts is completed, and the reverse.
bool complete(Draft& draft, Random& random, const Material&) {
  const auto line = json_line(draft, random);
  if (!line) return false;
  auto value = draft.lines[*line].value();
  if (!value || value->object() == nullptr) return false;
  const char* const key = draft.transport == Transport::kExec ? "type" : "method";
  json::Value* kind = value->object()->find(key);
  if (kind == nullptr || kind->string() == nullptr) return false;
  const std::string from(kind->text());
  for (const auto& [one, other] : {std::pair("started", "completed"), std::pair("completed", "started"),
                                   std::pair("updated", "completed")}) {
    if (!from.ends_with(one)) continue;
    *kind = from.substr(0, from.size() - std::string_view(one).size()) + other;
    const std::size_t later = *line + random.below(draft.lines.size() - *line);
    insert_after(draft, later, *value);
    return true;
  }
  return false;
}

}  // namespace

const std::vector<Bend>& protocol_bends() {
  static const std::vector<Bend> bends = {
      {"valid-messages", 16, notify},
      {"valid-answer", 4, answer},
      {"counterpart", 4, complete},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
