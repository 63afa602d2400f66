#include <gtest/gtest.h>

#include <map>
#include <string>

#include "codex/telemetry/pipeline.h"

namespace codex::telemetry {
namespace {

TEST(Sampling, KeepsAShareOfTracesAndMoreWithAHigherRatio) {
  std::map<double, int> kept;
  for (int i = 0; i < 20'000; ++i) {
    const std::string trace = make_trace_context().trace_id;
    bool before = false;
    for (const double ratio : {0.0, 0.01, 0.25, 0.5, 0.99, 1.0}) {
      const bool now = keeps_trace(trace, ratio);
      EXPECT_TRUE(now || !before) << trace << " " << ratio;
      before = now;
      kept[ratio] += now ? 1 : 0;
    }
  }
  for (const auto& [ratio, count] : kept) EXPECT_NEAR(count / 20'000.0, ratio, 0.02);
  EXPECT_EQ(kept[0.0], 0);
  EXPECT_EQ(kept[1.0], 20'000);
}

// As OpenTelemetry's consistent sampling has it: by the last 56 bits, high ones are kept.
TEST(Sampling, IsDecidedByTheLastFiftySixBits) {
  const std::string head(18, 'f');
  EXPECT_FALSE(keeps_trace(head + "7fffffffffffff", 0.5));
  EXPECT_TRUE(keeps_trace(head + "80000000000000", 0.5));
  EXPECT_TRUE(keeps_trace(std::string(18, '0') + "80000000000000", 0.5));
  EXPECT_FALSE(keeps_trace(head + "bfffffffffffff", 0.25));
  EXPECT_TRUE(keeps_trace(head + "c0000000000000", 0.25));
  EXPECT_TRUE(keeps_trace("", 0));
  EXPECT_TRUE(keeps_trace(std::string(32, 'x'), 0));
}

}  // namespace
}  // namespace codex::telemetry
