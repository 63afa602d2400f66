#include "harness/tape/driver.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/data_dir.h"
#include "harness/model/nearest.h"
#include "harness/tape/file.h"

namespace codex::harness {
namespace {

constexpr const char* kDefaultsFile = "harness/data/driver_defaults.json";

std::vector<std::string_view> keys_of(const json::Object& object) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object)
    keys.push_back(key);
  return keys;
}

bool is_merged(std::string_view key) {
  return key == "agent" || key == "model";
}

// The member, null where there is none.
const json::Value& member(const json::Value& object, std::string_view key) {
  static const json::Value null;
  const json::Value* value = object.get(key);
  return value == nullptr ? null : *value;
}

bool is_string_or_null(const json::Value& value) {
  return value.is_string() || value.is_null();
}

// Each check says what is wrong, or nothing.
std::string check_call(const json::Value& call, const std::string& where) {
  const json::Value* id = call.get("call_id");
  const json::Value* arguments = call.get("arguments");
  if (!call.is_object()) return where + " is not an object";
  if (id == nullptr) return where + " has no \"call_id\"";
  if (!id->is_string()) return where + ": \"call_id\" is not a string";
  if (arguments == nullptr) return where + " has no \"arguments\"";
  // A string is what the model wrote as it stands: arguments that are no JSON are told so.
  if (!arguments->is_object() && !arguments->is_string()) {
    return where + ": \"arguments\" is neither an object nor a string";
  }
  return {};
}

