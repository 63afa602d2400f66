// A value as the reference subject could have shown it, told by hashes: what alignment compares.
//
// Which elements stand for each other is decided without the fields that the one side cannot
// have and without the order of keys. Whether they are equal is not decided here (leaf_compare.h).
#ifndef GOLDEN_PROJECTION_H_
#define GOLDEN_PROJECTION_H_

#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/align.h"
#include "golden/observability.h"

namespace codex::golden {

class Projection {
 public:
  // `path` is where the values stand that are projected, as segments.
  Projection(std::vector<const FieldRule*> fields, std::vector<std::string> path)
      : fields_(std::move(fields)), path_(std::move(path)) {}

  Token token(const json::Value& value);
  // One for each leaf, of its path and its value; sorted.
  Tokens leaves(const json::Value& value);

 private:
  template <typename Visit>
  void members(const json::Object& object, Visit visit);
  void collect(const json::Value& value, Token path, Tokens& leaves);

  std::vector<const FieldRule*> fields_;
  std::vector<std::string> path_;
};

// How many leaves stand on one side only.
std::size_t distance(const Tokens& a, const Tokens& b);

}  // namespace codex::golden

#endif  // GOLDEN_PROJECTION_H_
