#include "golden/store.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A disk in memory. The `fails_at`-th step that changes something fails; a failing write leaves
// half of the bytes, as a full disk does.
class FakeFiles final : public Files {
 public:
  std::map<std::string, std::string> files;
  int fails_at = 0;
  int steps = 0;
  std::vector<std::string> log;

  harness::Result<std::optional<std::string>> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }
  harness::Result<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> found;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(folder + "/")) found.push_back(path.substr(folder.size() + 1));
    }
    return found;
  }
  Status make_folders(const std::string& folder) override { return step("folders " + folder); }
  Status write_new(const std::string& path, std::string_view bytes) override {
    if (files.contains(path))
      return harness::Error{.message = "exists", .file = path, .line = 0, .hint = ""};
    files[path] = bytes.substr(0, bytes.size() / 2);
    if (Status error = step("write")) return error;
    files[path] = bytes;
    return std::nullopt;
  }
  Status rename(const std::string& from, const std::string& to) override {
    if (Status error = step("rename to " + to)) return error;
    files[to] = files.at(from);
    files.erase(from);
    return std::nullopt;
  }
  Status sync_folder(const std::string& folder) override { return step("sync " + folder); }
  Status remove(const std::string& path) override {
    if (Status error = step("remove")) return error;
    files.erase(path);
    return std::nullopt;
  }

 private:
  Status step(std::string what) {
    log.push_back(std::move(what));
    if (++steps != fails_at) return std::nullopt;
    return harness::Error{.message = "No space left on device", .file = "f", .line = 0, .hint = ""};
  }
};

