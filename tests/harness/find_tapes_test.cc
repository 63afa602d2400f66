#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/tape/tape.h"
#include "tests/support/temp_folder.h"

namespace codex::harness {
namespace {

std::vector<std::string> names(const Result<std::vector<TapeFile>>& found) {
  std::vector<std::string> names;
  EXPECT_TRUE(found.ok()) << found.error().text();
  if (!found.ok()) return names;
  for (const TapeFile& file : found.value())
    names.push_back(session_name(file.path, file.root));
  return names;
}

TEST(SessionName, IsThePathUnderTheRootLessTheSuffix) {
  EXPECT_EQ(session_name("s/a.tape.jsonl", "s"), "a");
  EXPECT_EQ(session_name("s/odd/a.exec.jsonl", "s"), "odd/a");
  EXPECT_EQ(session_name("s/odd/a.jsonl", "s/"), "odd/a");
  EXPECT_EQ(session_name("./s//odd/a.jsonl", "s"), "odd/a");
  EXPECT_EQ(session_name("s/a.log", "s"), "a.log");
  EXPECT_EQ(session_name("s/a.tape.jsonl", ""), "a");
  EXPECT_EQ(session_name("a.tape.jsonl", ""), "a");
  EXPECT_EQ(session_name("other/a.tape.jsonl", "s"), "a");
  EXPECT_EQ(session_name("s/.jsonl", "s"), ".jsonl");
}

TEST(FindTapes, SearchesFoldersAndSortsByName) {
  const test::TempFolder folder;
  folder.write("b.tape.jsonl", "");
  folder.write("odd/a.exec.jsonl", "");
  folder.write("a.jsonl", "");
  folder.write("notes.md", "");
  folder.write(".hidden/c.tape.jsonl", "");
  folder.write("odd/.d.tape.jsonl", "");
  EXPECT_EQ(names(find_tapes({folder.path()})), (std::vector<std::string>{"a", "b", "odd/a"}));
}

TEST(FindTapes, TakesFilesOfAnyName) {
  const test::TempFolder folder;
  const std::string log = folder.write("odd/run.log", "");
  EXPECT_EQ(names(find_tapes({log})), (std::vector<std::string>{"run.log"}));
}

TEST(FindTapes, AFileNamedTwiceIsOneTape) {
  const test::TempFolder folder;
  const std::string a = folder.write("a.tape.jsonl", "");
  EXPECT_EQ(names(find_tapes({folder.path(), a, folder.path() + "/./a.tape.jsonl"})),
            (std::vector<std::string>{"a"}));
}

TEST(FindTapes, TwoFilesOfOneNameAreAnError) {
  const test::TempFolder folder;
  const std::string one = folder.write("a.exec.jsonl", "");
  const std::string two = folder.write("a.tape.jsonl", "");
  const auto found = find_tapes({folder.path()});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().text(), "two tapes have the session name \"a\": " + one + " and " + two +
                                      " (rename one, or give a folder that holds both)");
}

TEST(FindTapes, NothingFoundIsAnError) {
  const test::TempFolder folder;
  EXPECT_EQ(find_tapes({}).error().text(), "no tapes were given");
  EXPECT_EQ(find_tapes({folder.path()}).error().text(),
            folder.path() +
                ": no tapes in this folder (tapes are *.tape.jsonl, *.exec.jsonl or *.jsonl)");
  const std::string missing = folder.path() + "/none";
  EXPECT_EQ(find_tapes({missing}).error().text(), missing + ": there is no such file or folder");
}

TEST(FindTapes, TheCorpusCanBeRead) {
  const auto found = find_tapes({CTD_SOURCE_DIR "/harness/sessions"});
  ASSERT_TRUE(found.ok()) << found.error().text();
  for (const TapeFile& file : found.value()) {
    const Result<Tape> tape = read_tape(file.path, file.root);
    EXPECT_TRUE(tape.ok()) << tape.error().text();
  }
}

}  // namespace
}  // namespace codex::harness
