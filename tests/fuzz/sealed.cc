#include "tests/fuzz/sealed.h"

#include <algorithm>
#include <cstddef>

#include "harness/model/sha256.h"

namespace codex::fuzz {
namespace {

std::string without_footer(std::string_view text, std::string_view begin) {
  const std::size_t at = text.rfind('\n', text.size() < 2 ? 0 : text.size() - 2);
  const std::size_t last = at == std::string_view::npos ? 0 : at + 1;
  std::string body(text.substr(last).starts_with(begin) ? text.substr(0, last) : text);
  if (!body.empty() && body.back() != '\n') body += '\n';
  return body;
}

std::string footer(const char* what, std::ptrdiff_t count, std::string_view digested) {
  return std::string("{\"") + what + "\":" + std::to_string(count) + ",\"sha256\":\"" +
         harness::sha256_hex(digested) + "\"}\n";
}

std::string sealed_after_header(std::string_view text, const char* what) {
  const std::string body = without_footer(text, std::string("{\"") + what + "\"");
  const std::string_view lines = std::string_view(body).substr(body.find('\n') + 1);
  return body + footer(what, std::count(lines.begin(), lines.end(), '\n'), lines);
}

}  // namespace

std::string sealed_golden(std::string_view text) {
  return sealed_after_header(text, "observations");
}

std::string sealed_matrix(std::string_view text) { return sealed_after_header(text, "features"); }

std::string sealed_results(std::string_view text) {
  const std::string body = without_footer(text, "{\"sessions\"");
  // A header, the shapes, and the rest.
  const std::ptrdiff_t lines = std::count(body.begin(), body.end(), '\n');
  return body + footer("sessions", std::max<std::ptrdiff_t>(lines - 2, 0), body);
}

}  // namespace codex::fuzz
