#include "golden/file_bytes.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>

namespace codex::golden {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// False where it cannot be read to its end; errno says why.
bool read_all(int file, std::string& bytes) {
  char block[65536];
  for (;;) {
    const ssize_t count = ::read(file, block, sizeof block);
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) bytes.append(block, static_cast<std::size_t>(count));
  }
}

}  // namespace

harness::Result<FileBytes> FileBytes::open(const std::string& path, const std::string& hint) {
  const auto failed = [&] {
    return harness::Error{std::string("cannot be read: ") + std::strerror(errno), path, 0, hint};
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) return failed();
  if (S_ISDIR(facts.st_mode)) return harness::Error{"is a folder", path, 0, hint};
  FileBytes bytes;
  if (S_ISREG(facts.st_mode) && facts.st_size > 0) {
    const auto size = static_cast<std::size_t>(facts.st_size);
    void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (mapped != MAP_FAILED) {
      bytes.mapped_ = static_cast<const char*>(mapped);
      bytes.size_ = size;
      return bytes;
    }
  }
  if (!read_all(file.number(), bytes.read_)) return failed();
  return bytes;
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)),
      size_(other.size_),
      read_(std::move(other.read_)) {}

FileBytes::~FileBytes() {
  if (mapped_ != nullptr) ::munmap(const_cast<char*>(mapped_), size_);
}

std::string_view FileBytes::view() const {
  return mapped_ != nullptr ? std::string_view(mapped_, size_) : std::string_view(read_);
}

}  // namespace codex::golden
