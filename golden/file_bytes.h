// The bytes of a file, read only: mapped where that can be, so that a large one is not copied.
#ifndef GOLDEN_FILE_BYTES_H_
#define GOLDEN_FILE_BYTES_H_

#include <string>
#include <string_view>

#include "harness/model/result.h"

namespace codex::golden {

// Whoever shortens the file meanwhile ends the process (SIGBUS), as with everything that maps.
class FileBytes {
 public:
  // Of a pipe or a device everything is read. `hint` is the error's.
  static harness::Result<FileBytes> open(const std::string& path, const std::string& hint);

  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes();

  // Valid as long as this object.
  std::string_view view() const;

 private:
  FileBytes() = default;
  const char* mapped_ = nullptr;
  std::size_t size_ = 0;
  std::string read_;  // where nothing is mapped
};

}  // namespace codex::golden

#endif  // GOLDEN_FILE_BYTES_H_
