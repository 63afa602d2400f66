// codex-telemetry-diff matrix, in a small project of its own with the real clients.
#include <filesystem>
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/sha256.h"
#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::file_text;
using test::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class MatrixTest : public test::CliTest {
 protected:
  MatrixTest() {
    for (const char* session : {"hello-app-server", "goal-app-server"}) add(session);
    folder_.write("project/matrix/areas.json", file_text(source("matrix/areas.json")));
    folder_.write("project/matrix/known_differences.jsonl", "");
  }
  void add(const std::string& session) const {
    folder_.write("project/harness/sessions/" + session + ".tape.jsonl", file_text(tape(session)));
    const std::string golden = "golden/transcripts/" + session + ".golden.jsonl";
    folder_.write("project/" + golden, file_text(source(golden)));
  }
  Finished matrix(std::vector<std::string> arguments, const std::string& python) const {
    arguments.insert(arguments.begin(), {"matrix", "--python", python});
    return tool_.in(path("project")).run(arguments);
  }
  std::string accepted() const { return path("project/matrix/accepted.json"); }
};

TEST_F(MatrixTest, WhatGoesIsNamedAndWhatComesIsSeen) {
  const Finished first = matrix({"--accept"}, venv());
  ASSERT_EQ(first.status, 0) << first;
  EXPECT_THAT(first.err, HasSubstr("accepted: "));
  const std::string text = file_text(accepted());
  EXPECT_THAT(text, HasSubstr("{\"id\":\"codex-sdk/response/thread/goal/set\",\"cells\":"
                              "{\"codex-sdk\":\"match\",\"cpp\":\"match\"}"));
  EXPECT_THAT(text, HasSubstr("{\"id\":\"agents/item/CommandExecutionItem\",\"cells\":"
                              "{\"agents\":\"not-exercised\",\"cpp\":\"not-exercised\"}"));

  // A client whose type lacks a field, and which knows one notification more.
  const test::VenvCopy bent(venv(), path("bent"), "openai_codex");
  bent.change("generated/v2_all.py",
              "    token_budget: Annotated[int | None, Field(alias=\"tokenBudget\")] = None\n"
              "    tokens_used: Annotated[int, Field(alias=\"tokensUsed\")]\n"
              "    updated_at: Annotated[int, Field(alias=\"updatedAt\")]\n",
              "    tokens_used: Annotated[int, Field(alias=\"tokensUsed\")]\n"
              "    updated_at: Annotated[int, Field(alias=\"updatedAt\")]\n");
  bent.change("generated/notification_registry.py",
              "    \"thread/goal/cleared\": ThreadGoalClearedNotification,\n",
              "    \"thread/goal/cleared\": ThreadGoalClearedNotification,\n"
              "    \"thread/goal/dreamt\": ThreadGoalClearedNotification,\n");
  const Finished changed = matrix({}, bent.path());
  EXPECT_EQ(changed.status, 1) << changed;
  EXPECT_THAT(changed.out,
              AllOf(HasSubstr("codex-sdk/type/ThreadGoal tokenBudget  match -> gone\n"),
                    HasSubstr("codex-sdk/notification/thread/goal/dreamt  absent -> not-exercised\n")));

  // Without the one tape in which a goal is set.
  fs::remove(path("project/harness/sessions/goal-app-server.tape.jsonl"));
  const Finished fewer = matrix({}, venv());
  EXPECT_EQ(fewer.status, 1) << fewer;
  EXPECT_THAT(fewer.out,
              AllOf(HasSubstr("matrix-regression"),
                    HasSubstr("codex-sdk/response/thread/goal/set  [cpp]  match -> not-exercised\n"),
                    HasSubstr("codex-sdk/type/ThreadGoal tokenBudget  [codex-sdk]  match -> "
                              "not-exercised\n")));
  EXPECT_EQ(file_text(accepted()), text) << "only --accept writes";
}

// One leaf less was masked when it was accepted.
TEST_F(MatrixTest, AMaskThatGrowsIsRed) {
  add("echo");
  ASSERT_EQ(matrix({"--accept"}, venv()).status, 0);
  const std::string text = file_text(accepted());
  std::smatch found;
  ASSERT_TRUE(std::regex_search(
      text, found, std::regex(R"(\{"session":"echo","leaves":\[(\d+),(\d+),)")));
  const std::string before = R"({"session":"echo","leaves":[)" +
                             std::to_string(std::stoi(found[1]) + 1) + "," +
                             std::to_string(std::stoi(found[2]) - 1) + ",";
  const std::string fewer = found.prefix().str() + before + found.suffix().str();
  const std::size_t body = fewer.find('\n') + 1;
  const std::size_t footer = fewer.rfind("\n{\"features\"") + 1;
  std::smatch last;
  const std::string end = fewer.substr(footer);
  ASSERT_TRUE(std::regex_search(end, last, std::regex("[0-9a-f]{64}")));
  folder_.write("project/matrix/accepted.json",
                fewer.substr(0, footer) + last.prefix().str() +
                    harness::sha256_hex(fewer.substr(body, footer - body)) + last.suffix().str());
  const Finished grown = matrix({}, venv());
  EXPECT_EQ(grown.status, 1) << grown;
  EXPECT_THAT(grown.out, AllOf(HasSubstr("matrix-regression"),
                               HasSubstr("session echo masked leaves")));
}

