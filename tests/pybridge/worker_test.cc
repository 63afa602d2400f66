// The worker with the real client, and what it says where it can't have it.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker_process.h"

namespace codex::pybridge {
namespace {

namespace fs = std::filesystem;
using json::Array;
using json::Object;
using json::Value;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::WorkerProcess;

// What `codex exec` writes.
constexpr const char* kLines =
    R"({"type":"thread.started","thread_id":"01a"}
{"type":"turn.started"}
{"type":"item.started","item":{"id":"item_0","type":"command_execution","command":"printf hi",)"
    R"("aggregated_output":"","exit_code":null,"status":"in_progress"}}
{"type":"item.completed","item":{"id":"item_0","type":"command_execution","command":"printf hi",)"
    R"("aggregated_output":"hi","exit_code":0,"status":"completed"}}
{"type":"item.completed","item":{"id":"item_1","type":"agent_message","text":"done \ud83d\ude00"}}
{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":2,"output_tokens":5}}
)";

std::string unavailable(WorkerProcess& worker) {
  const Value line = worker.next();
  EXPECT_EQ(worker.wait(), 3);
  const Value* why = line.get("unavailable");
  return why == nullptr ? "not unavailable: " + json::dump(line) : std::string(why->text());
}

class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "worker_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "lines") << kLines;
    log_ = (folder_ / "stderr").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Value driver() {
    std::ifstream file(std::string(CTD_SOURCE_DIR) + "/harness/data/driver_defaults.json");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    Value driver = *json::parse(text).value().get("exec");
    driver.object()->set("codex_tool", Value(Object{{"skip_git_repo_check", true}}));
    return driver;
  }
  std::string venv(const std::string& config) const {
    fs::create_directories(folder_ / "venv");
    std::ofstream(folder_ / "venv" / "pyvenv.cfg") << config;
    return (folder_ / "venv").string();
  }

  fs::path folder_;
  std::string log_;
};

// name and, for what differs from run to run in its ids and times only, a part that must not.
std::string essence(const Value& observation) {
  const Value& data = *observation.get("data");
  const auto lane = observation.get("lane")->text();
  std::string text(observation.get("name")->text());
  if (lane.starts_with("log/")) return text + " " + std::string(data.get("template")->text());
  if (!lane.starts_with("span/")) return text + " " + json::dump(data);
  const Value* exported = data.get("export");
  const Value* span_data = exported->get("span_data");
  return text + " " + json::dump(span_data == nullptr ? *exported->get("workflow_name")
                                                      : *span_data->get("type"));
}

TEST_F(WorkerTest, TheSameObservationsTwentyTimes) {
  WorkerProcess::Options options;
  options.subject = "agents";
  options.test_adapters = false;
  WorkerProcess worker(options);
  const Value ready = worker.next();
  ASSERT_NE(ready.get("ready"), nullptr)
      << json::dump(ready) << "\nthe environment .venv is needed: run scripts/setup";
  EXPECT_EQ(ready.get("ready")->get("name")->text(), "agents");
  EXPECT_EQ(ready.get("ready")->get("package")->text(), "openai-agents");
  EXPECT_EQ(ready.get("ready")->get("version")->text(), "0.24.0");
  EXPECT_THAT(std::string(ready.get("ready")->get("python")->text()), StartsWith("3."));

  const Value env(Object{{"LINES", (folder_ / "lines").string()}, {"PATH", "/usr/bin:/bin"}});
  std::map<std::string, std::vector<std::string>> first;
  for (int round = 0; round < 20; ++round) {
    auto lines = worker.run(Value(round), driver(), testing::test_file("fake_peer.sh"), env);
    const auto all = lines.rest();
    ASSERT_GT(all.size(), 10U);
    EXPECT_EQ(all.back(), Value(Object{{"end", true}}));
    EXPECT_EQ(all[all.size() - 2].get("lane")->text(), "outcome/run");
    EXPECT_EQ(all[all.size() - 2].get("name")->text(), "completed");
    std::map<std::string, std::vector<std::string>> lanes;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      lanes[std::string(all[i].get("lane")->text())].push_back(essence(all[i]));
    }
    if (round == 0) first = lanes;
    EXPECT_EQ(lanes, first) << "round " << round;
    EXPECT_EQ(*worker.next().get("session"), Value(round));
    EXPECT_EQ(worker.next().get("status")->as_int64(), 0);
    // No thread, no zombie.
    const auto tasks = "/proc/" + std::to_string(worker.pid()) + "/task";
    EXPECT_EQ(std::distance(fs::directory_iterator(tasks), {}), 1);
    EXPECT_THAT(testing::children_of(worker.pid()), IsEmpty());
  }
  std::vector<std::string> events;
  for (const auto& event : first["event/call:1"]) {
    events.push_back(event.substr(0, event.find(' ')));
  }
  EXPECT_EQ(events, (std::vector<std::string>{"codex.thread.start", "codex.turn.start",
                                              "codex.item.started", "codex.item.completed",
                                              "codex.item.completed", "codex.turn.completed"}));
  EXPECT_THAT(first["event/call:1"][4], HasSubstr("done \\ud83d\\ude00"));
  worker.close();
  EXPECT_EQ(worker.wait(), 0);
}

TEST_F(WorkerTest, AMissingEnvironmentIsUnavailable) {
  WorkerProcess::Options options;
  options.venv = (folder_ / "none").string();
  WorkerProcess worker(options);
  EXPECT_THAT(unavailable(worker),
              AllOf(StartsWith("there is no Python environment at " + options.venv + ";"),
                    HasSubstr("`scripts/setup`"),
                    HasSubstr(" -m venv " + options.venv + " && " + options.venv +
                              "/bin/python -m pip install --require-hashes "
                              "-r scripts/requirements.lock`")));
}

TEST_F(WorkerTest, AnEnvironmentOfAnotherPythonIsUnavailable) {
  WorkerProcess::Options options;
  options.venv = venv("home = /opt/python3.12/bin\nversion = 3.12.1\n"
                      "executable = /opt/python3.12/bin/python3.12\n");
  WorkerProcess worker(options);
  EXPECT_THAT(unavailable(worker),
              AllOf(StartsWith(options.venv + " was made by Python 3.12.1 "
                               "(/opt/python3.12/bin/python3.12); needed is an environment made "
                               "by Python 3."),
                    HasSubstr("`scripts/setup`"),
                    HasSubstr(" -m venv --clear " + options.venv + " && ")));
}

// Of the right Python, and without any package.
TEST_F(WorkerTest, AnEnvironmentWithoutTheClientIsUnavailable) {
  WorkerProcess::Options options;
  fs::create_directories(folder_ / "venv");
  fs::copy(testing::environment_folder() + "/pyvenv.cfg", folder_ / "venv" / "pyvenv.cfg");
  const auto lib = fs::path(testing::environment_folder()) / "lib";
  for (const auto& entry : fs::directory_iterator(lib)) {
    fs::create_directories(folder_ / "venv" / "lib" / entry.path().filename() / "site-packages");
  }
  fs::create_directories(folder_ / "venv" / "bin");
  fs::copy(testing::environment_folder() + "/bin/python", folder_ / "venv" / "bin" / "python");
  options.venv = (folder_ / "venv").string();
  options.subject = "agents";
  options.test_adapters = false;
  options.log = log_;
  WorkerProcess worker(options);
  EXPECT_THAT(unavailable(worker),
              AllOf(StartsWith("the client of `agents` could not be imported from " +
                               options.venv + " (ModuleNotFoundError: No module named 'agents')"),
                    HasSubstr("--clear")));
}

TEST_F(WorkerTest, AnAdapterWithoutItsClientIsUnavailable) {
  WorkerProcess::Options options;
  options.log = log_;
  options.subject = "missing";
  WorkerProcess missing(options);
  EXPECT_THAT(unavailable(missing), HasSubstr("No module named 'a_client_that_is_nowhere'"));
  options.subject = "uninstalled";
  WorkerProcess uninstalled(options);
  EXPECT_THAT(unavailable(uninstalled), HasSubstr("PackageNotFoundError"));
  options.subject = "no-such";
  WorkerProcess unknown(options);
  EXPECT_THAT(unavailable(unknown), HasSubstr("No module named 'no_such_subject'"));
}

TEST_F(WorkerTest, AClientThatStartsThreadsIsUnavailable) {
  WorkerProcess::Options options;
  options.subject = "threaded";
  WorkerProcess worker(options);
  EXPECT_THAT(unavailable(worker), HasSubstr("started threads (2 known to Python, 2 of the"));
}

TEST_F(WorkerTest, WrongArgumentsAreAnErrorOfUsage) {
  WorkerProcess::Options options;
  options.log = log_;
  options.subject = "../agents";
  WorkerProcess worker(options);
  EXPECT_EQ(worker.wait(), 2);
}

}  // namespace
}  // namespace codex::pybridge
