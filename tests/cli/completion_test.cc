// `completion`: what the shells offer is what the program takes.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/option_tree.h"
#include "tests/support/cli_test.h"
#include "tests/support/live_program.h"

namespace codex::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

class CompletionTest : public test::CliTest {
 protected:
  std::string printed(const std::string& shell) const {
    const test::Finished finished = tool_.run({"completion", shell});
    EXPECT_EQ(finished.status, 0) << finished;
    EXPECT_EQ(finished.err, "");
    return finished.out;
  }
  // What bash offers at the end of these words.
  std::vector<std::string> offered(const std::vector<std::string>& words) const {
    folder_.write("completion.bash", printed("bash"));
    std::string line = "COMP_WORDS=('" + program("codex-telemetry-diff") + "'";
    for (const std::string& word : words) line += " '" + word + "'";
    line += "); COMP_CWORD=" + std::to_string(words.size()) +
            "; set -eu; . ./completion.bash; _codex_telemetry_diff; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const test::Ended ended = test::run_to_end({"bash", "-c", line}, folder_.path());
    EXPECT_EQ(ended.status, 0) << ended.err;
    std::istringstream lines(ended.out);
    std::vector<std::string> out;
    for (std::string each; std::getline(lines, each);) {
      if (!each.empty()) out.push_back(each);
    }
    return out;
  }
  // The long options that a command's --help shows.
  std::vector<std::string> options_of(std::vector<std::string> command) const {
    command.emplace_back("--help");
    const std::string help = tool_.run(command).out;
    std::vector<std::string> out;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t at = line.find("--");
      const bool option = line.starts_with("  -") && at != std::string::npos;
      if (option) out.push_back(line.substr(at, line.find_first_of(" =,", at) - at));
    }
    EXPECT_FALSE(out.empty());
    return out;
  }
};

TEST_F(CompletionTest, BashOffersCommandsOptionsAndValues) {
  EXPECT_THAT(offered({""}), IsSupersetOf({"replay", "golden", "observe", "doctor", "completion"}));
  EXPECT_THAT(offered({"obs"}), ElementsAre("observe"));
  EXPECT_THAT(offered({"golden", ""}), IsSupersetOf({"list", "update", "review"}));
  EXPECT_THAT(offered({"--color", "never", "golden", "up"}), ElementsAre("update"));
  EXPECT_THAT(offered({"--color", ""}), ElementsAre("auto", "always", "never"));
  EXPECT_THAT(offered({"observe", "--format", ""}), ElementsAre("text", "json"));
  EXPECT_THAT(offered({"replay", "--subject", "a"}), ElementsAre("agents"));
  EXPECT_THAT(offered({"replay", "--session", "echo"}), ElementsAre("echo", "echo-app-server"));
  EXPECT_THAT(offered({"observe", "--sh"}), ElementsAre("--shim")) << "what is hidden stays so";
  EXPECT_THAT(offered({"observe", "--", "codex", ""}), testing::IsEmpty());
  EXPECT_THAT(offered({"replay", ""}), testing::IsEmpty()) << "files are the shell's own";
}

TEST_F(CompletionTest, EveryOptionOfHelpIsOffered) {
  const std::string zsh = printed("zsh");
  const std::string fish = printed("fish");
  const std::string page = printed("markdown");
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"replay"}, {"observe"}, {"golden", "update"}, {"doctor"}}) {
    std::vector<std::string> words = command;
    words.emplace_back("-");
    const std::vector<std::string> bash = offered(words);
    for (const std::string& option : options_of(command)) {
      EXPECT_THAT(bash, Contains(option));
      EXPECT_THAT(zsh, HasSubstr("'" + option + ":"));
      EXPECT_THAT(fish, HasSubstr(" -l " + option.substr(2) + " "));
      EXPECT_THAT(option == "--help" ? option : page, HasSubstr(option));
    }
  }
  EXPECT_THAT(zsh + fish + page, Not(HasSubstr("shimmed")));
  EXPECT_THAT(zsh, HasSubstr("'golden update --session') compadd -- ${(f)\"$(${words[1]} replay --list -q"));
  EXPECT_THAT(fish, HasSubstr("-l session -x -a '(codex-telemetry-diff replay --list -q"));
}

TEST_F(CompletionTest, TheReferencePageIsTheProgramsOwn) {
  EXPECT_EQ(test::file_text(source("docs/commands.md")), printed("markdown"))
      << "build/codex-telemetry-diff completion markdown > docs/commands.md";
}

TEST(OptionTree, IsQuotedAsEachShellReadsIt) {
  CommandNode program;
  program.commands = {"new"};
  OptionNode kind;
  kind.long_name = "--kind";
  kind.short_name = "-k";
  kind.description = "Which | one";
  kind.choices = {"a", "b"};
  kind.takes_value = true;
  CommandNode command;
  command.path = {"new"};
  command.description = "Does it's thing: all";
  command.options = {kind};
  const std::vector<CommandNode> tree = {program, command};
  EXPECT_THAT(bash_completion(tree), HasSubstr("'new --kind') mapfile -t COMPREPLY < <(compgen -W 'a b'"));
  EXPECT_THAT(zsh_completion(tree), HasSubstr("'new:Does it'\\''s thing: all'"));
  EXPECT_THAT(fish_completion(tree), HasSubstr("-l kind -s k -x -a 'a b' -d 'Which | one'"));
  EXPECT_THAT(fish_completion(tree), HasSubstr("-a new -d 'Does it\\'s thing: all'"));
  EXPECT_THAT(command_reference(tree), HasSubstr("| `--kind`, `-k` | Which \\| one: `a`, `b` |"));
}

}  // namespace
}  // namespace codex::cli
