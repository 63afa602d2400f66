// The program's commands and options as they are declared, for what is made from them: completions
// and the reference page.
#ifndef CLI_OPTION_TREE_H_
#define CLI_OPTION_TREE_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace codex::cli {

struct OptionNode {
  std::string long_name;             // "--format"; empty of what is positional
  std::string short_name;            // "-o", or empty
  std::string positional;            // "PATH", or empty
  std::string description;
  std::string fallback;              // what holds where it is not given, if that is told
  std::vector<std::string> choices;  // of its value; empty: any
  bool takes_value = false;
};

struct CommandNode {
  std::vector<std::string> path;  // {"golden", "update"}; empty: the program itself
  std::string description;
  std::string footer;
  std::vector<OptionNode> options;
  std::vector<std::string> commands;  // names
};

// In the order of declaration, the program first, each before its own commands. What is hidden from
// --help is left out.
std::vector<CommandNode> option_tree(const CLI::App& app);

std::string bash_completion(const std::vector<CommandNode>& tree);
std::string zsh_completion(const std::vector<CommandNode>& tree);
std::string fish_completion(const std::vector<CommandNode>& tree);
// docs/commands.md
std::string command_reference(const std::vector<CommandNode>& tree);

}  // namespace codex::cli

#endif  // CLI_OPTION_TREE_H_
