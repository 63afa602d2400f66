// The answers of the real clients, which agents_vectors/generate.py and codex_vectors/generate.py
// wrote down.
#ifndef TESTS_TELEMETRY_AGENTS_VECTORS_H_
#define TESTS_TELEMETRY_AGENTS_VECTORS_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Calls `check` with each case of agents_vectors/KIND.jsonl, or with those whose "kind" is `only`.
// The test fails when the file is missing or cut, or when there are fewer than `least` such cases.
// Gives up after a few cases that failed.
void for_each_agents_vector(std::string_view kind, std::size_t least,
                            const std::function<void(const json::Value&)>& check,
                            std::string_view only = {});

// Likewise of codex_vectors/KIND.jsonl, the answers of the real openai-codex. CTD_CODEX_VECTORS may
// name another folder, for more cases than are kept (codex_vectors/generate.py --times).
void for_each_codex_vector(std::string_view kind, std::size_t least,
                           const std::function<void(const json::Value&)>& check);

// A member that must be there; null, and a failure, when it is not.
const json::Value& member(const json::Value& object, std::string_view key);
// Bytes written as text in which U+DC80..U+DCFF stand for bytes that are no UTF-8.
std::string raw_bytes(std::string_view text);

// Replaces ids by their first appearance and times and addresses by their shape, as Normalizer of
// agents_vectors/vectors.py does.
class Normalizer {
 public:
  std::string operator()(const std::string& text);

 private:
  std::map<std::string, std::string> ids_;
};

}  // namespace codex::telemetry

#endif  // TESTS_TELEMETRY_AGENTS_VECTORS_H_
