// An integer of any length, as Python's are: what a wire counts is exact, however large.
#ifndef CODEX_TELEMETRY_COUNT_H_
#define CODEX_TELEMETRY_COUNT_H_

#include <cstdint>
#include <string>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

class Count {
 public:
  Count() = default;
  Count(std::int64_t value) : small_(value) {}
  explicit Count(const json::Integer& integer);

  json::Value value() const;
  bool is_positive() const;

  friend Count operator+(const Count& a, const Count& b);
  friend Count operator-(const Count& a, const Count& b);
  bool operator==(const Count&) const = default;

 private:
  json::Integer integer() const;

  std::int64_t small_ = 0;
  std::string large_;  // [-]digits of what 64 bits cannot hold, else empty; then small_ is 0
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_COUNT_H_
