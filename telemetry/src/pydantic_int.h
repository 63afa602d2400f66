// What pydantic makes of a value where a Python model has an `int`, in its lax mode.
//
// Source: pydantic-core as pinned (pydantic 2.14), src/input/{input_python,shared}.rs and the texts
// of src/errors; found by asking the real one (tests/telemetry/agents_vectors/usage.py).
#ifndef CODEX_TELEMETRY_SRC_PYDANTIC_INT_H_
#define CODEX_TELEMETRY_SRC_PYDANTIC_INT_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codex/telemetry/count.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Why a value is no int: the error's type and message.
struct IntRefusal {
  std::string_view type;
  std::string_view message;
};

// The integer, of any length.
std::variant<json::Integer, IntRefusal> pydantic_integer(const json::Value& value);

// Is a lone surrogate in it?
bool has_surrogate(std::string_view wtf8);

// At most 50 bytes of a repr, cut in the middle, at characters: how errors show an input.
std::string shortened_repr(const json::Value& value);

// A ValidationError in the making: fields are checked in the order of the model's.
class PydanticModel {
 public:
  explicit PydanticModel(std::string_view title) : title_(title) {}
  // The field's value; 0 where it is refused.
  Count integer(std::string_view field, const json::Value& value);
  bool refused() const { return !errors_.empty(); }
  std::string error() const;  // str() of the exception

 private:
  const std::string_view title_;
  std::vector<std::string> errors_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PYDANTIC_INT_H_
