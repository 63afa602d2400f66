#include "harness/proxy/exec_request.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/agent_run/codex_call.h"
#include "harness/proxy/codex_command.h"

namespace codex::harness {
namespace {

using json::Value;

constexpr const char* kPrompt = "Run the task.";  // for a client that has to ask something
// Stands for the file with a name at random that the client writes a schema to.
constexpr const char* kSchemaFile = "/codex-output-schema/schema.json";

// Each "--name value", "--name=value" and "-n value" before "--".
std::vector<std::pair<std::string, std::string>> options_of(
    const std::vector<std::string>& arguments) {
  std::vector<std::pair<std::string, std::string>> options;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-') continue;
    const std::size_t equals = word.find('=');
    if (word[1] == '-' && equals != std::string::npos) {
      options.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    } else if (takes_value(word) && i + 1 < arguments.size()) {
      options.emplace_back(word, arguments[++i]);
    } else {
      options.emplace_back(word, "");
    }
  }
  return options;
}

std::string without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// An override that the client makes of an option of its own; others it cannot ask for.
void set_override(std::string_view setting, json::Object& options) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view key = setting.substr(0, equals);
  const std::string value = without_quotes(setting.substr(equals + 1));
  if (key == "sandbox_workspace_write.network_access") {
    options.set("network_access_enabled", value == "true");
  } else if (key == "web_search") {
    options.set("web_search_mode", value);
  } else if (key == "model_reasoning_effort" || key == "approval_policy") {
    options.set(key, value);
  }
}

struct Asked {
  json::Object options;  // default_thread_options of codex_tool
  std::vector<std::string> images;
};

Asked asked_for(const std::vector<std::string>& arguments) {
  Asked asked;
  json::Array folders;
  for (const auto& [name, value] : options_of(arguments)) {
    if (name == "--model" || name == "-m") asked.options.set("model", value);
    if (name == "--sandbox" || name == "-s") asked.options.set("sandbox_mode", value);
    if (name == "--cd" || name == "-C") asked.options.set("working_directory", value);
    if (name == "--skip-git-repo-check") asked.options.set("skip_git_repo_check", true);
    if (name == "--add-dir") folders.emplace_back(value);
    if (name == "--config" || name == "-c") set_override(value, asked.options);
    if (name == "--image" || name == "-i") asked.images.push_back(value);
  }
  if (!folders.empty()) asked.options.set("additional_directories", std::move(folders));
  return asked;
}

// What stands after `exec`: a thread to go on with, and a prompt, where they are there.
struct Words {
  std::string thread;
  std::string prompt;
};

Words words_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::size_t index : plain_words(arguments)) words.push_back(arguments[index]);
  Words out;
  std::size_t next = words.empty() ? 0 : 1;
  if (next < words.size() && words[next] == "resume") {
    ++next;
    const bool named = std::find(arguments.begin(), arguments.end(), "--last") == arguments.end();
    if (named && next < words.size()) out.thread = words[next++];
  }
  if (next < words.size() && words[next] != "-") out.prompt = words[next];
  return out;
}

}  // namespace

std::string schema_file(const std::vector<std::string>& arguments) {
  for (const auto& [name, value] : options_of(arguments)) {
    if (name == "--output-schema") return value;
  }
  return "";
}

ExecRequest exec_request(const std::vector<std::string>& arguments,
                         const std::optional<std::string>& standard_input, const Value& schema) {
  Asked asked = asked_for(arguments);
  const Words words = words_of(arguments);
  std::string prompt = words.prompt.empty() ? standard_input.value_or("") : words.prompt;
  prompt = std::string(json::strip(prompt));
  if (prompt.empty() && asked.images.empty()) prompt = kPrompt;

  json::Array inputs;
  if (!prompt.empty()) inputs.push_back(json::Object{{"type", "text"}, {"text", prompt}});
  for (const std::string& image : asked.images) {
    inputs.push_back(json::Object{{"type", "local_image"}, {"path", image}});
  }
  json::Object call{{"inputs", std::move(inputs)}};
  if (!words.thread.empty()) call.set("thread_id", words.thread);

  json::Object tool;
  if (!asked.options.empty()) tool.set("default_thread_options", std::move(asked.options));
  if (schema.is_object()) tool.set("output_schema", schema);

  ExecRequest request;
  CodexToolState client{Value(tool), Value()};
  const auto started = client.start(json::dump(Value(call)), false);
  if (const auto* process = std::get_if<CodexProcess>(&started)) {
    request.argv = process->argv;
    request.standard_input = process->standard_input;
  }
  for (std::size_t i = 1; i < request.argv.size(); ++i) {
    if (request.argv[i - 1] == "--output-schema") request.argv[i] = kSchemaFile;
  }
  request.driver.append(
      "steps", json::Array{json::Object{{"calls", json::Array{json::Object{
                                                      {"call_id", "call_1"}, {"arguments", call}}}}},
                           json::Object{{"message", "done"}}});
  if (!tool.empty()) request.driver.append("codex_tool", std::move(tool));
  return request;
}

}  // namespace codex::harness
