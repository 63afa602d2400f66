#include "host_port.h"

#include <algorithm>
#include <charconv>

namespace codex::telemetry {
namespace {

bool only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           more.find(c) != std::string_view::npos;
  });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  HostPort parsed;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    parsed.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (!only(parsed.host, ":.%_-") || parsed.host.find(':') == std::string::npos)
      return std::nullopt;
  } else {
    const std::size_t colon = text.find(':');
    parsed.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    if (!only(parsed.host, "._-")) return std::nullopt;
  }
  if (rest.empty()) return parsed.host.empty() ? std::nullopt : std::optional(parsed);
  if (rest.front() != ':') return std::nullopt;
  parsed.port = parse_port(rest.substr(1));
  if (!parsed.port) return std::nullopt;
  return parsed;
}

}  // namespace codex::telemetry
