// OTLP as JSON, appended to a string:
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
#ifndef CODEX_TELEMETRY_SRC_OTLP_JSON_OUT_H_
#define CODEX_TELEMETRY_SRC_OTLP_JSON_OUT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "codex/telemetry/otlp.h"

namespace codex::telemetry::otlp {

// A JSON string of at most `length` code points. What is no UTF-8 (lone surrogates, stray bytes)
// becomes U+FFFD: protobuf has no other text.
void put_text(std::string& out, std::string_view text, std::size_t length = kNoLimit);
// An integer as OTLP/JSON has 64 bits: "12".
void put_integer(std::string& out, std::int64_t value);
void put_unsigned(std::string& out, std::uint64_t value);
// NaN and the infinities as protobuf's JSON spells them, in quotes.
void put_real(std::string& out, double value);
// Nanoseconds since the epoch, in quotes.
void put_time(std::string& out, std::chrono::system_clock::time_point time);

// {"stringValue":…}. An integer of more than 64 bits is its digits as text; null is {}.
void put_value(std::string& out, const json::Value& value, const OtlpLimits& limits);

// "attributes":[…], and "droppedAttributesCount" where there were too many.
class Attributes {
 public:
  Attributes(std::string& out, const OtlpLimits& limits);
  // Keys are the caller's to keep apart. An empty one is none: nothing is added.
  void add(std::string_view key, std::string_view text);
  void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
  void add(std::string_view key, std::int64_t value);
  void add(std::string_view key, bool value);
  void add(std::string_view key, const json::Value& value);
  // "PREFIX.KEY"
  void add(std::string_view prefix, std::string_view key, const json::Value& value);
  void close();

 private:
  bool begin(std::string_view prefix, std::string_view key);
  std::string& out_;
  const OtlpLimits limits_;
  std::size_t count_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_JSON_OUT_H_
