#include "harness/normalize/wire_ids.h"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::harness {
namespace {

// One for each transport: takes what a JSON message of the wire names. `from_codex` tells the
// direction.
using Collect = void (*)(const json::Value& message, bool from_codex, Identities& identities);

void collect_exec(const json::Value& message, bool from_codex, Identities& identities) {
  const json::Value* type = message.get("type");
  const json::Value* id = message.get("thread_id");
  if (!from_codex || type == nullptr || id == nullptr || type->text() != "thread.started") return;
  identities.add("thread", id->text());
}

struct Naming {
  std::string_view kind;
  std::string_view id_key;  // the id itself
  std::string_view object;  // an object with an `id`
  std::string_view list;    // a list of such objects
};
constexpr std::array<Naming, 3> kNamings = {{
    {"thread", "threadId", "thread", "threads"},
    {"turn", "turnId", "turn", "turns"},
    {"item", "itemId", "item", "items"},
}};

void add_id_of(const json::Value& object, std::string_view kind, Identities& identities) {
  const json::Value* id = object.get("id");
  if (id != nullptr) identities.add(kind, id->text());
}

void collect_named(const json::Value& value, Identities& identities) {
  if (const json::Array* array = value.array()) {
    for (const json::Value& element : *array) collect_named(element, identities);
    return;
  }
  if (!value.is_object()) return;
  for (const auto& [key, member] : *value.object()) {
    for (const Naming& naming : kNamings) {
      if (key == naming.id_key) identities.add(naming.kind, member.text());
      if (key == naming.object) add_id_of(member, naming.kind, identities);
      if (key != naming.list || !member.is_array()) continue;
      for (const json::Value& element : *member.array()) {
        add_id_of(element, naming.kind, identities);
      }
    }
    collect_named(member, identities);
  }
}

void collect_app_server(const json::Value& message, bool from_codex, Identities& identities) {
  // The ids of a client's requests are its own, another in every run: they are no wire's.
  if (from_codex && message.get("method") != nullptr) add_id_of(message, "request", identities);
  collect_named(message, identities);
}

// Bytes come in any pieces; a line ends with its LF or with the tape.
class Lines {
 public:
  using OnLine = std::function<void(std::string_view line)>;
  void feed(std::size_t process, std::string_view bytes, const OnLine& on_line) {
    std::string& pending = pending_[process];
    pending.append(bytes);
    std::size_t start = 0;
    for (std::size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1) {
      on_line(std::string_view(pending).substr(start, end - start));
    }
    pending.erase(0, start);
  }
  void finish(const OnLine& on_line) {
    for (const auto& [process, rest] : pending_) on_line(rest);
    pending_.clear();
  }

 private:
  std::map<std::size_t, std::string> pending_;
};

}  // namespace

Identities wire_identities(const Tape& tape) {
  const Collect collect = tape.transport == Transport::kExec ? collect_exec : collect_app_server;
  Identities identities;
  Lines lines;
  const Lines::OnLine on_line = [&](std::string_view line) {
    const json::ParseResult parsed = json::parse(line);
    if (parsed) collect(parsed.value(), true, identities);
  };
  for (const Entry& entry : tape.entries) {
    if (const auto* out = std::get_if<FromCodex>(&entry.what)) {
      lines.feed(entry.process, out->bytes, on_line);
    } else if (const auto* in = std::get_if<ToCodex>(&entry.what)) {
      collect(in->message, false, identities);
    }
  }
  lines.finish(on_line);
  return identities;
}

}  // namespace codex::harness
