// What is made from the program's own option tree: scripts for shells, and the reference page.
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>
#include <string>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/option_tree.h"

namespace codex::cli {

void add_completion(CLI::App& app, Context& context) {
  auto kind = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "Print the completion script of a shell, or the reference page");
  command->footer(
      "Example: codex-telemetry-diff completion bash > ~/.local/share/bash-completion/completions/"
      "codex-telemetry-diff\n"
      "zsh: into a folder of $fpath, as _codex-telemetry-diff. fish: into\n"
      "~/.config/fish/completions/codex-telemetry-diff.fish. markdown: docs/commands.md.");
  command->add_option("SHELL", *kind, "For whom")
      ->type_name("")
      ->check(CLI::IsMember({"bash", "zsh", "fish", "markdown"}))
      ->required();
  command->callback([kind, &app, &context] {
    const std::vector<CommandNode> tree = option_tree(app);
    if (*kind == "bash") context.console.out << bash_completion(tree);
    if (*kind == "zsh") context.console.out << zsh_completion(tree);
    if (*kind == "fish") context.console.out << fish_completion(tree);
    if (*kind == "markdown") context.console.out << command_reference(tree);
    context.status = kParity;
  });
}

}  // namespace codex::cli
