// The file system as the store needs it: small enough for tests to make every step of it fail.
#ifndef GOLDEN_FILES_H_
#define GOLDEN_FILES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/result.h"

namespace codex::golden {

// Nothing where it worked. Errors name the path and the system's reason.
using Status = std::optional<harness::Error>;

class Files {
 public:
  virtual ~Files() = default;
  // Nothing where there is no such file.
  virtual harness::Result<std::optional<std::string>> read(const std::string& path) = 0;
  // Paths of all regular files below `folder`, relative to it, sorted; none where it is absent.
  virtual harness::Result<std::vector<std::string>> list(const std::string& folder) = 0;
  virtual Status make_folders(const std::string& folder) = 0;
  // Creates `path`, which must not exist, and returns when the bytes are on the disk.
  virtual Status write_new(const std::string& path, std::string_view bytes) = 0;
  // Replaces `to` in one step.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  // Returns when what was renamed or removed in `folder` is on the disk.
  virtual Status sync_folder(const std::string& folder) = 0;
  // What is absent already counts as removed.
  virtual Status remove(const std::string& path) = 0;
};

// The real one. Stateless, lives as long as the program.
Files& disk();

}  // namespace codex::golden

#endif  // GOLDEN_FILES_H_
