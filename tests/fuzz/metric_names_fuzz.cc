// What StatsD and Prometheus get of any label, tag and prefix (parted by NUL) is by their grammars.
#include <array>
#include <cctype>

#include "codex/telemetry/metrics.h"
#include "codex/telemetry/statsd.h"
#include "harness/model/utf8.h"
#include "statsd_lines.h"
#include "tests/fuzz/target.h"
#if CTD_WITH_PROMETHEUS
#include "prometheus_export/families.h"
#endif

namespace codex::fuzz {
namespace {

bool is_name(std::string_view text) {
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.')
      return false;
  }
  return !text.empty();
}

// NAME:1|c or NAME:1|c|#TAG:VALUE,…
void check_statsd(std::string_view line) {
  check(line.find('\n') == std::string_view::npos && harness::is_utf8(line), "one line of UTF-8");
  const std::size_t colon = line.find(':');
  check(colon != std::string_view::npos && is_name(line.substr(0, colon)), "a name of StatsD");
  std::string_view rest = line.substr(colon);
  check(rest.starts_with(":1|c"), "the value is the one that was counted");
  rest.remove_prefix(4);
  if (rest.empty()) return;
  check(rest.starts_with("|#") && rest.size() > 2, "tags stand behind |#");
  rest.remove_prefix(2);
  while (!rest.empty()) {
    const std::string_view tag = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(tag.size() + 1, rest.size()));
    const std::size_t split = tag.find(':');
    check(split != std::string_view::npos && split > 0 && split + 1 < tag.size(), "a tag has a value");
    check(tag.find_first_of(":|@#", split + 1) == std::string_view::npos, "and one only");
    for (const char c : tag)
      check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control characters");
  }
}

#if CTD_WITH_PROMETHEUS
// name{label="value",…} number
void check_sample(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && (std::isalnum(static_cast<unsigned char>(line[i])) != 0 ||
                             line[i] == '_' || line[i] == ':'))
    ++i;
  check(i > 0 && i < line.size(), "a sample begins with a name");
  if (line[i] == '{') {
    bool quoted = false;
    for (++i; i < line.size() && (quoted || line[i] != '}'); ++i) {
      if (line[i] == '\\') {
        check(quoted && i + 1 < line.size() &&
                  (line[i + 1] == 'n' || line[i + 1] == '"' || line[i + 1] == '\\'),
              "only three escapes are known");
        ++i;
      } else if (line[i] == '"') {
        quoted = !quoted;
      }
    }
    check(i < line.size(), "labels end");
    ++i;
  }
  check(i < line.size() && line[i] == ' ' &&
            line.substr(i + 1).find_first_not_of("0123456789.e+-InfaN") == std::string_view::npos,
        "a sample ends with a number");
}
#endif

void run(std::string_view input) {
  std::array<std::string, 5> parts;
  for (std::string& part : parts) {
    part = std::string(input.substr(0, input.find('\0')));
    input.remove_prefix(std::min(part.size() + 1, input.size()));
  }
  const telemetry::MetricInfo& info = *telemetry::find_metric("codex.tool.calls");
  for (const auto dialect : {telemetry::StatsdDialect::kDogStatsd, telemetry::StatsdDialect::kPlain}) {
    telemetry::StatsdOptions options;
    options.dialect = dialect;
    options.prefix = parts[2];
    options.tags = {{parts[3], parts[4]}};
    const telemetry::StatsdNames names(options);
    const std::array<std::string, 2> labels{parts[0], parts[1]};
    const telemetry::StatsdSeries series = names.series(info, labels);
    check_statsd(telemetry::counter_line(series, 1));
    check(telemetry::statsd_name_part(parts[0]) ==
              telemetry::statsd_name_part(telemetry::statsd_name_part(parts[0])),
          "a name part is clean after once");
  }
#if CTD_WITH_PROMETHEUS
  telemetry::Metrics metrics;
  metrics.counter(info.name, {parts[0], parts[1]}).add(1);
  metrics.counter(info.name, {parts[1], parts[0]}).add(1);
  metrics.histogram("codex.turn.duration", {parts[2]}).record(5);
  const auto samples = metrics.snapshot();
  for (const bool open : {false, true}) {
    const auto families = telemetry::prometheus_families(samples);
    const std::string text = open ? telemetry::open_metrics_exposition(families)
                                  : telemetry::text_exposition(families);
    check(harness::is_utf8(text) && text.ends_with('\n'), "lines of UTF-8");
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      if (!line.starts_with('#')) check_sample(line);
    }
    (void)telemetry::escaped_help(parts[4]);
  }
#endif
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  return {"shell\0completed\0my.\0env\0prod"s,
          "a:b|c@1#d,e\0x\ncodex_forged:99|c\0p|\0x,y\0\xff"s,
          "\"} 1\nforged{a=\"\0\\\0\xe2\x80\xa8\0gr\xc3\xbcn\0\x1b[31m"s};
}

}  // namespace

const Target kMetricNames{"metric_names", run, seeds, 512};

}  // namespace codex::fuzz
