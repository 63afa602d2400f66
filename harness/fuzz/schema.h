// Values that are valid by a protocol's JSON Schema, made by chance.
#ifndef HARNESS_FUZZ_SCHEMA_H_
#define HARNESS_FUZZ_SCHEMA_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/fuzz/random.h"

namespace codex::harness::fuzz {

// The types of telemetry/protocol/app_server.json, or of a file in its form: {"notifications":
// {METHOD: TYPE}, "requests": {METHOD: TYPE of the response}, "server_requests": [METHOD],
// "types": {TYPE: JSON Schema}}, where a "$ref" is a type's name.
class Schema {
 public:
  Schema() = default;
  explicit Schema(const json::Value& file);

  struct Entry {
    std::string method;
    std::string type;
  };
  const std::vector<Entry>& notifications() const { return notifications_; }
  const std::vector<std::string>& server_requests() const { return server_requests_; }
  // Of the response to a request; empty where there is none of that method.
  std::string response_type(std::string_view method) const;

  // What stands for a string under a key (ids of this session), or nothing.
  using Known = std::function<std::string(std::string_view key)>;
  // Null where there is no such type. Every required member is there, the others by chance; what
  // is nested deeper than `levels` is as small as the type allows.
  json::Value make(std::string_view type, Random& random, const Known& known,
                   std::size_t levels = 7) const;

 private:
  json::Value of(const json::Value& schema, std::string_view key, Random& random,
                 const Known& known, std::size_t levels) const;
  json::Value object(const json::Value& schema, Random& random, const Known& known,
                     std::size_t levels) const;
  json::Value of_kind(std::string_view kind, const json::Value& schema, std::string_view key,
                      Random& random, const Known& known, std::size_t levels) const;

  std::vector<Entry> notifications_, requests_;
  std::vector<std::string> server_requests_;
  json::Value types_;
};

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_SCHEMA_H_
