// A file that grows beside its name and takes it when it is whole.
#ifndef HARNESS_PROXY_GROWING_FILE_H_
#define HARNESS_PROXY_GROWING_FILE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/result.h"
#include "harness/subject/fd.h"

namespace codex::harness {

// Written as NAME.partial, which stays where the writer dies or fails. Nothing that is there is
// ever written over: a name that is taken, or that another process writes to, becomes NAME-2, and
// so on, before its ".tape.jsonl", ".exec.jsonl" or ".jsonl".
class GrowingFile {
 public:
  explicit GrowingFile(std::string name) : name_(std::move(name)) {}

  // Creates it with the first write. After a failure every write fails, with the first reason.
  bool write(std::string_view bytes);
  // Gives it its name. Nothing where it could not be written or nothing was.
  std::optional<std::string> finish();
  const std::optional<Error>& error() const { return error_; }
  // Where it is written now; empty before the first write.
  const std::string& partial() const { return partial_; }

 private:
  bool create();
  bool fail(const std::string& path, const char* what);

  std::string name_;
  std::string partial_;
  std::size_t number_ = 1;
  Fd fd_;
  std::optional<Error> error_;
};

// NAME with "-NUMBER" in front of its suffix; NAME itself for 1.
std::string numbered(const std::string& name, std::size_t number);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_GROWING_FILE_H_
