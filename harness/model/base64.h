// Base64 with the standard alphabet and padding (RFC 4648, section 4).
#ifndef HARNESS_MODEL_BASE64_H_
#define HARNESS_MODEL_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace codex::harness {

std::string base64_encode(std::string_view bytes);
// Nothing where `text` is not exactly what an encoder would have written.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace codex::harness

#endif  // HARNESS_MODEL_BASE64_H_
