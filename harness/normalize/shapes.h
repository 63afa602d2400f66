// The shapes that a rule can ask of a value, and what it then makes of it.
#ifndef HARNESS_NORMALIZE_SHAPES_H_
#define HARNESS_NORMALIZE_SHAPES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/normalize/walk.h"

namespace codex::harness {

enum class Shape {
  kIso8601Utc,       // datetime.isoformat() of a UTC time
  kObjectAddress,    // text with "<… at 0x7f…>" in it, as repr() of an object has
  kCodexSchemaPath,  // the word after --output-schema: …/codex-output-schema…/schema.json
};

std::optional<Shape> find_shape(std::string_view name);
std::vector<std::string_view> shape_names();

// False where only a part of the string is replaced and the rest stays compared.
bool masks_whole(Shape shape);

// What `text`, at `path` of `root`, becomes; nothing when it is of another shape.
std::optional<std::string> replaced(Shape shape, std::string_view text, std::string_view replace,
                                    const json::Value& root, const Path& path);

// A real date and time, fraction of six digits or none (never .000000), offset +00:00. Two such
// times compare as comparable_time() of them does.
bool is_iso8601_utc(std::string_view text);
std::string comparable_time(std::string_view iso8601_utc);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_SHAPES_H_
