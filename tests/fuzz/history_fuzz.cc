// A history file that somebody else has written to. The input changes a good one: four bytes each,
// a place of three bytes and what stands there from then on; an odd byte at the end cuts it to that
// many parts of 256. A file is read, or refused with its name and a reason and left as it was.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <filesystem>

#include "matrix/history.h"
#include "tests/fuzz/target.h"
#include "tests/support/sample_reports.h"

namespace codex::fuzz {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Goes with the process.
struct Folder {
  Folder() {
    const char* shared = fs::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
    std::string name = std::string(shared) + "/ctd-fuzz-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
    path = name;
    const fs::path file = path / "good.sqlite";
    {
      auto history = matrix::History::open(file.string());
      check(history && history->record(test::red_night()) && history->record(test::green_night()),
            "a history is made");
    }
    good = bytes_of(file);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
  std::string good;
};

void run(std::string_view input) {
  static const Folder folder;
  std::string bytes = folder.good;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
  for (; input.size() >= 4; input.remove_prefix(4)) {
    const std::size_t place =
        (std::size_t{at(0)} << 16 | std::size_t{at(1)} << 8 | at(2)) % bytes.size();
    bytes[place] = input[3];
  }
  if (!input.empty()) bytes.resize(bytes.size() * at(0) / 256);
  const std::string path = (folder.path / "bent.sqlite").string();
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(path + suffix);
  {
    std::ofstream file(path, std::ios::binary);
    file << bytes;
  }
  const auto history = matrix::History::open(path, {.wait_ms = 0});
  if (!history) {
    check(history.error().text().find(path) != std::string::npos, "an error names the file");
    check(bytes_of(path) == bytes, "a file that is refused stays as it was");
    return;
  }
  const auto past = history->past("");
  check(past.ok() || !past.error().message.empty(), "an error says why");
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (int place = 0; place < 100; ++place)
    all.push_back({'\0', '\0', static_cast<char>(place), static_cast<char>(place * 37)});
  for (int page = 1; page < 16; ++page)
    all.push_back({'\0', static_cast<char>(page * 16), '\3', '\377', static_cast<char>(page * 15)});
  return all;
}

}  // namespace

const Target kHistory{"history", run, seeds, 64};

}  // namespace codex::fuzz
