// What a line of StatsD looks like, and that no label makes it another one.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/statsd.h"
#include "hostile_labels.h"
#include "statsd_lines.h"
#include "statsd_receiver.h"
#include "statsd_socket.h"

namespace codex::telemetry {
namespace {

using testing::HasSubstr;

const MetricInfo& metric(const char* name) { return *find_metric(name); }

StatsdSeries series(const StatsdOptions& options, const char* name,
                    const std::vector<std::string>& labels) {
  return StatsdNames(options).series(metric(name), labels);
}

TEST(StatsdLines, AreThoseOfDogStatsd) {
  const auto calls = series({}, "codex.tool.calls", {"shell", "completed"});
  EXPECT_EQ(counter_line(calls, 3), "codex.tool.calls:3|c|#tool:shell,outcome:completed");
  EXPECT_EQ(counter_line(series({}, "codex.sessions", {}), 1), "codex.sessions:1|c");
  EXPECT_EQ(gauge_line(series({}, "codex.turns.active", {}), 2), "codex.turns.active:2|g");
  const StatsdOptions tagged{.prefix = "my.", .tags = {{"env", "a:b"}, {"x,y", "1|c"}}};
  EXPECT_EQ(counter_line(series(tagged, "codex.turns", {"failed"}), 1),
            "my.codex.turns:1|c|#env:a_b,x_y:1_c,outcome:failed");
  EXPECT_EQ(counter_line(series({}, "codex.turns", {""}), 1), "codex.turns:1|c");
}

TEST(StatsdLines, AreThoseOfPlainStatsd) {
  const StatsdOptions plain{.dialect = StatsdDialect::kPlain, .tags = {{"env", "a"}}};
  EXPECT_EQ(counter_line(series(plain, "codex.tool.calls", {"a.b c", "completed"}), 3),
            "codex.tool.calls.tool.a_b_c.outcome.completed:3|c");
  EXPECT_EQ(counter_line(series(plain, "codex.tokens", {""}), 7), "codex.tokens.kind.none:7|c");
}

TEST(StatsdLines, ANegativeGaugeIsNoChangeOfTheOneBefore) {
  EXPECT_EQ(gauge_line({"a", "|#b:c"}, -5), "a:0|g|#b:c\na:-5|g|#b:c");
}

TEST(StatsdLines, TimesAreMillisecondsToTheNanosecond) {
  const auto line = [](std::uint64_t ns, StatsdTiming timing = StatsdTiming::kTiming) {
    return timing_line({"t", ""}, metric("codex.turn.duration"), timing, ns);
  };
  EXPECT_EQ(line(0), "t:0|ms");
  EXPECT_EQ(line(1), "t:0.000001|ms");
  EXPECT_EQ(line(1'234'567'890), "t:1234.56789|ms");
  EXPECT_EQ(line(2'000'000), "t:2|ms");
  EXPECT_EQ(line(18'446'744'073'709'551'615U), "t:18446744073709.551615|ms");
  EXPECT_EQ(line(500'000, StatsdTiming::kDistribution), "t:0.5|d");
  EXPECT_EQ(line(500'000, StatsdTiming::kHistogram), "t:0.5|h");
}

TEST(StatsdLines, NoLabelMakesAnotherLine) {
  ASSERT_GT(hostile_labels().size(), 90U);
  for (const std::string& label : hostile_labels()) {
    for (const StatsdDialect dialect : {StatsdDialect::kDogStatsd, StatsdDialect::kPlain}) {
      const StatsdOptions options{.dialect = dialect, .tags = {{label, label}}};
      const auto made = series(options, "codex.tool.calls", {label, label});
      const auto lines = statsd_lines({counter_line(made, 1)});
      ASSERT_EQ(lines.size(), 1U) << testing::PrintToString(label);
      EXPECT_TRUE(lines[0].name.starts_with("codex.tool.calls")) << lines[0].name;
      EXPECT_EQ(lines[0].value, "1");
      EXPECT_EQ(lines[0].type, "c");
    }
  }
  EXPECT_EQ(statsd_tag_text("x\ncodex_forged:99|c|@1|#a,b"), "x_codex_forged_99_c__1__a_b");
  EXPECT_EQ(statsd_tag_text("\xed\xa0\x80\xff\xe2\x80\xa8\xc2\x85gr\xc3\xbcn"), "______gr\xc3\xbcn");
  EXPECT_EQ(statsd_name_part("gr\xc3\xbcn/\n"), "gr_n__");
}

TEST(StatsdAddress, IsReadInEachForm) {
  const auto read = [](const char* text) {
    const auto parsed = parse_statsd_address(text);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) return "wrong: " + *wrong;
    const auto& address = std::get<StatsdAddress>(parsed);
    return address.unix_socket() ? address.path
                                 : address.host + " " + std::to_string(address.port);
  };
  EXPECT_EQ(read("localhost:9125"), "localhost 9125");
  EXPECT_EQ(read("localhost"), "localhost 8125");
  EXPECT_EQ(read("udp://127.0.0.1:1"), "127.0.0.1 1");
  EXPECT_EQ(read("[::1]:65535"), "::1 65535");
  EXPECT_EQ(read("udp://[fe80::1%eth0]"), "fe80::1%eth0 8125");
  EXPECT_EQ(read("unix:///var/run/datadog/dsd.socket"), "/var/run/datadog/dsd.socket");
  EXPECT_THAT(read(("unix:///" + std::string(106, 'a')).c_str()), HasSubstr("/aaa"));
  for (const char* bad : {"", ":8125", "host:", "host:0", "host:65536", "host:-1", "host:12x",
                          "host:1:2", "::1", "[::1", "[]:1", "[::1]x", "[host]:1", "a b:1",
                          "tcp://host:1", "unix://relative", "unix:/x", "host:1\n", "ho\nst",
                          "user@host:1", "http://host:1/x"}) {
    EXPECT_THAT(read(bad), HasSubstr("wrong: ")) << bad;
  }
  EXPECT_THAT(read(("unix:///" + std::string(107, 'a')).c_str()), HasSubstr("107 bytes"));
}

}  // namespace
}  // namespace codex::telemetry
