#include "cli/usage_error.h"

#include <CLI/CLI.hpp>

#include <string_view>
#include <utility>

#include "cli/words.h"
#include "harness/model/nearest.h"

namespace codex::cli {
namespace {

// What people call it elsewhere, or try first.
constexpr std::pair<std::string_view, std::string_view> kOtherWords[] = {
    {"compare", "diff"},      {"list", "replay --list"}, {"ls", "replay --list"},
    {"proxy", "observe"},     {"rerun", "replay --since-last"},
    {"run", "replay"},        {"sessions", "replay --list"},
    {"tail", "observe"},      {"test", "replay"},        {"version", "--version"},
    {"watch", "observe"},
};

// As far as the words can be followed.
struct Followed {
  const CLI::App* command = nullptr;
  std::vector<const CLI::App*> above;  // its parents
  std::string path;                    // " golden list"
  std::string unknown_command;
  std::string unknown_option;
  bool positional_before = false;  // of the unknown option
};

const CLI::App* command_named(const CLI::App& app, const std::string& name) {
  for (const CLI::App* sub : app.get_subcommands({})) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

const CLI::Option* option_named(const Followed& followed, const std::string& name) {
  if (const CLI::Option* own = followed.command->get_option_no_throw(name)) return own;
  for (const CLI::App* parent : followed.above) {
    if (const CLI::Option* global = parent->get_option_no_throw(name)) return global;
  }
  return nullptr;
}

Followed follow(const CLI::App& app, const std::vector<std::string>& words) {
  Followed at;
  at.command = &app;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    if (word.size() > 1 && word[0] == '-') {
      const bool is_long = word[1] == '-';
      const std::size_t equals = word.find('=');
      const CLI::Option* option = option_named(at, is_long ? word.substr(0, equals) : word.substr(0, 2));
      if (option == nullptr) {
        at.unknown_option = is_long ? word.substr(0, equals) : word;
        break;
      }
      const bool has_value = is_long ? equals != std::string::npos : word.size() > 2;
      if (option->get_items_expected_max() > 0 && !has_value) ++i;
      continue;
    }
    if (at.command->get_subcommands({}).empty()) {
      at.positional_before = true;
      continue;
    }
    const CLI::App* next = command_named(*at.command, word);
    if (next == nullptr) {
      at.unknown_command = word;
      break;
    }
    at.above.push_back(at.command);
    at.command = next;
    at.path += " " + word;
  }
  return at;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

std::string no_such_command(const Followed& at) {
  const std::string start = "there is no command `" + at.unknown_command + "`: ";
  const std::vector<std::string> names = command_names(*at.command);
  if (at.above.empty()) {
    for (const auto& [word, meant] : kOtherWords) {
      if (word != at.unknown_command) continue;
      return start + "did you mean \"" + std::string(meant) + "\"? known: " + joined(names);
    }
    for (const CLI::App* sub : at.command->get_subcommands({})) {
      if (command_named(*sub, at.unknown_command) == nullptr) continue;
      return start + "did you mean \"" + sub->get_name() + " " + at.unknown_command + "\"? known: " +
             joined(names);
    }
  }
  return start + harness::known_names_hint(at.unknown_command, {names.begin(), names.end()});
}

std::string no_such_option(const Followed& at) {
  std::vector<std::string> names;
  std::vector<const CLI::App*> commands = at.above;
  commands.push_back(at.command);
  for (const CLI::App* command : commands) {
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_group().empty()) continue;
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  std::string text = (at.path.empty() ? "there is no option " : at.path.substr(1) + " has no option ") +
                     at.unknown_option;
  if (at.command->get_name() == "observe" && at.positional_before) {
    return text + ": the COMMAND and what belongs to it stand behind --, as in "
                  "codex-telemetry-diff observe -- codex exec --json 'say hi'";
  }
  const std::string_view meant =
      harness::nearest_name(at.unknown_option, {names.begin(), names.end()});
  return meant.empty() ? text : text + ": did you mean \"" + std::string(meant) + "\"?";
}

}  // namespace

UsageError usage_error(const CLI::App& app, const std::vector<std::string>& words,
                       const CLI::ParseError& error) {
  const Followed at = follow(app, words);
  UsageError wrong;
  wrong.help = "codex-telemetry-diff" + at.path + " --help";
  if (!at.unknown_command.empty()) {
    wrong.message = no_such_command(at);
  } else if (!at.unknown_option.empty()) {
    wrong.message = no_such_option(at);
  } else if (error.get_name() == "RequiredError" && !at.command->get_subcommands({}).empty()) {
    wrong.message = "a command is missing: " + joined(command_names(*at.command));
  } else {
    wrong.message = error.what();
  }
  return wrong;
}

std::vector<std::string> without_help_command(const CLI::App& app, std::vector<std::string> words) {
  if (words.empty() || words.front() != "help") return words;
  std::vector<std::string> rest(words.begin() + 1, words.end());
  if (!follow(app, rest).unknown_command.empty()) return rest;  // which gets its error
  rest.emplace_back("--help");
  return rest;
}

}  // namespace codex::cli
