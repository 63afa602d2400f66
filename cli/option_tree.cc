#include "cli/option_tree.h"

#include <CLI/CLI.hpp>

#include <string_view>

namespace codex::cli {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Checks tell what they allow behind the type's name: "TEXT:{text,json}", "WHEN:auto|always|never".
std::vector<std::string> choices_of(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open != std::string::npos && close != std::string::npos) {
    return split(std::string_view(type).substr(open + 1, close - open - 1), ',');
  }
  const std::size_t colon = type.find(':');
  if (colon != std::string::npos && type.find('|', colon) != std::string::npos) {
    return split(std::string_view(type).substr(colon + 1), '|');
  }
  return {};
}

OptionNode option_node(const CLI::Option& option) {
  OptionNode node;
  if (!option.get_lnames().empty()) node.long_name = "--" + option.get_lnames().front();
  if (!option.get_snames().empty()) node.short_name = "-" + option.get_snames().front();
  if (option.get_positional()) node.positional = option.get_name(true);
  node.description = option.get_description();
  node.fallback = option.get_default_str();
  node.takes_value = option.get_items_expected_max() > 0;
  if (node.takes_value) node.choices = choices_of(option.get_type_name());
  return node;
}

void add(const CLI::App& app, const std::vector<std::string>& path, std::vector<CommandNode>& tree) {
  CommandNode node;
  node.path = path;
  node.description = app.get_description();
  node.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) node.options.push_back(option_node(*option));
  }
  const std::vector<const CLI::App*> commands = app.get_subcommands({});
  for (const CLI::App* command : commands) node.commands.push_back(command->get_name());
  tree.push_back(std::move(node));
  for (const CLI::App* command : commands) {
    std::vector<std::string> below = path;
    below.push_back(command->get_name());
    add(*command, below, tree);
  }
}

}  // namespace

std::vector<CommandNode> option_tree(const CLI::App& app) {
  std::vector<CommandNode> tree;
  add(app, {}, tree);
  return tree;
}

}  // namespace codex::cli
