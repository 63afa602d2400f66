// doctor says of everything that can be missing that it is, and how to mend it, and tells no secret.
// With the clients: outcomes_test.cc.
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/environment_checks.h"
#include "tests/support/cli_test.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// ---- variables ----

std::string told(const Variables& variables) {
  std::ostringstream out;
  const Console console{out, out};
  Checkup checkup(console);
  check_environment(variables, checkup);
  EXPECT_FALSE(checkup.anything_missing()) << "no variable stops a run";
  return out.str();
}

TEST(DoctorVariables, OfSecretsOnlyTheNameIsTold) {
  const Variables variables = {{"OPENAI_API_KEY", "sk-secret-1"},
                               {"OPENAI_BASE_URL", "https://user:secret-2@example.com"},
                               {"OPENAI_AGENTS_DISABLE_TRACING", "secret-3"},
                               {"CODEX_API_KEY", "secret-4"},
                               {"CODEX_TELEMETRY_DISABLED", "secret-5"},
                               {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret-6"},
                               {"NO_COLOR", "secret-7"},
                               {"CLICOLOR_FORCE", "secret-8"}};
  const std::string text = told(variables);
  EXPECT_THAT(text, Not(HasSubstr("secret")));
  for (const auto& [name, value] : variables) {
    if (name == "CODEX_TELEMETRY_DISABLED") continue;  // that is no way to switch it
    EXPECT_THAT(text, HasSubstr("variable " + name + ": set: ")) << value;
  }
}

TEST(DoctorVariables, PositionsOfSwitchesAreTold) {
  const std::string text = told({{"OPENAI_AGENTS_DISABLE_TRACING", "True"},
                                 {"OPENAI_AGENTS_DONT_LOG_TOOL_DATA", "0"},
                                 {"OTEL_SDK_DISABLED", "true"},
                                 {"CLICOLOR", "0"},
                                 {"NO_COLOR", ""},
                                 {"TERM", "dumb"}});
  EXPECT_THAT(text, AllOf(HasSubstr("variable OPENAI_AGENTS_DISABLE_TRACING: True: `observe`"),
                          HasSubstr("variable OPENAI_AGENTS_DONT_LOG_TOOL_DATA: 0: "),
                          HasSubstr("variable OTEL_SDK_DISABLED: true: "),
                          HasSubstr("variable CLICOLOR: 0: no colours where it is 0"),
                          HasSubstr("variable NO_COLOR: empty: no colours, unless it is empty"),
                          HasSubstr("variable TERM: dumb: no colours")));
}

TEST(DoctorVariables, WhatKeepsACommandFromItsWorkHasAMend) {
  EXPECT_THAT(told({{"CI", "true"}}), AllOf(HasSubstr("limited  variable CI: set: no golden"),
                                            HasSubstr("\n         mend: unset CI\n")));
  EXPECT_THAT(told({{"CI", "false"}}), Not(HasSubstr("CI")));
  EXPECT_THAT(told({{"CODEX_TELEMETRY_DISABLED", "TRUE"}}),
              AllOf(HasSubstr("limited  variable CODEX_TELEMETRY_DISABLED: true"),
                    HasSubstr("mend: unset CODEX_TELEMETRY_DISABLED\n")));
  EXPECT_THAT(told({{"SLURM_ARRAY_TASK_ID", "1"}}), HasSubstr("limited  shard: nightly stops: "));
  EXPECT_THAT(told({{"TEST_SHARD_INDEX", "1"}, {"TEST_TOTAL_SHARDS", "4"}}),
              HasSubstr("note     shard: nightly runs part 2/4 alone, as Bazel says"));
}

TEST(DoctorVariables, TheLocaleIsThatOfTheFirstThatIsSet) {
  EXPECT_THAT(told({{"LC_ALL", ""}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}}),
              HasSubstr("ok       locale: C.UTF-8 (LC_CTYPE)\n"));
  EXPECT_THAT(told({{"LC_ALL", "en_US.utf8"}}), HasSubstr("ok       locale: en_US.utf8 (LC_ALL)\n"));
  EXPECT_THAT(told({{"LANG", "de_DE.ISO-8859-1"}}),
              AllOf(HasSubstr("limited  locale: de_DE.ISO-8859-1 (LANG): a terminal gets ASCII, "
                              "é as \\u00e9; files are UTF-8\n"),
                    HasSubstr("mend: export LC_ALL=C.UTF-8\n")));
  // As the program itself takes it.
  EXPECT_THAT(told({{"LC_ALL", ""}}),
              AllOf(HasSubstr("note     locale: not set: a terminal is taken to show UTF-8\n"),
                    Not(HasSubstr("mend: export LC_ALL"))));
}

