// What reaches a terminal: colours only where one is meant, and never what a session said.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"
#include "tests/support/json_at.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::HasSubstr;
using testing::Not;

// ESC, an OSC that sets the title, bidirectional controls, C1 and other characters that act.
const std::string kEvil =
    "\x1b[31mred\x1b[0m \x1b]0;owned\x07 \xe2\x80\xae"
    "gnp.exe\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9 \xc2\x9b"
    "2J \x7f \x08 \xe2\x80\xa8 \rover";

// The first code point that acts on a terminal, or hides; 0 where there is none.
std::uint32_t first_unsafe(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    std::uint32_t point = byte;
    if (length > 1) {
      point = byte & (0xffu >> (length + 1));
      for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
        point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
      }
    }
    i += length;
    if (point == '\n') continue;
    const bool unsafe = point < 0x20 || (point >= 0x7f && point < 0xa0) ||
                        (point >= 0x200b && point <= 0x200f) ||
                        (point >= 0x2028 && point <= 0x202e) ||
                        (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
    if (unsafe) return point;
  }
  return 0;
}

class TerminalTest : public test::CliTest {
 protected:
  // A session in which everything that can hold text holds kEvil.
  static std::string evil_tape() {
    test::TapeEdit tape(test::file_text(CliTest::tape("failing-command")));
    json::Object title;
    title.append("title", kEvil);
    title.append("driver", json::Value(json::Object{{"agent", json::Object{{"name", kEvil}}},
                                                    {"prompt", kEvil}}));
    test::merge(tape.header, json::Value(std::move(title)));
    for (json::Value* call : tape.calls()) call->object()->set("call_id", kEvil);
    for (json::Value& line : tape.lines) {
      for (const char* place : {"/</item/command", "/</item/aggregated_output", "/</item/text",
                                "/</item/id", "/</thread_id"}) {
        if (json::Value* text = test::find_at(line, place)) *text = kEvil;
      }
    }
    tape.lines.push_back(test::parsed(R"({"<":{}})"));
    *test::find_at(tape.lines.back(), "/<") = json::Object{{"type", kEvil}, {kEvil, kEvil}};
    return tape.text();
  }
  std::vector<std::string> cpp(const std::string& tape, std::vector<std::string> more) const {
    more.insert(more.begin(), {"replay", tape, "--subject", "cpp"});
    return more;
  }
  void expect_harmless(const Finished& finished, const std::string& what) const {
    EXPECT_EQ(first_unsafe(finished.out), 0u)
        << what << " stdout: " << testing::PrintToString(finished.out);
    EXPECT_EQ(first_unsafe(finished.err), 0u)
        << what << " stderr: " << testing::PrintToString(finished.err);
  }
};

TEST_F(TerminalTest, TheCheckItselfFindsWhatActs) {
  EXPECT_EQ(first_unsafe("plain\nünï 🙂"), 0u);
  EXPECT_EQ(first_unsafe("a\x1b"), 0x1bu);
  EXPECT_EQ(first_unsafe("a\xe2\x80\xae"), 0x202eu);
  EXPECT_EQ(first_unsafe("a\xc2\x9b"), 0x9bu);
  EXPECT_EQ(first_unsafe("a\x7f"), 0x7fu);
}

TEST_F(TerminalTest, IsPlainWhereNothingIsATerminal) {
  const std::vector<std::string> replay = cpp(tape("echo"), {"--no-golden"});
  const Finished plain = tool_.run(replay);
  expect_harmless(plain, "no options");
  EXPECT_EQ(plain.err, "") << "progress in a pipe";
  std::vector<std::string> always = replay;
  always.insert(always.begin(), {"--color", "always"});
  EXPECT_THAT(tool_.run(always).out, HasSubstr("\x1b[")) << "or there is nothing to switch off";
  std::vector<std::string> never = replay;
  never.insert(never.begin(), {"--color", "never"});
  EXPECT_EQ(tool_.with("CLICOLOR_FORCE", "1").run(never).out, plain.out);
  EXPECT_EQ(tool_.with("NO_COLOR", "1").with("CLICOLOR_FORCE", "1").run(replay).out, plain.out);
  EXPECT_EQ(tool_.with("NO_COLOR", "1").run(always).out, tool_.run(always).out);
  EXPECT_EQ(tool_.with("CLICOLOR_FORCE", "1").run(replay).out, tool_.run(always).out);
  EXPECT_EQ(tool_.with("CLICOLOR_FORCE", "0").run(replay).out, plain.out);
}

