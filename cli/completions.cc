// The option tree as the shells' completion scripts, and as a page.
#include "cli/option_tree.h"

#include <algorithm>
#include <string_view>

#include "cli/words.h"

namespace codex::cli {
namespace {

constexpr const char* kProgram = "codex-telemetry-diff";
constexpr std::string_view kSessionOption = "--session";
constexpr const char* kListSessions = " replay --list -q 2>/dev/null";

std::vector<std::string> names_of(const OptionNode& option) {
  std::vector<std::string> names;
  for (const std::string& name : {option.long_name, option.short_name}) {
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

// In single quotes, as sh, zsh and fish read them.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "'";
}

// zsh's _describe: what stands in front of a colon is the name.
std::string described(const std::string& name, const std::string& description) {
  std::string out;
  for (const char c : name) out += c == ':' ? std::string("\\:") : std::string(1, c);
  return quoted(out + ":" + description);
}

// sh code that follows the words to the command that they name, in `where`.
std::string walk(const std::vector<CommandNode>& tree, const std::string& word) {
  std::string code = "    case \"$where $" + word + "\" in\n      ";
  std::string cases;
  for (const CommandNode& node : tree) {
    if (node.path.empty()) continue;
    std::vector<std::string> above(node.path.begin(), node.path.end() - 1);
    const std::string pattern = quoted(joined(above, " ") + " " + node.path.back());
    cases += (cases.empty() ? "" : " | ") + pattern;
  }
  return code + cases + ")\n        where=\"${where:+$where }$" + word + "\" ;;\n    esac\n";
}

// Where the value is a session's name, the program itself is asked for those that there are.
std::string session_cases(const std::vector<CommandNode>& tree, const std::string& offer) {
  std::string out;
  for (const CommandNode& node : tree) {
    for (const OptionNode& option : node.options) {
      if (option.long_name != kSessionOption) continue;
      out += "    " + quoted(joined(node.path, " ") + " " + option.long_name) + ") " + offer + "; return ;;\n";
    }
  }
  return out;
}

// Each option with a limited value, as a case of "$where $previous".
std::string value_cases(const std::vector<CommandNode>& tree, const std::string& before,
                        const std::string& after) {
  std::string out;
  for (const CommandNode& node : tree) {
    for (const OptionNode& option : node.options) {
      if (option.choices.empty()) continue;
      for (const std::string& name : names_of(option)) {
        out += "    " + quoted(joined(node.path, " ") + " " + name) + ") " + before +
               joined(option.choices, " ") + after + "\n";
      }
    }
  }
  return out;
}

}  // namespace

std::string bash_completion(const std::vector<CommandNode>& tree) {
  std::string out = "# bash completion of " + std::string(kProgram) +
                    "; made by: " + kProgram + " completion bash\n" +
                    "_codex_telemetry_diff() {\n"
                    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "  local where= word options= commands=\n"
                    "  COMPREPLY=()\n"
                    "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                    "    [ \"$word\" != -- ] || return 0\n" +
                    walk(tree, "word") +
                    "  done\n  case \"$where $previous\" in\n" +
                    value_cases(tree, "mapfile -t COMPREPLY < <(compgen -W '", "' -- \"$current\"); return ;;") +
                    session_cases(tree, "mapfile -t COMPREPLY < <(compgen -W \"$(\"${COMP_WORDS[0]}\"" +
                                            std::string(kListSessions) + ")\" -- \"$current\")") +
                    "  esac\n  case $where in\n";
  for (const CommandNode& node : tree) {
    std::vector<std::string> names;
    for (const OptionNode& option : node.options) {
      for (const std::string& name : names_of(option)) names.push_back(name);
    }
    out += "    " + quoted(joined(node.path, " ")) + ") options='" + joined(names, " ") + "' commands='" +
           joined(node.commands, " ") + "' ;;\n";
  }
  return out +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
         "  elif [ -n \"$commands\" ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -o default -F _codex_telemetry_diff " +
         kProgram + "\n";
}

std::string zsh_completion(const std::vector<CommandNode>& tree) {
  std::string out = "#compdef " + std::string(kProgram) + "\n# made by: " + kProgram +
                    " completion zsh\n" +
                    "_codex_telemetry_diff() {\n"
                    "  local where= word previous=${words[CURRENT-1]}\n"
                    "  local -a options commands\n"
                    "  for word in ${words[2,CURRENT-1]}; do\n"
                    "    if [[ $word == -- ]]; then _normal; return; fi\n" +
                    walk(tree, "word") +
                    "  done\n  case \"$where $previous\" in\n" +
                    value_cases(tree, "compadd -- ", "; return ;;") +
                    session_cases(tree, "compadd -- ${(f)\"$(${words[1]}" + std::string(kListSessions) + ")\"}") +
                    "  esac\n  case $where in\n";
  for (const CommandNode& node : tree) {
    out += "    " + quoted(joined(node.path, " ")) + ")\n      options=(\n";
    for (const OptionNode& option : node.options) {
      for (const std::string& name : names_of(option)) {
        out += "        " + described(name, option.description) + "\n";
      }
    }
    out += "      )\n      commands=(\n";
    for (const CommandNode& below : tree) {
      const bool is_below = below.path.size() == node.path.size() + 1 &&
                            std::equal(node.path.begin(), node.path.end(), below.path.begin());
      if (is_below) out += "        " + described(below.path.back(), below.description) + "\n";
    }
    out += "      ) ;;\n";
  }
  return out +
         "  esac\n"
         "  if [[ ${words[CURRENT]} == -* ]]; then\n"
         "    _describe option options\n"
         "  elif (( ${#commands} )); then\n"
         "    _describe command commands\n"
         "  else\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "if [[ ${funcstack[1]} == _codex-telemetry-diff ]]; then\n"
         "  _codex_telemetry_diff \"$@\"\n"
         "else\n"
         "  compdef _codex_telemetry_diff " +
         kProgram + "\nfi\n";
}

std::string fish_completion(const std::vector<CommandNode>& tree) {
  std::string out = "# made by: " + std::string(kProgram) + " completion fish\n";
  for (const CommandNode& node : tree) {
    std::string seen;
    for (const std::string& name : node.path) {
      seen += (seen.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + name);
    }
    const std::string here = seen.empty() ? "__fish_use_subcommand" : seen;
    const std::string start = "complete -c " + std::string(kProgram) + " -n ";
    for (const OptionNode& option : node.options) {
      if (names_of(option).empty()) continue;
      out += start + fish_quoted(here);
      if (!option.long_name.empty()) out += " -l " + option.long_name.substr(2);
      if (!option.short_name.empty()) out += " -s " + option.short_name.substr(1);
      if (option.long_name == kSessionOption) {
        out += " -x -a " + fish_quoted("(" + std::string(kProgram) + kListSessions + ")");
      } else if (option.takes_value) {
        out += option.choices.empty() ? " -r" : " -x -a " + fish_quoted(joined(option.choices, " "));
      }
      out += " -d " + fish_quoted(option.description) + "\n";
    }
    if (node.commands.empty()) continue;
    const std::string none =
        seen.empty() ? here : seen + "; and not __fish_seen_subcommand_from " + joined(node.commands, " ");
    for (const CommandNode& below : tree) {
      const bool is_below = below.path.size() == node.path.size() + 1 &&
                            std::equal(node.path.begin(), node.path.end(), below.path.begin());
      if (!is_below) continue;
      out += start + fish_quoted(none) + " -f -a " + below.path.back() + " -d " +
             fish_quoted(below.description) + "\n";
    }
  }
  return out;
}

std::string command_reference(const std::vector<CommandNode>& tree) {
  std::string out =
      "# Commands\n\nMade from the program itself by `codex-telemetry-diff completion markdown`; a test "
      "compares.\nEvery command has `-h,--help`.\n";
  for (const CommandNode& node : tree) {
    const std::string name = joined(node.path, " ");
    out += "\n## `" + std::string(kProgram) + (name.empty() ? "" : " " + name) + "`\n\n" +
           node.description + "\n";
    std::string rows;
    for (const OptionNode& option : node.options) {
      if (option.long_name == "--help") continue;
      std::string shown = option.positional.empty() ? joined(names_of(option), "`, `") : option.positional;
      std::string text = option.description;
      if (!option.choices.empty()) text += ": `" + joined(option.choices, "`, `") + "`";
      if (!option.fallback.empty()) text += " (default: `" + option.fallback + "`)";
      std::string cell;
      for (const char c : text) cell += c == '|' ? std::string("\\|") : std::string(1, c);
      rows += "| `" + shown + "` | " + cell + " |\n";
    }
    if (!rows.empty()) out += "\n| | |\n|---|---|\n" + rows;
    if (!node.commands.empty()) out += "\nCommands: " + joined(node.commands, ", ") + ".\n";
    if (!node.footer.empty()) out += "\n```text\n" + node.footer + "\n```\n";
  }
  return out;
}

}  // namespace codex::cli
