#include "matrix/night_json.h"

#include <gmock/gmock.h>

#include "golden/json_text.h"
#include "matrix/report.h"
#include "tests/support/json_at.h"
#include "tests/support/sample_reports.h"

namespace codex::matrix {
namespace {

using json::Value;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(NightJson, ClustersSayWhatWhoseHowManyAndSinceWhen) {
  const Report report = test::red_night();
  const Value whole = build_report(report);
  const Night& night = *report.night;
  ASSERT_FALSE(night.clusters.empty());
  const Cluster& first = night.clusters.front();
  EXPECT_EQ(test::at(whole, "/clusters").array()->size(), night.clusters.size());
  EXPECT_EQ(test::at(whole, "/clusters/0/cause"), Value(first.cause.id));
  EXPECT_EQ(test::at(whole, "/clusters/0/kind"), Value(golden::verdict_name(first.kind)));
  EXPECT_EQ(test::at(whole, "/clusters/0/where"), Value(first.cause.where));
  EXPECT_EQ(test::at(whole, "/clusters/0/standing"), Value(standing_name(first.standing)));
  EXPECT_EQ(test::at(whole, "/clusters/0/sessions").array()->size(), first.sessions.size());
  EXPECT_EQ(test::at(whole, "/run/since/" + first.cause.id), Value(first.since));
}

TEST(NightJson, WhatChangedSinceTheLastNightIsThere) {
  const Report report = test::red_night();
  const Value whole = build_report(report);
  const Night& night = *report.night;
  EXPECT_EQ(test::at(whole, "/since/first"), Value(false));
  EXPECT_EQ(test::at(whole, "/since/differences/new").as_int64(),
            static_cast<std::int64_t>(night.differences_new));
  EXPECT_EQ(test::at(whole, "/since/changed").array()->size(), night.changed.size());
  EXPECT_EQ(test::at(whole, "/since/inputs").array()->size(), night.inputs.size());
  EXPECT_EQ(test::at(whole, "/run/before"), Value(*night.before));
  EXPECT_EQ(test::at(whole, "/run/trend").array()->size(), night.trend.size());
  EXPECT_EQ(test::at(whole, "/matrix/regressions").array()->size(),
            night.matrix.regressions.size());
}

TEST(NightJson, ClocksStandUnderRunAlone) {
  Report report = test::red_night();
  const std::string before = *report.night->before;
  Value whole = build_report(report);
  EXPECT_THAT(golden::pretty_text(whole), HasSubstr(before));
  json::Object without;
  for (const auto& [key, value] : *whole.object()) {
    if (key != "run") without.append(key, value);
  }
  EXPECT_THAT(golden::pretty_text(Value(without)), Not(HasSubstr(before)));
}

TEST(NightJson, AFirstNightSaysSo) {
  Report report = test::red_night();
  report.night->before.reset();
  const Value whole = build_report(report);
  EXPECT_EQ(test::at(whole, "/since/first"), Value(true));
  EXPECT_EQ(test::at(whole, "/run/before"), Value());
}

TEST(NightJson, AReplayHasNone) {
  Report report = test::red_night();
  report.night.reset();
  const Value whole = build_report(report);
  for (const char* key : {"clusters", "since", "matrix"}) EXPECT_EQ(whole.get(key), nullptr) << key;
}

}  // namespace
}  // namespace codex::matrix
