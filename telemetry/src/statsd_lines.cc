#include "statsd_lines.h"

#include <cstddef>

#include "python_utf8.h"

namespace codex::telemetry {
namespace {

// The code point at `i` of valid UTF-8, and how long it is.
struct CodePoint {
  char32_t value;
  std::size_t length;
};
CodePoint code_point(std::string_view text, std::size_t i) {
  const auto at = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
  const char32_t lead = at(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xE0) return {(lead & 0x1F) << 6 | (at(1) & 0x3FU), 2};
  if (lead < 0xF0) return {(lead & 0x0F) << 12 | (at(1) & 0x3FU) << 6 | (at(2) & 0x3FU), 3};
  return {(lead & 0x07) << 18 | (at(1) & 0x3FU) << 12 | (at(2) & 0x3FU) << 6 | (at(3) & 0x3FU), 4};
}

bool allowed_in_tag(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;
  if (c == ':' || c == '|' || c == '@' || c == '#' || c == ',') return false;
  if (c == 0x061C || c == 0x200E || c == 0x200F) return false;  // marks of direction
  if ((c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) return false;
  return c != 0xFEFF && c != 0xFFFD;
}

bool allowed_in_name(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_';
}

template <typename Allowed>
std::string cleaned(std::string_view text, const Allowed& allowed) {
  const std::string valid = utf8_decode_replacing(text);
  std::string clean;
  clean.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size();) {
    const auto [value, length] = code_point(valid, i);
    if (allowed(value)) {
      clean.append(valid, i, length);
    } else {
      clean += '_';
    }
    i += length;
  }
  return clean;
}

std::string name_text(std::string_view text) {
  return cleaned(text, [](char32_t c) { return allowed_in_name(c) || c == '.'; });
}

void add_tag(std::string& tags, std::string_view name, std::string_view value) {
  if (name.empty() || value.empty()) return;  // servers take a tag without a value for a broken one
  tags += tags.empty() ? "|#" : ",";
  tags += statsd_tag_text(name) + ":" + statsd_tag_text(value);
}

std::string milliseconds(std::uint64_t ns) {
  std::string text = std::to_string(ns / 1'000'000);
  if (const std::uint64_t rest = ns % 1'000'000; rest != 0) {
    std::string digits = std::to_string(1'000'000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text;
}

std::string line(const StatsdSeries& series, std::string_view value, std::string_view type) {
  std::string text = series.name;
  text.append(1, ':').append(value).append(1, '|').append(type).append(series.tags);
  return text;
}

}  // namespace

std::string statsd_tag_text(std::string_view text) { return cleaned(text, allowed_in_tag); }

std::string statsd_name_part(std::string_view text) {
  return text.empty() ? "none" : cleaned(text, allowed_in_name);
}

StatsdNames::StatsdNames(const StatsdOptions& options)
    : dialect_(options.dialect), prefix_(name_text(options.prefix)) {
  if (dialect_ == StatsdDialect::kPlain) return;
  for (const auto& [name, value] : options.tags)
    add_tag(tags_, name, value);
}

StatsdSeries StatsdNames::series(const MetricInfo& info, std::span<const std::string> labels) const {
  StatsdSeries series{prefix_ + name_text(info.name), tags_};
  for (std::size_t i = 0; i < labels.size() && i < info.labels.size(); ++i) {
    if (dialect_ == StatsdDialect::kDogStatsd) {
      add_tag(series.tags, info.labels[i], labels[i]);
    } else {
      // With the label's name, for codex.turns.active could be a metric of its own.
      series.name += "." + statsd_name_part(info.labels[i]) + "." + statsd_name_part(labels[i]);
    }
  }
  return series;
}

std::string counter_line(const StatsdSeries& series, std::int64_t grown) {
  return line(series, std::to_string(grown), "c");
}

std::string gauge_line(const StatsdSeries& series, std::int64_t value) {
  const std::string text = line(series, std::to_string(value), "g");
  return value < 0 ? line(series, "0", "g") + "\n" + text : text;
}

std::string timing_line(const StatsdSeries& series, const MetricInfo& info, StatsdTiming timing,
                        std::uint64_t value) {
  return line(series, info.unit == "ns" ? milliseconds(value) : std::to_string(value),
              timing == StatsdTiming::kTiming      ? "ms"
              : timing == StatsdTiming::kHistogram ? "h"
                                                   : "d");
}

}  // namespace codex::telemetry
