#include "golden/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

namespace codex::golden {
namespace {

using harness::Error;
using harness::Result;

Error failed(const char* what, const std::string& path, int code) {
  return {.message = std::string("cannot ") + what + ": " + std::generic_category().message(code),
          .file = path,
          .line = 0,
          .hint = ""};
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  // A network file system may tell only here that the bytes did not fit.
  bool close() { return ::close(std::exchange(descriptor_, -1)) == 0 || errno == EINTR; }

 private:
  int descriptor_;
};

template <typename Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR)
    result = call();
  return result;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        retried([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

class Disk final : public Files {
 public:
  Result<std::optional<std::string>> read(const std::string& path) override {
    const Descriptor file(retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (file.get() < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
      return failed("open", path, errno);
    }
    std::string bytes;
    std::vector<char> buffer(std::size_t{1} << 16);
    for (;;) {
      const ssize_t got = retried([&] { return ::read(file.get(), buffer.data(), buffer.size()); });
      if (got < 0) return failed("read", path, errno);
      if (got == 0) return std::optional<std::string>(std::move(bytes));
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    namespace fs = std::filesystem;
    std::vector<std::string> found;
    std::error_code code;
    fs::recursive_directory_iterator entry(folder, code);
    if (code == std::errc::no_such_file_or_directory) return found;
    for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
      std::error_code ignored;
      if (entry->is_regular_file(ignored)) {
        found.push_back(entry->path().lexically_relative(folder).generic_string());
      }
    }
    if (code) return failed("list", folder, code.value());
    std::sort(found.begin(), found.end());
    return found;
  }

  Status make_folders(const std::string& folder) override {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) return failed("create the folder", folder, code.value());
    return std::nullopt;
  }

  Status write_new(const std::string& path, std::string_view bytes) override {
    Descriptor file(retried([&] {
      return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    }));
    if (file.get() < 0) return failed("create", path, errno);
    if (!write_all(file.get(), bytes)) return failed("write", path, errno);
    if (retried([&] { return ::fsync(file.get()); }) < 0) return failed("sync", path, errno);
    if (!file.close()) return failed("close", path, errno);
    return std::nullopt;
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return failed("rename", to, errno);
    return std::nullopt;
  }

  Status sync_folder(const std::string& folder) override {
    const std::string& path = folder.empty() ? "." : folder;
    const Descriptor file(
        retried([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (file.get() < 0) {
      if (errno == ENOENT) return std::nullopt;  // no folder, so nothing in it to sync
      return failed("open", path, errno);
    }
    // EINVAL: this file system has nothing to sync for a folder.
    if (retried([&] { return ::fsync(file.get()); }) < 0 && errno != EINVAL) {
      return failed("sync", path, errno);
    }
    return std::nullopt;
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
      return failed("remove", path, errno);
    }
    return std::nullopt;
  }
};

}  // namespace

Files& disk() {
  static Disk instance;
  return instance;
}

}  // namespace codex::golden
