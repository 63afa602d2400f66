// What generated sessions are made of: the odd values of harness/data/fuzz.json, the types that the
// protocols declare, and the words and lines of the tapes that a run starts from.
//
// Immutable once it is made; safe to share between threads.
#ifndef HARNESS_FUZZ_MATERIAL_H_
#define HARNESS_FUZZ_MATERIAL_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/fuzz/draft.h"
#include "harness/fuzz/random.h"
#include "harness/fuzz/schema.h"
#include "harness/model/result.h"

namespace codex::harness::fuzz {

// A corpus tape that sessions are bent from.
struct Seed {
  std::string session;  // its name
  Draft draft;
};

// What the seeds of one transport say.
struct Vocabulary {
  std::vector<std::string> keys;                        // of objects on the wire, sorted
  std::map<std::string, std::vector<std::string>> values;  // by key, JSON texts, sorted
  std::vector<std::string> outputs;                     // texts of `<` lines, sorted
};

class Material {
 public:
  // Reads the data files. Seeds in the order of their names; those that cannot be drafts are to be
  // left out before.
  static Result<Material> make(std::vector<Seed> seeds);

  // Of a transport, not empty where it was given one.
  const std::vector<Seed>& seeds(Transport transport) const;
  const Vocabulary& vocabulary(Transport transport) const;
  const Schema& schema(Transport transport) const;

  // A value that readers of JSON take in different ways; deep and long ones are rare.
  json::Value odd_value(Random& random) const;
  // The same of one kind, to stand where such a one is expected.
  json::Value odd_string(Random& random) const;
  json::Value odd_number(Random& random) const;
  // Bytes to be put into a line.
  std::string odd_bytes(Random& random) const;
  // Key to choices of what a driver may say, by transport: {"streamed":[true,false],…}; an object
  // in place of a list: of the keys in it.
  const json::Object& driver_choices(Transport transport) const;

 private:
  struct OfTransport {
    std::vector<Seed> seeds;
    Vocabulary vocabulary;
    Schema schema;
    json::Object driver;
  };
  const OfTransport& of(Transport transport) const {
    return transport == Transport::kExec ? exec_ : app_server_;
  }
  OfTransport exec_, app_server_;
  std::vector<std::string> strings_;
  json::Array numbers_;
  std::vector<std::string> bytes_;
};

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_MATERIAL_H_
