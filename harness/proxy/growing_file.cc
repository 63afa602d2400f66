#include "harness/proxy/growing_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace codex::harness {
namespace {

constexpr std::size_t kTries = 100000;

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Never over another file. Where the file system cannot promise that, by a second name.
int rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  ::unlink(from.c_str());
  return 0;
}

}  // namespace

std::string numbered(const std::string& name, std::size_t number) {
  if (number == 1) return name;
  const std::string mark = "-" + std::to_string(number);
  for (const std::string_view suffix : {".tape.jsonl", ".exec.jsonl", ".jsonl"}) {
    if (!name.ends_with(suffix)) continue;
    return name.substr(0, name.size() - suffix.size()) + mark + std::string(suffix);
  }
  return name + mark;
}

bool GrowingFile::fail(const std::string& path, const char* what) {
  error_ = Error{.message = std::string(what) + ": " + std::generic_category().message(errno),
                 .file = path};
  fd_.reset();
  return false;
}

bool GrowingFile::create() {
  for (; number_ < kTries; ++number_) {
    const std::string name = numbered(name_, number_);
    if (exists(name)) continue;
    const std::string partial = name + ".partial";
    fd_.reset(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0666));
    if (fd_) {
      partial_ = partial;
      return true;
    }
    if (errno != EEXIST) return fail(partial, "cannot be created");
  }
  errno = EEXIST;
  return fail(name_, "cannot be created");
}

bool GrowingFile::write(std::string_view bytes) {
  if (error_ || (!fd_ && !create())) return false;
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(partial_, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> GrowingFile::finish() {
  if (error_ || !fd_) return std::nullopt;
  fd_.reset();
  for (; number_ < kTries; ++number_) {
    const std::string name = numbered(name_, number_);
    const int error = rename_to_new(partial_, name);
    if (error == 0) return name;
    errno = error;
    if (error != EEXIST) break;
  }
  fail(partial_, "cannot be given its name");
  return std::nullopt;
}

}  // namespace codex::harness
