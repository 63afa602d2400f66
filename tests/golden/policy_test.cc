#include "golden/policy.h"

#include <gmock/gmock.h>

namespace codex::golden {
namespace {

TEST(Policy, CiIsAnyValueButTheOnesThatSayNo) {
  EXPECT_FALSE(is_ci(std::nullopt));
  for (const char* value : {"", "0", "false", "False", "FALSE"})
    EXPECT_FALSE(is_ci(value)) << value;
  for (const char* value : {"1", "true", "yes", "no", "00", " ", "falsey", "fals"}) {
    EXPECT_TRUE(is_ci(value)) << value;
  }
}

TEST(Policy, ARefusalNamesTheReasonAndTheLocalCommand) {
  EXPECT_FALSE(write_refusal(std::nullopt, "codex-telemetry-diff golden update").has_value());
  const auto refusal = write_refusal("true", "codex-telemetry-diff golden update");
  ASSERT_TRUE(refusal.has_value());
  EXPECT_THAT(refusal->text(), ::testing::HasSubstr("CI is set"));
  EXPECT_THAT(refusal->text(), ::testing::HasSubstr("`codex-telemetry-diff golden update`"));
}

}  // namespace
}  // namespace codex::golden
