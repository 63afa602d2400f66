// The typed models of openai-codex: what they accept and what they print again.
//
// That package's generated/v2_all.py is made by datamodel-code-generator from the JSON Schema that
// codex prints, and pydantic validates with it in its lax mode. So both are rules over the schema:
// src/client_model_types.cc has those of the generator and of what the package changes after it,
// src/client_model.cc those of pydantic. Nothing of the Python code is held here. Proven by asking
// the real models: tests/telemetry/codex_vectors.
#ifndef CODEX_TELEMETRY_SRC_CLIENT_MODEL_H_
#define CODEX_TELEMETRY_SRC_CLIENT_MODEL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// What a value has to be. Types refer to each other, also in circles; they are never destroyed.
struct ClientType {
  enum class Kind {
    kAny,
    kBoolean,
    kInteger,   // `minimum`
    kString,
    kLiteral,   // one of `values`
    kEnum,      // one of `values`, or any string where it is `open`
    kList,      // of `inner`, at least `min_items`
    kMap,       // from strings to `inner`
    kNullable,  // `inner` or null
    kUnion,     // of `members`, by pydantic's smart mode
    kRoot,      // RootModel[inner]
    kModel,     // BaseModel with `fields`
  };
  enum class Extra { kIgnore, kForbid, kAllow };
  struct Field {
    std::string alias;  // on the wire
    std::string name;   // in Python; accepted too (populate_by_name)
    const ClientType* type = nullptr;
    bool required = false;
  };

  Kind kind = Kind::kAny;
  std::string title;  // of a class
  std::vector<Field> fields;
  Extra extra = Extra::kIgnore;
  std::vector<std::string> values;
  bool open = false;
  bool open_to_empty = false;
  std::vector<const ClientType*> members;
  const ClientType* inner = nullptr;
  std::optional<int> minimum;
  std::size_t min_items = 0;
  // Of a model: @model_validator(mode="after"). Gets the fields that were set and may change them;
  // returns the text of the ValueError that it raises, or nothing.
  std::optional<std::string> (*after)(json::Object& made) = nullptr;
};

// Null for a name that the protocol does not have. Thread-safe.
const ClientType* client_type(std::string_view name);

// model_validate(value).model_dump(by_alias=True, exclude_unset=True), enums by value; nothing
// where the model raises.
std::optional<json::Value> client_value(const ClientType& type, const json::Value& value);
// str() of the ValidationError that it raises.
std::string client_validation_error(const ClientType& type, const json::Value& value);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CLIENT_MODEL_H_
