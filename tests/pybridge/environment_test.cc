#include "pybridge/environment.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace codex::pybridge {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "environment_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    fs::create_directories(root_ / "usr" / "bin");
    std::ofstream(root_ / "usr" / "bin" / "python3.11") << "#!/bin/sh\n";
    fs::permissions(root_ / "usr" / "bin" / "python3.11", fs::perms::owner_all);
    fs::create_symlink("python3.11", root_ / "usr" / "bin" / "python3");
    python_ = {"3.11.2", (root_ / "usr" / "bin" / "python3").string()};
    venv_ = (root_ / "venv").string();
    fs::create_directories(root_ / "venv" / "bin");
    fs::create_directories(root_ / "venv" / "lib" / "python3.11" / "site-packages");
    fs::create_symlink(python_.executable, root_ / "venv" / "bin" / "python");
  }
  void TearDown() override { fs::remove_all(root_); }

  void config(const std::string& text) const {
    std::ofstream(root_ / "venv" / "pyvenv.cfg") << text;
  }
  std::string usual_config() const {
    return "home = " + bin() + "\ninclude-system-site-packages = false\nversion = 3.11.2\n" +
           "executable = " + bin() + "/python3.11\n";
  }
  std::string bin() const { return (root_ / "usr" / "bin").string(); }
  std::string problem() const { return environment_problem(venv_, python_).value_or(""); }
  std::string clear_command() const {
    return "make it with `scripts/setup`, or with `" + python_.executable + " -m venv --clear " +
           venv_ + " && " + venv_ +
           "/bin/python -m pip install --require-hashes -r scripts/requirements.lock`";
  }

  fs::path root_;
  PythonBuild python_;
  std::string venv_;
};

TEST_F(EnvironmentTest, TakesWhatTheVenvModuleWrites) {
  config(usual_config());
  EXPECT_EQ(problem(), "");
}

TEST_F(EnvironmentTest, TakesOldAndForeignSpellings) {
  config("HOME=" + bin() + "\r\nversion_info = 3.11.2.final.0\r\nnot a setting\r\n");
  EXPECT_EQ(problem(), "");
  config("home = " + bin() + "\nversion = 3.11.2\nbase-executable = " + bin() + "/python3\n");
  EXPECT_EQ(problem(), "");
}

TEST_F(EnvironmentTest, NamesTheCommandForAMissingOne) {
  fs::remove_all(venv_);
  EXPECT_EQ(problem(), "there is no Python environment at " + venv_ +
                           "; needed is an environment made by Python 3.11.2 (" +
                           python_.executable + "), which is the Python embedded here; make it " +
                           "with `scripts/setup`, or with `" + python_.executable + " -m venv " +
                           venv_ + " && " + venv_ + "/bin/python -m pip install " +
                           "--require-hashes -r scripts/requirements.lock`");
}

TEST_F(EnvironmentTest, NamesFoundNeededAndCommandForAnotherVersion) {
  config("home = /opt/python/bin\nversion = 3.12.4\nexecutable = /opt/python/bin/python3.12\n");
  EXPECT_EQ(problem(), venv_ + " was made by Python 3.12.4 (/opt/python/bin/python3.12); needed " +
                           "is an environment made by Python 3.11.2 (" + python_.executable +
                           "), which is the Python embedded here; " + clear_command());
}

TEST_F(EnvironmentTest, TellsPatchVersionsApart) {
  config("home = " + bin() + "\nversion = 3.11.20\n");
  EXPECT_THAT(problem(), StartsWith(venv_ + " was made by Python 3.11.20 (" + bin() + ");"));
  config("home = " + bin() + "\nversion = 3.11.7\nexecutable = " + bin() + "/python3.11\n");
  EXPECT_THAT(problem(), StartsWith(venv_ + " was made by Python 3.11.7 ("));
}

TEST_F(EnvironmentTest, TellsBuildsOfOneVersionApart) {
  config("home = /opt/other/bin\nversion = 3.11.2\n");
  EXPECT_THAT(problem(), HasSubstr("was made by Python 3.11.2 (/opt/other/bin);"));
  config("home = " + bin() + "\nversion = 3.11.2\nexecutable = /opt/other/bin/python3.11\n");
  EXPECT_THAT(problem(), HasSubstr("was made by Python 3.11.2 (/opt/other/bin/python3.11);"));
}

TEST_F(EnvironmentTest, SaysWhatAnIncompleteOneLacks) {
  EXPECT_THAT(problem(), HasSubstr("has no readable pyvenv.cfg"));
  config("home = " + bin() + "\n");
  EXPECT_THAT(problem(), HasSubstr("its pyvenv.cfg names no version"));
  config("version = 3.11.2\n");
  EXPECT_THAT(problem(), HasSubstr("its pyvenv.cfg names no home"));
  config(usual_config());
  fs::remove_all(root_ / "venv" / "lib");
  EXPECT_THAT(problem(), HasSubstr("lib/python3.11/site-packages is missing"));
  fs::remove(root_ / "venv" / "bin" / "python");
  fs::create_symlink("/nowhere/python3", root_ / "venv" / "bin" / "python");
  EXPECT_THAT(problem(), HasSubstr("bin/python is missing or leads nowhere"));
  EXPECT_THAT(problem(), HasSubstr(clear_command()));
}

TEST_F(EnvironmentTest, QuotesPathsInTheCommand) {
  EXPECT_THAT(
      mending_command("/it's here", {"3.11.2", "/usr/bin/python3"}),
      HasSubstr("`/usr/bin/python3 -m venv '/it'\\''s here' && '/it'\\''s here/bin/python' "));
}

TEST(EmbeddedPythonTest, IsTheOneItWasBuiltWith) {
  EXPECT_EQ(embedded_python_problem().value_or(""), "");
  EXPECT_EQ(embedded_python().version.find_first_not_of("0123456789.+abrc"), std::string::npos);
}

}  // namespace
}  // namespace codex::pybridge
