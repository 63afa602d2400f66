#include "cli/checkup.h"

#include <ostream>

#include "matrix/printable.h"

namespace codex::cli {
namespace {

const char* word(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok       ";
    case Health::kMissing:
      return "missing  ";
    case Health::kLimited:
      return "limited  ";
    case Health::kNote:
      break;
  }
  return "note     ";
}

}  // namespace

void Checkup::tell(Health health, const std::string& what, const std::string& found,
                   const std::string& mend) {
  console_.out << word(health) << matrix::printable(what) << ": " << matrix::printable(found) << '\n';
  if (!mend.empty()) console_.out << "         mend: " << matrix::printable(mend) << '\n';
  missing_ = missing_ || health == Health::kMissing;
}

void Checkup::check(bool good, const std::string& what, const std::string& found,
                    const std::string& mend, Health otherwise) {
  tell(good ? Health::kOk : otherwise, what, found, good ? "" : mend);
}

}  // namespace codex::cli