TEST_F(MatrixTest, APartOfTheCorpusIsNoGround) {
  const Finished part = matrix({"--session", "hello*", "--unexercised"}, venv());
  EXPECT_EQ(part.status, 0) << part;
  EXPECT_THAT(part.out, AllOf(HasSubstr("codex-sdk/notification/thread/goal/updated\n"),
                              HasSubstr("codex-sdk/item/UserMessageThreadItem  content/*{type=image}/url\n"),
                              Not(HasSubstr("codex-sdk/notification/turn/started\n"))));
  const Finished refused = matrix({"--session", "hello*", "--accept"}, venv());
  EXPECT_EQ(refused.status, 2) << refused;
  EXPECT_THAT(refused.err, HasSubstr("a part of the corpus is no ground"));
}

TEST_F(MatrixTest, TheInventorySaysWhereItWasReadAndWhatReachesIt) {
  const Finished one = matrix({"--feature", "*/response/thread/goal/set"}, venv());
  EXPECT_THAT(one.out, AllOf(HasSubstr("codex-sdk/response/thread/goal/set  cpp match"),
                             Not(HasSubstr("codex-sdk/response/thread/goal/clear"))));
  const Finished no_such = matrix({"--feature", "thread/goal/set"}, venv());
  EXPECT_EQ(no_such.status, 2) << no_such;
  EXPECT_THAT(no_such.err, HasSubstr("did you mean \"codex-sdk/response/thread/goal/set\"?"));
  const Finished inventory = matrix({"--inventory"}, venv());
  EXPECT_EQ(inventory.status, 0) << inventory;
  EXPECT_THAT(
      inventory.out,
      AllOf(HasSubstr("lifecycle  codex-sdk/type/ThreadGoal  cpp match  codex-sdk match\n"
                      "    type, openai_codex.generated.v2_all:ThreadGoal\n"
                      "    1 session: goal-app-server\n"
                      "    . createdAt  cpp match  codex-sdk match\n"),
            // Of agents there is no session; its code is read all the same.
            HasSubstr("logging  agents/log/DEBUG Running agent %s (turn %s)"),
            HasSubstr("switches  agents/switch/OPENAI_AGENTS_DONT_LOG_TOOL_DATA"),
            HasSubstr("agents/span/custom Codex command execution"),
            HasSubstr("agents/hook/on_tool_end"),
            HasSubstr("codex-sdk/server-request/item/fileChange/requestApproval")));
}

TEST_F(MatrixTest, AResultsFileThatIsNotThereIsAnError) {
  const Finished none = matrix({"--from", path("none")}, venv());
  EXPECT_EQ(none.status, 2) << none;
  EXPECT_THAT(none.err, AllOf(HasSubstr("none: there is no such file"), HasSubstr("nightly")));
  folder_.write("night/results.jsonl", "{}\n");
  const Finished cut = matrix({"--from", path("night")}, venv());
  EXPECT_EQ(cut.status, 2) << cut;
  EXPECT_THAT(cut.err, HasSubstr("night/results.jsonl:1"));
}

TEST_F(MatrixTest, UnderCiNothingIsAccepted) {
  const Finished refused =
      tool_.with("CI", "1").in(path("project")).run({"matrix", "--accept", "--python", venv()});
  EXPECT_EQ(refused.status, 2) << refused;
  EXPECT_FALSE(fs::exists(accepted()));
}

TEST_F(MatrixTest, AnAcceptedMatrixThatIsCutIsAnError) {
  folder_.write("project/matrix/accepted.json", "{\"matrix\":1,\"columns\":[]}\n");
  const Finished cut = matrix({}, venv());
  EXPECT_EQ(cut.status, 2) << cut;
  EXPECT_THAT(cut.err, AllOf(HasSubstr("accepted.json:1: the file is cut"), HasSubstr("--accept")));
}

TEST_F(MatrixTest, WithoutTheClientsTheMatrixIsUnavailable) {
  fs::create_directories(path("none"));
  const Finished without = matrix({"--unexercised"}, path("none"));
  EXPECT_EQ(without.status, 3) << without;
  EXPECT_THAT(without.err, AllOf(HasSubstr("what the client of `agents` declares could not be read"),
                                 HasSubstr("pyvenv.cfg")));
  EXPECT_THAT(without.err, HasSubstr("no parity: 2 unavailable"));
  EXPECT_EQ(matrix({"--accept"}, path("none")).status, 2);
  EXPECT_FALSE(fs::exists(accepted()));
}

}  // namespace
}  // namespace codex::cli