TEST_F(TerminalTest, AReportInAFileIsPlain) {
  std::vector<std::string> replay = cpp(tape("echo"), {"--no-golden", "-o", path("report.txt")});
  replay.insert(replay.begin(), {"--color", "always"});
  tool_.run(replay);
  const std::string report = test::file_text(path("report.txt"));
  EXPECT_THAT(report, HasSubstr("golden-missing"));
  EXPECT_EQ(first_unsafe(report), 0u);
}

TEST_F(TerminalTest, WhatASessionSaysIsEscaped) {
  const std::string tape = folder_.write("evil.tape.jsonl", evil_tape());
  tool_.run(cpp(tape, {"--no-golden", "--transcripts", path("out")}));
  const std::string golden = test::as_golden(test::file_text(path("out/evil.cpp.jsonl")));
  EXPECT_EQ(first_unsafe(golden), 0u) << "a golden is read in a terminal too";
  folder_.write("goldens/evil.golden.jsonl",
                test::bent(golden, "event/call:1", "codex.item.completed", "/item/command",
                           json::Value("not" + kEvil)));
  for (const std::string format : {"text", "json", "jsonl", "junit", "markdown", "html"}) {
    const Finished finished = tool_.run(
        cpp(tape, {"--golden", path("goldens"), "--format", format, "--explain"}));
    EXPECT_EQ(finished.status, 1) << finished;
    expect_harmless(finished, format);
    // It is shown all the same.
    EXPECT_THAT(finished.out, HasSubstr("u001b[31mred")) << format;
    EXPECT_THAT(finished.out, HasSubstr("u202egnp.exe")) << format;
  }
  std::vector<std::string> verbose = cpp(tape, {"--golden", path("goldens")});
  verbose.insert(verbose.begin(), "-v");
  expect_harmless(tool_.run(verbose), "-v");
  const Finished diff =
      tool_.run({"diff", path("goldens/evil.golden.jsonl"), path("out/evil.cpp.jsonl")});
  EXPECT_EQ(diff.status, 1) << diff;
  EXPECT_THAT(diff.out, HasSubstr("u001b[31mred"));
  expect_harmless(diff, "diff");
  expect_harmless(tool_.run({"golden", "list", "--golden", path("goldens")}), "golden list");
}

TEST_F(TerminalTest, NamesOfFilesAreEscaped) {
  std::string name = kEvil;
  const std::string text = test::file_text(tape("echo"));
  folder_.write("tapes/" + name + "/" + name + ".tape.jsonl", text);
  for (const std::string format : {"text", "json", "jsonl", "junit", "markdown", "html"}) {
    const Finished finished =
        tool_.run(cpp(path("tapes"), {"--no-golden", "--format", format, "--explain"}));
    EXPECT_EQ(finished.status, 1) << finished;
    expect_harmless(finished, format);
    EXPECT_THAT(finished.out, HasSubstr("u001b[31mred")) << format;
  }
  folder_.write("broken/" + name + ".tape.jsonl", text + "no JSON " + kEvil + "\n");
  const Finished broken = tool_.run(cpp(path("broken"), {"--no-golden"}));
  EXPECT_EQ(broken.status, 2) << broken;
  EXPECT_THAT(broken.err, HasSubstr("u001b[31mred"));
  expect_harmless(broken, "a broken tape");
  folder_.write("goldens/" + name + ".golden.jsonl", "no golden\n");
  expect_harmless(tool_.run({"golden", "list", "--golden", path("goldens")}), "golden list");
  expect_harmless(tool_.run(cpp(path("tapes"), {"--golden", path("goldens")})), "--golden");
}

TEST_F(TerminalTest, WhatTheUserTypesIsEscaped) {
  const std::vector<std::vector<std::string>> calls = {
      {kEvil},
      {"replay", kEvil},
      {"replay", "--" + kEvil},
      {"replay", "--format", kEvil},
      {"replay", "--session", kEvil, tape("echo")},
      {"replay", tape("echo"), "--subject", "cpp", "--no-golden", "-o", path(kEvil + "/x")},
      {"replay", tape("echo"), "--python", kEvil, "--no-golden"},
      {"diff", kEvil, kEvil},
      {"golden", kEvil},
      {"golden", "list", "--golden", kEvil},
      {"doctor", "--python", kEvil}};
  for (const std::vector<std::string>& call : calls) {
    const Finished finished = tool_.run(call);
    EXPECT_NE(finished.status, 0) << finished;
    expect_harmless(finished, call[0] + (call.size() > 1 ? " " + call[1] : ""));
  }
}

}  // namespace
}  // namespace codex::cli