TEST(DoctorVariables, WhatNobodyLooksAtIsNotTold) {
  EXPECT_EQ(told({{"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}, {"OPENAPI", "1"}, {"SHELL", "sh"}}),
            "ok       locale: C.UTF-8 (LC_ALL)\nnote     variable TERM: xterm\n");
}

// ---- the tool ----

class DoctorTest : public test::CliTest {
 protected:
  Finished doctor(const std::string& python = "nowhere") const {
    return tool_.run({"doctor", "--python", python});
  }
  // A file that may be executed.
  void script(const std::string& name, const std::string& text) const {
    fs::permissions(folder_.write(name, "#!/bin/sh\n" + text), fs::perms::owner_all);
  }
};

// What follows a line, up to the next one that is no mend.
testing::Matcher<const std::string&> mended(const std::string& line, const std::string& mend) {
  return testing::ContainsRegex("\n" + line + "[^\n]*\n         mend: [^\n]*" + mend);
}

TEST_F(DoctorTest, WithoutClientsThreeAndEachHasAMend) {
  const Finished finished = doctor();
  EXPECT_EQ(finished.status, 3) << finished;
  EXPECT_EQ(finished.err, "");
  for (const char* what : {"environment with the clients", "subject agents", "subject codex-sdk"}) {
    EXPECT_THAT(finished.out, mended(std::string("missing  ") + what, "scripts/setup"));
  }
  EXPECT_THAT(finished.out, mended("limited  codex binary", "scripts/setup"));
  EXPECT_THAT(finished.out, AllOf(HasSubstr("\nok       rules: "), HasSubstr("\nok       matrix: "),
                                  HasSubstr("\nok       temporary folder: ")));
}

TEST_F(DoctorTest, SecretsAreNotTold) {
  const Finished finished = tool_.with("OPENAI_API_KEY", "sk-proj-0123456789abcdef")
                                .with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer abcdef")
                                .run({"doctor", "--python", "nowhere"});
  EXPECT_THAT(finished.out, AllOf(HasSubstr("variable OPENAI_API_KEY: set"),
                                  HasSubstr("variable OTEL_EXPORTER_OTLP_HEADERS: set")));
  EXPECT_THAT(finished.out + finished.err, Not(HasSubstr("abcdef")));
}

TEST_F(DoctorTest, AnInterpreterThatIsGoneIsMissing) {
  folder_.write("venv/pyvenv.cfg", "home = /nowhere\nversion = 3.11.2\n");
  EXPECT_THAT(doctor("venv").out, mended("missing  its interpreter: venv/bin/python", "scripts/setup"));
  script("venv/bin/python", "");
  EXPECT_THAT(doctor("venv").out,
              HasSubstr("\nok       its interpreter: venv/bin/python, 3.11.2\n"));
}

TEST_F(DoctorTest, ACodexThatDoesNotRunIsTold) {
  const std::string codex = "venv/lib/python3/site-packages/codex_cli_bin/bin/codex";
  script(codex, "exit 5\n");
  EXPECT_THAT(doctor("venv").out, mended("limited  codex binary[^\n]*ended with status 5", "setup"));
  script(codex, "[ \"$1\" = --version ]\n");
  EXPECT_THAT(doctor("venv").out, HasSubstr("\nok       codex binary, for recording: " + codex));
}

TEST_F(DoctorTest, ProgramsThatAreNotThereOrMayNotRunAreMissing) {
  const test::Tool here = installed({"codex-telemetry-diff", "codex-telemetry-peer"});
  fs::permissions(path("installed/bin/codex-telemetry-peer"), fs::perms::owner_read);
  const Finished finished = here.run({"doctor", "--python", "nowhere"});
  EXPECT_EQ(finished.status, 3) << finished;
  EXPECT_THAT(finished.out, mended("missing  codex-telemetry-peer", "chmod \\+x "));
  EXPECT_THAT(finished.out, mended("missing  codex-telemetry-cpp-worker", "scripts/setup"));
}

TEST_F(DoctorTest, DataThatIsNotThereIsMissing) {
  fs::create_directories(path("empty"));
  const Finished finished =
      tool_.with("CODEX_TELEMETRY_DATA_DIR", path("empty")).run({"doctor", "--python", "nowhere"});
  EXPECT_EQ(finished.status, 3) << finished;
  EXPECT_THAT(finished.out, mended("missing  rules", ""));
  EXPECT_THAT(finished.out, HasSubstr("variable CODEX_TELEMETRY_DATA_DIR: " + path("empty")));
}

TEST_F(DoctorTest, FoldersThatCannotBeWrittenToAreTold) {
  EXPECT_THAT(tool_.with("TMPDIR", path("nowhere")).run({"doctor", "--python", "nowhere"}).out,
              mended("missing  temporary folder: " + path("nowhere"), "unset TMPDIR"));
  fs::create_directories(path("golden/transcripts"));
  EXPECT_THAT(doctor().out, AllOf(HasSubstr("\nok       folder of goldens: golden/transcripts\n"),
                                  HasSubstr("\nok       state of the project: ")));
  // The superuser may write everywhere, so somebody else asks.
  const test::Tool here = installed({"codex-telemetry-diff"});
  for (const char* folder : {"", "golden", "golden/transcripts", "installed", "installed/bin"}) {
    fs::permissions(path(folder), fs::perms(0555));
  }
  std::vector<std::string> argv = {path("installed/bin/codex-telemetry-diff"), "doctor", "--python",
                                   "nowhere"};
  if (::geteuid() == 0) {
    argv.insert(argv.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--clear-groups"});
  }
  const Finished finished = test::run_program(
      {.argv = argv, .environment = {"PATH=/usr/bin:/bin", "HOME=" + path("")}, .folder = path("")});
  for (const char* folder : {"", "installed", "golden", "golden/transcripts", "installed/bin"}) {
    fs::permissions(path(folder), fs::perms(0755));  // so that it can be removed
  }
  for (const char* what : {"folder of goldens", "state of the project", "folder to record in"}) {
    EXPECT_THAT(finished.out, mended(std::string("limited  ") + what, "chmod -R u\\+rwX")) << finished;
  }
}

}  // namespace
}  // namespace codex::cli
