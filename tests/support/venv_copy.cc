#include "tests/support/venv_copy.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <gtest/gtest.h>

#include "tests/support/tape_edit.h"

namespace codex::test {
namespace {

namespace fs = std::filesystem;

// A link where that is possible.
void place(const fs::path& from, const fs::path& to) {
  std::error_code refused;
  fs::create_hard_link(from, to, refused);
  if (refused) fs::copy(from, to, fs::copy_options::copy_symlinks);
}

void copy_tree(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
    const fs::path copy = to / entry.path().lexically_relative(from);
    if (entry.is_directory() && !entry.is_symlink()) {
      fs::create_directories(copy);
    } else {
      place(entry.path(), copy);
    }
  }
}

// lib/python3.11/site-packages
fs::path packages_of(const fs::path& venv) {
  for (const fs::directory_entry& entry : fs::directory_iterator(venv / "lib")) {
    if (fs::exists(entry.path() / "site-packages")) {
      return fs::path("lib") / entry.path().filename() / "site-packages";
    }
  }
  throw fs::filesystem_error("no site-packages", venv, std::error_code());
}

}  // namespace

VenvCopy::VenvCopy(const std::string& venv, const std::string& folder, const std::string& package)
    : path_(folder) {
  try {
    const fs::path packages = packages_of(venv);
    package_ = (fs::path(folder) / packages / package).string();
    copy_tree(fs::path(venv) / packages / package, package_);
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(venv) / packages)) {
      const fs::path copy = fs::path(folder) / packages / entry.path().filename();
      if (entry.path().filename() == package) continue;
      fs::create_symlink(fs::canonical(entry.path()), copy);
    }
    copy_tree(fs::path(venv) / "bin", fs::path(folder) / "bin");
    fs::copy(fs::path(venv) / "pyvenv.cfg", fs::path(folder) / "pyvenv.cfg");
  } catch (const fs::filesystem_error& error) {
    ADD_FAILURE() << "no copy of " << venv << " (scripts/setup makes it): " << error.what();
  }
}

void VenvCopy::change(const std::string& name, std::string_view old, std::string_view fresh) const {
  const std::string path = file(name);
  const std::string changed = replaced(file_text(path), old, fresh);
  fs::remove(path);  // else the original would change with it
  std::ofstream(path, std::ios::binary) << changed;
}

}  // namespace codex::test
