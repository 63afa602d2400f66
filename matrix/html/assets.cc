#include "matrix/html/assets.h"

#include "harness/model/base64.h"
#include "harness/model/sha256.h"

namespace codex::matrix::html {
namespace {

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return bytes;
}

}  // namespace

std::string csp_hash(std::string_view text) {
  return "'sha256-" + harness::base64_encode(from_hex(harness::sha256_hex(text))) + "'";
}

std::string content_security_policy() {
  return "default-src 'none'; style-src " + csp_hash(style()) + "; script-src " +
         csp_hash(script()) +
         "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
}

}  // namespace codex::matrix::html
