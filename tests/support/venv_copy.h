// A copy of the environment with the clients, in which a client can be changed.
#ifndef TESTS_SUPPORT_VENV_COPY_H_
#define TESTS_SUPPORT_VENV_COPY_H_

#include <string>
#include <string_view>

namespace codex::test {

// Made in no time: the files of `package` are hard links (copies, on another file system), the
// other packages are links to where they are.
class VenvCopy {
 public:
  // Makes `folder`; fails the test where that does not work.
  VenvCopy(const std::string& venv, const std::string& folder, const std::string& package);

  const std::string& path() const { return path_; }
  // Changes the one place in a file of the package ("tracing/spans.py") that has `old`; fails the
  // test where there is not one. The file that it was a link to stays as it is.
  void change(const std::string& file, std::string_view old, std::string_view fresh) const;
  // The path of such a file.
  std::string file(const std::string& name) const { return package_ + "/" + name; }

 private:
  std::string path_;
  std::string package_;
};

}  // namespace codex::test

#endif  // TESTS_SUPPORT_VENV_COPY_H_
