// LaneSides as JSON and back.
#include <cstdint>
#include <utility>

#include "golden/side_by_side.h"

namespace codex::golden {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value number(std::size_t count) {
  return Value(static_cast<std::uint64_t>(count));
}

Array texts(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

// A place that both sides have alike is its path alone.
Value place_json(const DifferingPlace& place) {
  if (place.in_expected == place.path && place.in_actual == place.path) return place.path;
  Object object{{"path", place.path}};
  if (place.in_expected) object.append("in_expected", *place.in_expected);
  if (place.in_actual) object.append("in_actual", *place.in_actual);
  return object;
}

Value row_json(const Row& row) {
  Object object;
  if (row.expected) object.append("expected", *row.expected);
  if (row.actual) object.append("actual", *row.actual);
  if (!row.differing.empty()) {
    Array places;
    for (const DifferingPlace& place : row.differing)
      places.push_back(place_json(place));
    object.append("differing", std::move(places));
  }
  if (row.skipped > 0) object.append("skipped", number(row.skipped));
  if (row.more > 0) object.append("more", number(row.more));
  if (!row.cut.empty()) object.append("cut", texts(row.cut));
  return object;
}

// Reads members of one object after the other, and keeps the first thing that is wrong.
class Reader {
 public:
  std::string fault;

  std::optional<std::string> text(const Value& object, const char* key) {
    const Value* found = object.get(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) wrong(key, "no string");
    return std::string(found->text());
  }
  std::string needed(const Value& object, const char* key) {
    std::optional<std::string> found = text(object, key);
    if (!found) wrong(key, "missing");
    return found.value_or("");
  }
  std::size_t count(const Value& object, const char* key) {
    const Value* found = object.get(key);
    if (found == nullptr) return 0;
    const std::optional<std::int64_t> number = found->as_int64();
    if (!number || *number < 0) wrong(key, "no count");
    return number && *number > 0 ? static_cast<std::size_t>(*number) : 0;
  }
  const Array& array(const Value& object, const char* key) {
    static const Array kNone;
    const Value* found = object.get(key);
    if (found == nullptr) return kNone;
    if (!found->is_array()) wrong(key, "no array");
    return found->is_array() ? *found->array() : kNone;
  }
  void wrong(const std::string& key, const std::string& what) {
    if (fault.empty()) fault = "\"" + key + "\" of a lane's sides is " + what;
  }
};

DifferingPlace place_from(Reader& reader, const Value& value) {
  if (value.is_string()) {
    const std::string path(value.text());
    return {.path = path, .in_expected = path, .in_actual = path};
  }
  return {.path = reader.needed(value, "path"),
          .in_expected = reader.text(value, "in_expected"),
          .in_actual = reader.text(value, "in_actual")};
}

Row row_from(Reader& reader, const Value& value) {
  Row row;
  if (!value.is_object()) reader.wrong("rows", "no array of objects");
  if (const Value* expected = value.get("expected")) row.expected = *expected;
  if (const Value* actual = value.get("actual")) row.actual = *actual;
  for (const Value& place : reader.array(value, "differing"))
    row.differing.push_back(place_from(reader, place));
  row.skipped = reader.count(value, "skipped");
  row.more = reader.count(value, "more");
  for (const Value& pointer : reader.array(value, "cut")) {
    if (!pointer.is_string()) reader.wrong("cut", "no array of strings");
    row.cut.emplace_back(pointer.text());
  }
  return row;
}

}  // namespace

Value to_json(const LaneSides& sides) {
  Array rows;
  for (const Row& row : sides.rows)
    rows.push_back(row_json(row));
  Object object{{"column", sides.column},
                {"against", sides.against},
                {"lane", sides.lane},
                {"rows", std::move(rows)}};
  if (sides.rows_left_out > 0) object.append("rows_left_out", number(sides.rows_left_out));
  return object;
}

harness::Result<LaneSides> lane_sides_from(const Value& object) {
  Reader reader;
  LaneSides sides{.column = reader.needed(object, "column"),
                  .against = reader.needed(object, "against"),
                  .lane = reader.needed(object, "lane"),
                  .rows = {},
                  .rows_left_out = reader.count(object, "rows_left_out")};
  for (const Value& row : reader.array(object, "rows"))
    sides.rows.push_back(row_from(reader, row));
  if (!reader.fault.empty()) return harness::Error{.message = reader.fault};
  return sides;
}

}  // namespace codex::golden
