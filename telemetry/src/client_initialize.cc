#include "client_initialize.h"

#include <string>
#include <string_view>
#include <utility>

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

const ClientType& optional_text() {
  static const ClientType& type = *[] {
    auto* text = new ClientType;
    text->kind = ClientType::Kind::kString;
    auto* made = new ClientType;
    made->kind = ClientType::Kind::kNullable;
    made->inner = text;
    return made;
  }();
  return type;
}

ClientType* model(std::string title, std::initializer_list<const char*> texts) {
  auto* made = new ClientType;
  made->kind = ClientType::Kind::kModel;
  made->title = std::move(title);
  for (const char* name : texts) made->fields.push_back({name, name, &optional_text(), false});
  return made;
}

// str.split(maxsplit=1) and what stands before and after
std::pair<std::string_view, std::string_view> split_user_agent(std::string_view raw) {
  raw = json::strip(raw);
  if (const std::size_t slash = raw.find('/'); slash != std::string_view::npos) {
    return {raw.substr(0, slash), raw.substr(slash + 1)};
  }
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const std::string_view rest = json::strip(raw.substr(at));
    if (rest.size() < raw.size() - at) return {raw.substr(0, at), rest};
  }
  return {raw, {}};
}

std::string_view stripped(const Value& object, std::string_view key) {
  const Value* value = object.get(key);
  return value == nullptr ? std::string_view() : json::strip(value->text());
}

}  // namespace

const ClientType& initialize_response_type() {
  static const ClientType& type = *[] {
    auto* server = new ClientType;
    server->kind = ClientType::Kind::kNullable;
    server->inner = model("ServerInfo", {"name", "version"});
    ClientType* made = model("InitializeResponse", {"userAgent", "platformFamily", "platformOs"});
    made->fields.insert(made->fields.begin(), {"serverInfo", "serverInfo", server, false});
    return made;
  }();
  return type;
}

std::variant<Value, ClientError> validated_initialize_metadata(Value response) {
  const std::string agent(stripped(response, "userAgent"));
  const Value* server = response.get("serverInfo");
  std::string name, version;
  if (server != nullptr) {
    name = stripped(*server, "name");
    version = stripped(*server, "version");
  }
  if ((name.empty() || version.empty()) && !agent.empty()) {
    const auto [agent_name, agent_version] = split_user_agent(agent);
    if (name.empty()) name = json::strip(agent_name);
    if (version.empty()) version = json::strip(agent_version);
  }
  if (agent.empty() || name.empty() || version.empty()) {
    const auto repr = [](const std::string& text) { return json::python_repr(Value(text)); };
    return ClientError{"RuntimeError",
                       "initialize response missing required metadata (user_agent=" + repr(agent) +
                           ", server_name=" + repr(name) + ", server_version=" + repr(version) +
                           ")"};
  }
  Object& object = *response.object();
  object.set("serverInfo", Object{{"name", name}, {"version", version}});
  // Fields are shown in the order of the model.
  Object ordered;
  for (const ClientType::Field& field : initialize_response_type().fields) {
    if (const Value* value = object.find(field.alias)) ordered.append(field.alias, *value);
  }
  return Value(std::move(ordered));
}

}  // namespace codex::telemetry
