// The digest that provenance is told by.
#ifndef HARNESS_MODEL_SHA256_H_
#define HARNESS_MODEL_SHA256_H_

#include <string>
#include <string_view>

namespace codex::harness {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace codex::harness

#endif  // HARNESS_MODEL_SHA256_H_
