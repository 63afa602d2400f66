// A test that runs the real tool, each in a temporary folder of its own.
#ifndef TESTS_SUPPORT_CLI_TEST_H_
#define TESTS_SUPPORT_CLI_TEST_H_

#include <filesystem>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/cli_report.h"
#include "tests/support/cli_runner.h"
#include "tests/support/tape_edit.h"
#include "tests/support/temp_folder.h"

namespace codex::test {

// Inline, for only the programs of the tests know where things are.
class CliTest : public testing::Test {
 protected:
  // "harness/sessions/echo.tape.jsonl" of this repository.
  static std::string source(const std::string& path) { return CTD_SOURCE_DIR "/" + path; }
  static std::string program(const std::string& name) { return CTD_BIN_DIR "/" + name; }
  static std::string tape(const std::string& session) {
    return source("harness/sessions/" + session + ".tape.jsonl");
  }
  static std::string venv() { return source(".venv"); }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  // The tool as it would be installed in path("installed"), with no programs but these.
  Tool installed(std::initializer_list<std::string> programs) const {
    namespace fs = std::filesystem;
    fs::create_directories(path("installed/bin"));
    fs::create_directories(path("installed/share"));
    fs::create_symlink(source(""), path("installed/share/codex-telemetry-diff"));
    for (const std::string& name : programs) fs::copy(program(name), path("installed/bin/" + name));
    // What a client is driven by stands beside the programs.
    if (fs::exists(program("python"))) {
      fs::create_symlink(fs::canonical(program("python")), path("installed/bin/python"));
    }
    return Tool(path("installed/bin/codex-telemetry-diff"), folder_.path());
  }

  const TempFolder folder_;
  const Tool tool_{program("codex-telemetry-diff"), folder_.path()};
};

}  // namespace codex::test

#endif  // TESTS_SUPPORT_CLI_TEST_H_
