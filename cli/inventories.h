// What the clients of an environment declare.
#ifndef CLI_INVENTORIES_H_
#define CLI_INVENTORIES_H_

#include <string>
#include <vector>

#include "harness/model/result.h"
#include "matrix/inventory.h"

namespace codex::cli {

// Of the reference subjects that `venv` has, as far as they are among `subjects` (empty: all); both
// at once. A client that is not there, or can't say what it declares, is one of `errors`, as is all
// that is not read yet when interrupted() (interrupt.h) becomes true.
struct Inventories {
  std::vector<matrix::Inventory> found;
  std::vector<harness::Error> errors;
};
Inventories read_inventories(const std::string& venv, const std::vector<std::string>& subjects);

}  // namespace codex::cli

#endif  // CLI_INVENTORIES_H_
