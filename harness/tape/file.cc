#include "harness/tape/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace codex::harness {
namespace {

Error failure(const std::string& path, int error) {
  return {.message = "cannot be read: " + std::generic_category().message(error), .file = path};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(path, errno);
  std::string bytes;
  struct stat status {};
  std::size_t expected = 0;
  if (::fstat(fd, &status) == 0 && status.st_size > 0) {
    expected = static_cast<std::size_t>(status.st_size);
  }
  std::size_t size = 0;
  int error = 0;
  // The size is a guess only: a FIFO or a file that grows is read to its end.
  for (;;) {
    if (size == bytes.size()) bytes.resize(size == 0 ? expected + 1 : size * 2 + 4096);
    const ssize_t got = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (got > 0) {
      size += static_cast<std::size_t>(got);
    } else if (got == 0) {
      break;
    } else if (errno != EINTR) {
      error = errno;
      break;
    }
  }
  ::close(fd);
  if (error != 0) return failure(path, error);
  bytes.resize(size);
  return bytes;
}

}  // namespace codex::harness
