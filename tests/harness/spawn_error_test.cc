// Which arguments Python can start a process with: the texts are those of CPython 3.11, from
//   subprocess.run(["true", ARGUMENT])
#include "harness/agent_run/spawn_error.h"

#include <gtest/gtest.h>

#include "tests/support/json_at.h"

namespace codex::harness {
namespace {

std::string told(const char* json_text) {
  const auto error = spawn_error(test::parsed(json_text));
  return error ? error->type + ": " + error->text : "";
}

TEST(SpawnError, IsWhatPythonRaises) {
  EXPECT_EQ(told(R"("thread-1 é😀")"), "");
  EXPECT_EQ(told(R"("")"), "");
  EXPECT_EQ(told(R"("a\u0000b")"), "ValueError: embedded null byte");
  EXPECT_EQ(told("17"), "TypeError: expected str, bytes or os.PathLike object, not int");
  EXPECT_EQ(told("true"), "TypeError: expected str, bytes or os.PathLike object, not bool");
  EXPECT_EQ(told("[]"), "TypeError: expected str, bytes or os.PathLike object, not list");
  EXPECT_EQ(told(R"("é-\ud800")"), "UnicodeEncodeError: 'utf-8' codec can't encode character "
                                   "'\\ud800' in position 2: surrogates not allowed");
  EXPECT_EQ(told(R"("\ud801\udfffx")"), "");
  EXPECT_EQ(told(R"("x\udfff\ud801")"), "UnicodeEncodeError: 'utf-8' codec can't encode "
                                        "characters in position 1-2: surrogates not allowed");
  EXPECT_EQ(told(R"("\udc80\udcff")"), "");
  EXPECT_EQ(told(R"("\udc80\ud800")"), "UnicodeEncodeError: 'utf-8' codec can't encode character "
                                       "'\\ud800' in position 1: surrogates not allowed");
  EXPECT_EQ(told(R"("\ud800\u0000")"), "UnicodeEncodeError: 'utf-8' codec can't encode character "
                                       "'\\ud800' in position 0: surrogates not allowed");
}

}  // namespace
}  // namespace codex::harness
