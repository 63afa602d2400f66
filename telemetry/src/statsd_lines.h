// The text of StatsD: what a series is called, what its values look like. Whatever a label holds, a
// line stays one line of that metric.
#ifndef CODEX_TELEMETRY_SRC_STATSD_LINES_H_
#define CODEX_TELEMETRY_SRC_STATSD_LINES_H_

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "codex/telemetry/metrics.h"
#include "codex/telemetry/statsd.h"

namespace codex::telemetry {

// Valid UTF-8; control characters, line separators, marks of direction, what is no UTF-8 and
// : | @ # , are "_".
std::string statsd_tag_text(std::string_view text);
// Letters and digits of ASCII, "-" and "_"; everything else is "_", nothing "none".
std::string statsd_name_part(std::string_view text);

// A series as the server tells it apart. Two of ours may be the same one there.
struct StatsdSeries {
  std::string name;
  std::string tags;  // "|#a:b,c:d", or ""
  auto operator<=>(const StatsdSeries&) const = default;
};

class StatsdNames {
 public:
  explicit StatsdNames(const StatsdOptions& options);
  StatsdSeries series(const MetricInfo& info, std::span<const std::string> labels) const;

 private:
  const StatsdDialect dialect_;
  std::string prefix_;
  std::string tags_;
};

std::string counter_line(const StatsdSeries& series, std::int64_t grown);
// Two lines where it is negative: a gauge with a sign would be added to what the server has.
std::string gauge_line(const StatsdSeries& series, std::int64_t value);
std::string timing_line(const StatsdSeries& series, const MetricInfo& info, StatsdTiming timing,
                        std::uint64_t value);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_STATSD_LINES_H_
