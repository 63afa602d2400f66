#include "matrix/history_file.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "matrix/history_schema.h"
#include "matrix/sqlite.h"

namespace codex::matrix {
namespace {

namespace fs = std::filesystem;
using harness::Error;

// https://www.sqlite.org/fileformat2.html#the_database_header
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kChangesAt = 24;
constexpr std::size_t kPagesAt = 28;
constexpr std::size_t kVersionAt = 60;
constexpr std::size_t kApplicationAt = 68;
constexpr std::size_t kPagesValidForAt = 92;

using Header = std::array<unsigned char, kHeaderSize>;

std::uint32_t big_endian(const Header& header, std::size_t at, std::size_t bytes = 4) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    number = number << 8U | header[at + i];
  return number;
}

Error wrong(const std::string& path, std::string message, std::string hint) {
  return {.message = std::move(message), .file = path, .line = 0, .hint = std::move(hint)};
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

golden::Status check_header(const std::string& path, const Header& header, std::uintmax_t size) {
  const std::string other = "name another file for the history; this one was left as it is";
  if (std::string_view(reinterpret_cast<const char*>(header.data()), kMagic.size()) != kMagic)
    return wrong(path, "is no history: not an SQLite file", other);
  if (big_endian(header, kApplicationAt) != kHistoryApplication)
    return wrong(path, "is no history: an SQLite file of another program", other);
  const std::uint32_t version = big_endian(header, kVersionAt);
  if (version > kHistoryVersion) {
    return wrong(path,
                 "is a history of version " + number(version) + ", this tool reads up to " +
                     number(kHistoryVersion),
                 "use the newer codex-telemetry-diff, or name another file");
  }
  const std::uint32_t said = big_endian(header, kPageSizeAt, 2);
  const std::uint64_t page = said == 1 ? 65536 : said;
  const std::uint64_t whole = page * big_endian(header, kPagesAt);
  // While there is a log, what the file lacks stands there.
  const bool told = big_endian(header, kChangesAt) == big_endian(header, kPagesValidForAt);
  if (told && size < whole && !has_write_ahead_log(path)) {
    return wrong(path, "is cut: " + number(size) + " bytes of " + number(whole),
                 "put a copy of it there; or move it away, to begin a new history");
  }
  return std::nullopt;
}

}  // namespace

bool has_write_ahead_log(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path + "-wal", error);
  return !error && size > 0;
}

golden::Status check_history_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::directory)
    return wrong(path, "is a folder, no history", "name a file");
  if (status.type() != fs::file_type::regular) {
    return wrong(path, error ? "cannot be read: " + error.message() : "is no regular file",
                 "name another file for the history");
  }
  const std::uintmax_t size = fs::file_size(path, error);
  Header header{};
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return wrong(path, "cannot be read: " + std::generic_category().message(errno),
                 "make it readable and writable for this user, or name another file");
  }
  file.read(reinterpret_cast<char*>(header.data()), kHeaderSize);
  if (error || static_cast<std::size_t>(file.gcount()) < kHeaderSize) {
    return wrong(path, "is empty or cut: " + number(static_cast<std::uint64_t>(file.gcount())) +
                           " bytes",
                 "put a copy of it there; or remove it, to begin a new history");
  }
  return check_header(path, header, size);
}

golden::Status make_history_file(const std::string& path, int wait_ms) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() != fs::file_type::not_found)
    return check_history_file(path);
  if (has_write_ahead_log(path)) {
    return wrong(path, "is not there, but " + path + "-wal is, which holds its last nights",
                 "put the file back beside it; or remove that too, to begin a new history");
  }
  const std::string made = path + ".new-" + std::to_string(::getpid());
  const auto remove_made = [&made] {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      fs::remove(made + suffix, ignored);
  };
  remove_made();
  std::optional<Error> broken;
  {
    // Not in WAL mode yet: a log that cannot be copied at the end would keep what the file lacks.
    sqlite::Database database = sqlite::Database::create(made, wait_ms);
    database.execute("PRAGMA synchronous = FULL");
    database.execute("BEGIN IMMEDIATE");
    database.execute("PRAGMA application_id = " + number(kHistoryApplication));
    database.execute("PRAGMA user_version = " + number(kHistoryVersion));
    database.execute(kHistorySchema);
    database.execute("COMMIT");
    database.execute("PRAGMA journal_mode = WAL");
    broken = database.error();
  }
  if (!broken) broken = check_history_file(made);
  if (broken) {
    remove_made();
    broken->file = path;
    return broken;
  }
  // Unlike rename, link leaves what another process has made meanwhile.
  const int failed = ::link(made.c_str(), path.c_str()) == 0 ? 0 : errno;
  remove_made();
  if (failed != 0 && failed != EEXIST) {
    return wrong(path, "cannot be made: " + std::generic_category().message(failed),
                 "make the folder writable for this user, or name another file");
  }
  if (const golden::Status synced =
          golden::disk().sync_folder(fs::path(path).parent_path().string())) {
    return synced;
  }
  return check_history_file(path);
}

}  // namespace codex::matrix