std::string check_step(const json::Value& step, const std::string& where) {
  if (!step.is_object()) return where + " is not an object";
  for (const auto& [key, value] : *step.object()) {
    if (key != "calls" && key != "message" && key != "usage") {
      return where + " has an unknown key \"" + key + "\"";
    }
  }
  const json::Value* calls = step.get("calls");
  const json::Value* message = step.get("message");
  const json::Value* usage = step.get("usage");
  if (calls == nullptr && message == nullptr) return where + " is neither calls nor a message";
  if (calls != nullptr && !calls->is_array()) return where + ": \"calls\" is not an array";
  if (message != nullptr && !message->is_string()) return where + ": \"message\" is not a string";
  if (usage != nullptr && !usage->is_object() && !usage->is_null()) {
    return where + ": \"usage\" is not an object";
  }
  if (calls == nullptr) return {};
  for (std::size_t i = 0; i < calls->array()->size(); ++i) {
    std::string wrong = check_call((*calls->array())[i], where + ", call " + std::to_string(i + 1));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string check_steps(const json::Value& steps) {
  if (!steps.is_array()) return "\"steps\" is not an array";
  for (std::size_t i = 0; i < steps.array()->size(); ++i) {
    std::string wrong = check_step((*steps.array())[i], "step " + std::to_string(i + 1));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string check_env(const json::Value& env) {
  if (!env.is_object()) return "\"env\" is not an object";
  for (const auto& [key, value] : *env.object()) {
    if (key.empty() || key.find('=') != std::string::npos || key.find('\0') != std::string::npos) {
      return "\"env\" has a name that no variable can have: " + json::dump(json::Value(key));
    }
    if (!value.is_string()) return "\"env\": \"" + key + "\" is not a string";
    if (value.text().find('\0') != std::string_view::npos) {
      return "\"env\": \"" + key + "\" holds a NUL";
    }
  }
  return {};
}

std::string check_failure_function(const json::Value& value) {
  if (value.is_null() || value.text() == "default") return {};
  const json::Value* text = value.get("text");
  if (text != nullptr && text->is_string()) return {};
  return "\"failure_error_function\" is none of \"default\", null and {\"text\":…}";
}

std::string check_exec(const json::Value& driver) {
  const json::Value& agent = member(driver, "agent");
  const json::Value& emit_traces = member(member(driver, "model"), "emit_traces");
  if (!member(agent, "name").is_string()) return "\"agent\": \"name\" is not a string";
  if (!is_string_or_null(member(agent, "instructions"))) {
    return "\"agent\": \"instructions\" is neither a string nor null";
  }
  if (emit_traces.boolean() == nullptr) return "\"model\": \"emit_traces\" is not true or false";
  for (const char* key : {"response_id", "message_id"}) {
    if (!member(member(driver, "model"), key).is_string()) {
      return "\"model\": \"" + std::string(key) + "\" is not a string";
    }
  }
  if (!member(driver, "prompt").is_string()) return "\"prompt\" is not a string";
  if (member(driver, "streamed").boolean() == nullptr) return "\"streamed\" is not true or false";
  if (!member(driver, "max_turns").as_int64()) return "\"max_turns\" is not an integer";
  for (const char* key : {"run_config", "codex_tool"}) {
    if (!member(driver, key).is_object()) return "\"" + std::string(key) + "\" is not an object";
  }
  std::string wrong = check_failure_function(member(driver, "failure_error_function"));
  if (wrong.empty()) wrong = check_steps(member(driver, "steps"));
  return wrong;
}

// What CodexConfig takes, less what is the harness's own: codex_bin, launch_args_override, env and
// cwd.
std::string check_config(const json::Value& config) {
  if (!config.is_object()) return "\"config\" is not an object";
  for (const auto& [key, value] : *config.object()) {
    if (key == "client_name" || key == "client_title" || key == "client_version") {
      if (!value.is_string()) return "\"config\": \"" + key + "\" is not a string";
    } else if (key == "experimental_api") {
      if (value.boolean() == nullptr) {
        return "\"config\": \"experimental_api\" is not true or false";
      }
    } else if (key == "config_overrides") {
      const json::Array* list = value.array();
      if (list == nullptr || !std::all_of(list->begin(), list->end(), [](const json::Value& each) {
            return each.is_string();
          })) {
        return "\"config\": \"config_overrides\" is not a list of strings";
      }
    } else {
      return "\"config\" has an unknown key \"" + key + "\"";
    }
  }
  return {};
}

std::string check_app_server(const json::Value& driver) {
  const json::Value& api = member(driver, "api");
  if (api.text() != "client" && api.text() != "codex" && api.text() != "async") {
    return "\"api\" is none of \"client\", \"codex\" and \"async\": " + json::dump(api);
  }
  return check_config(member(driver, "config"));
}

Error unknown_key(const std::string& where, std::string_view key, const json::Object& defaults) {
  return {.message = where + " has no key \"" + std::string(key) + "\"",
          .hint = known_names_hint(key, keys_of(defaults))};
}

Result<json::Value> merge(const json::Object& defaults, const json::Value& given) {
  json::Object merged = defaults;
  if (given.is_null()) return json::Value(std::move(merged));
  if (!given.is_object()) return Error{.message = "\"driver\" is not an object"};
  for (const auto& [key, value] : *given.object()) {
    json::Value* place = merged.find(key);
    if (place == nullptr) return unknown_key("the driver", key, defaults);
    if (!is_merged(key) || place->object() == nullptr) {
      *place = value;
      continue;
    }
    if (!value.is_object()) return Error{.message = "\"" + key + "\" is not an object"};
    for (const auto& [inner, inner_value] : *value.object()) {
      json::Value* inner_place = place->object()->find(inner);
      if (inner_place == nullptr) {
        return unknown_key("the driver's \"" + key + "\"", inner, *place->object());
      }
      *inner_place = inner_value;
    }
  }
  return json::Value(std::move(merged));
}

// The file belongs to the program: it is read once, and what is wrong with it is told every time.
const Result<json::Value>& all_defaults() {
  static const Result<json::Value> defaults = []() -> Result<json::Value> {
    const std::string path = data_file(kDefaultsFile);
    const Result<std::string> bytes = read_file(path);
    if (!bytes) return bytes.error();
    json::ParseResult parsed = json::parse(bytes.value());
    if (!parsed) return Error{.message = "not JSON: " + parsed.error().text(), .file = path};
    for (const char* transport : {"exec", "app-server"}) {
      const json::Value* section = parsed.value().get(transport);
      if (section == nullptr || !section->is_object()) {
        return Error{.message = "no \"" + std::string(transport) + "\" object", .file = path};
      }
    }
    return std::move(parsed.value());
  }();
  return defaults;
}

}  // namespace

Result<json::Value> complete_driver(const json::Value& given, Transport transport) {
  const Result<json::Value>& defaults = all_defaults();
  if (!defaults) return defaults.error();
  const bool is_exec = transport == Transport::kExec;
  Result<json::Value> driver =
      merge(*defaults.value().get(is_exec ? "exec" : "app-server")->object(), given);
  if (!driver) return driver;
  std::string wrong = check_env(member(driver.value(), "env"));
  if (wrong.empty()) {
    wrong = is_exec ? check_exec(driver.value()) : check_app_server(driver.value());
  }
  if (!wrong.empty()) return Error{.message = "the driver: " + wrong};
  return driver;
}

}  // namespace codex::harness