StoredTranscript golden_of(const std::string& session, int x) {
  StoredTranscript golden{kToday, numbered({x})};
  golden.transcript.session = session;
  return golden;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

TEST(Store, ASessionsNameIsAPathUnderTheRoot) {
  FakeFiles files;
  const Store store("goldens/", files);
  EXPECT_EQ(store.path("odd/stall").value(), "goldens/odd/stall.golden.jsonl");
  EXPECT_EQ(store.path("a", Slot::kPending).value(), "goldens/a.pending.jsonl");
  for (const char* name : {"", "/etc/x", "../x", "a/../b", "a//b", "a/", "./a", "a\nb", ".."}) {
    EXPECT_FALSE(store.path(name).ok()) << name;
  }
}

TEST(Store, TellsAbsentFromBrokenFromPresent) {
  FakeFiles files;
  Store store("g", files);
  ASSERT_TRUE(store.read("a").ok());
  EXPECT_FALSE(store.read("a").value().has_value());
  ASSERT_FALSE(store.write(golden_of("a", 1)).has_value());
  ASSERT_TRUE(store.read("a").ok());
  EXPECT_EQ(store.read("a").value()->transcript.lines.size(), 1U);
  files.files["g/a.golden.jsonl"].resize(20);
  ASSERT_FALSE(store.read("a").ok());
  EXPECT_THAT(store.read("a").error().text(), HasSubstr("g/a.golden.jsonl:1"));
  files.files["g/b.golden.jsonl"] = print_transcript(golden_of("a", 1));
  EXPECT_THAT(store.read("b").error().text(), HasSubstr("of another session, \"a\""));
}

TEST(Store, WritesASideFileAndRenamesItWhenItIsOnTheDisk) {
  FakeFiles files;
  Store store("g", files);
  ASSERT_FALSE(store.write(golden_of("odd/a", 1)).has_value());
  EXPECT_THAT(files.log, ElementsAre("folders g/odd", "write", "rename to g/odd/a.golden.jsonl",
                                     "sync g/odd"));
}

TEST(Store, AFailureAtAnyStepLeavesTheOldOrTheNewGoldenWhole) {
  const std::string before = print_transcript(golden_of("a", 1));
  const std::string after = print_transcript(golden_of("a", 2));
  for (int step = 1; step <= 4; ++step) {
    FakeFiles files;
    files.files["g/a.golden.jsonl"] = before;
    files.fails_at = step;
    Store store("g", files);
    const Status status = store.write(golden_of("a", 2));
    ASSERT_TRUE(status.has_value()) << "step " << step;
    EXPECT_THAT(status->text(), HasSubstr("No space left"));
    EXPECT_EQ(files.files.at("g/a.golden.jsonl"), step <= 3 ? before : after) << "step " << step;
    EXPECT_THAT(files.files, SizeIs(1)) << "a temporary file stays after step " << step;
    EXPECT_FALSE(store.write(golden_of("a", 2)).has_value());
    EXPECT_EQ(files.files.at("g/a.golden.jsonl"), after);
  }
}

TEST(Store, LeftoversOfACrashAreFoundAndRemoved) {
  FakeFiles files;
  Store store("g", files);
  files.files["g/odd/.golden-tmp-12-1"] = "half";
  ASSERT_FALSE(store.write(golden_of("odd/a", 1)).has_value());
  EXPECT_THAT(store.list().value(), ElementsAre("odd/a"));
  EXPECT_THAT(store.leftovers().value(), ElementsAre("g/odd/.golden-tmp-12-1"));
  EXPECT_FALSE(store.remove_leftovers().has_value());
  EXPECT_THAT(files.files, SizeIs(1));
}

TEST(Store, APendingFileIsAcceptedOrRejected) {
  FakeFiles files;
  Store store("g", files);
  ASSERT_FALSE(store.write(golden_of("a", 1)).has_value());
  ASSERT_FALSE(store.write(golden_of("a", 2), Slot::kPending).has_value());
  EXPECT_THAT(store.list(Slot::kPending).value(), ElementsAre("a"));
  ASSERT_FALSE(store.accept("a").has_value());
  EXPECT_EQ(files.files.at("g/a.golden.jsonl"), print_transcript(golden_of("a", 2)));
  EXPECT_THAT(store.list(Slot::kPending).value(), IsEmpty());
  EXPECT_THAT(store.accept("a")->text(), HasSubstr("nothing is pending for \"a\""));
  ASSERT_FALSE(store.write(golden_of("a", 3), Slot::kPending).has_value());
  EXPECT_FALSE(store.reject("a").has_value());
  EXPECT_THAT(files.files, SizeIs(1));
}

TEST(Store, ABrokenPendingFileIsNotAccepted) {
  FakeFiles files;
  Store store("g", files);
  ASSERT_FALSE(store.write(golden_of("a", 1)).has_value());
  files.files["g/a.pending.jsonl"] = "{\"golden\":1";
  EXPECT_TRUE(store.accept("a").has_value());
  EXPECT_EQ(files.files.at("g/a.golden.jsonl"), print_transcript(golden_of("a", 1)));
}

TEST(Store, OrphansAreGoldensWithoutATape) {
  FakeFiles files;
  Store store("g", files);
  for (const char* name : {"a", "b", "odd/c"}) {
    ASSERT_FALSE(store.write(golden_of(name, 1)).has_value());
  }
  EXPECT_THAT(store.orphans({"b"}).value(), ElementsAre("a", "odd/c"));
}

TEST(Store, WorksOnTheRealDisk) {
  const TemporaryFolder folder;
  Store store(folder.path + "/new/goldens");
  EXPECT_THAT(store.list().value(), IsEmpty());
  ASSERT_FALSE(store.write(golden_of("odd/deep/a", 1)).has_value());
  ASSERT_FALSE(store.write(golden_of("odd/deep/a", 2)).has_value());
  std::ofstream(folder.path + "/new/goldens/README.md") << "not a golden";
  EXPECT_THAT(store.list().value(), ElementsAre("odd/deep/a"));
  EXPECT_EQ(print_transcript(*store.read("odd/deep/a").value()),
            print_transcript(golden_of("odd/deep/a", 2)));
  EXPECT_THAT(store.leftovers().value(), IsEmpty());
  EXPECT_FALSE(store.remove("odd/deep/a").has_value());
  EXPECT_FALSE(store.remove("never/was").has_value());
  EXPECT_FALSE(store.read("odd/deep/a").value().has_value());
}

TEST(Store, TheDisksRefusalNamesThePathAndTheReason) {
  const TemporaryFolder folder;
  std::ofstream(folder.path + "/file") << "x";
  Store store(folder.path + "/file/goldens");
  const Status status = store.write(golden_of("a", 1));
  ASSERT_TRUE(status.has_value());
  EXPECT_THAT(status->text(), HasSubstr("/file/goldens: cannot create the folder: "));
}

}  // namespace
}  // namespace codex::golden::testing
