// Receivers that refuse, lie, stall and break: what is tried again, what is dropped, and the
// account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/testing_capture.h"
#include "otlp_support.h"
#include "telemetry/src/otlp/outcome.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::badly;
using test::FailureServer;
using test::HttpRequest;
using test::status;

constexpr int kSpans = 7;

// Sends one batch to a server that answers as scripted, until it is settled.
ExporterStats stats_after(const FailureServer::Script& script, std::size_t* requests = nullptr,
                          void (*change)(OtlpOptions&) = nullptr) {
  FailureServer server(script);
  OtlpOptions options = quick_options(server.url());
  if (change != nullptr) change(options);
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(kSpans);
  EXPECT_TRUE(exporter->flush(in_time()));
  if (requests != nullptr) *requests = server.requests().size();
  const ExporterStats stats = exporter->stats().at(0);
  expect_settled(stats);
  EXPECT_EQ(stats.emitted, static_cast<std::uint64_t>(kSpans));
  return stats;
}

FailureServer::Script always(Answer answer) {
  return [answer](const HttpRequest&, std::size_t) { return answer; };
}
FailureServer::Script first(std::size_t times, Answer answer) {
  return [answer, times](const HttpRequest&, std::size_t number) {
    return number < times ? answer : Answer();
  };
}

class OtlpTriesAgain : public testing::TestWithParam<Answer> {};

TEST_P(OtlpTriesAgain, AndCounts) {
  std::size_t requests = 0;
  const ExporterStats stats =
      stats_after(first(2, GetParam()), &requests,
                  [](OtlpOptions& options) { options.traces.timeout = 300ms; });
  EXPECT_EQ(requests, 3U);
  EXPECT_EQ(stats.exported, 7U);
  EXPECT_EQ(stats.failed, 2U);
  EXPECT_EQ(stats.retries, 2U);
}

INSTANTIATE_TEST_SUITE_P(Failures, OtlpTriesAgain,
                         testing::Values(status(429), status(502), status(503), status(504),
                                         badly(Answer::Way::kReset), badly(Answer::Way::kCut),
                                         badly(Answer::Way::kSilence),
                                         badly(Answer::Way::kDribble)));

class OtlpGivesUp : public testing::TestWithParam<int> {};

TEST_P(OtlpGivesUp, AtOnce) {
  std::size_t requests = 0;
  const ExporterStats stats = stats_after(always(status(GetParam())), &requests);
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(stats.dropped(ExportDrop::kRejected), 7U);
  EXPECT_EQ(stats.failed, 1U);
  EXPECT_EQ(stats.retries, 0U);
}

INSTANTIATE_TEST_SUITE_P(Statuses, OtlpGivesUp,
                         testing::Values(301, 400, 401, 403, 404, 408, 413, 500, 501, 505));

TEST(OtlpFailures, RetriesEnd) {
  std::size_t requests = 0;
  const ExporterStats stats = stats_after(always(status(503)), &requests);
  EXPECT_EQ(requests, 5U);
  EXPECT_EQ(stats.dropped(ExportDrop::kRetriesExhausted), 7U);
  EXPECT_EQ(stats.failed, 5U);
  EXPECT_EQ(stats.retries, 4U);
}

TEST(OtlpFailures, APartialSuccessIsNeverTriedAgain) {
  Answer answer;
  answer.body = R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})";
  std::size_t requests = 0;
  const LogCapture log(exporter_logger());
  const ExporterStats stats = stats_after(always(answer), &requests);
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(stats.exported, 4U);
  EXPECT_EQ(stats.dropped(ExportDrop::kPartialSuccess), 3U);
  EXPECT_EQ(stats.failed, 0U);
  EXPECT_THAT(log.messages(),
              testing::ElementsAre("WARNING OTLP span: the receiver did not take 3 of 7: too old"));
}

TEST(OtlpFailures, ALyingPartialSuccessKeepsTheAccount) {
  for (const char* const body :
       {R"({"partialSuccess":{"rejectedSpans":"99999999999999999999"}})",
        R"({"partialSuccess":{"rejectedSpans":1000}})",
        R"({"partialSuccess":{"rejectedSpans":-4}})", R"({"partialSuccess":{"rejectedSpans":{}}})",
        R"({"partialSuccess":7})", "[]", "not json", "",
        R"({"partialSuccess":{"rejectedLogRecords":"3"}})"}) {
    Answer answer;
    answer.body = body;
    const ExporterStats stats = stats_after(always(answer));
    const std::uint64_t none =
        std::string_view(body).find("1000") != std::string_view::npos ? 7 : 0;
    EXPECT_EQ(stats.dropped(ExportDrop::kPartialSuccess), none) << body;
  }
}

TEST(OtlpFailures, AnAnswerIsOneEvenWhenItsBodyIsNot) {
  for (const Answer::Way way : {Answer::Way::kHalf, Answer::Way::kEndless}) {
    std::size_t requests = 0;
    EXPECT_EQ(stats_after(always(badly(way)), &requests).exported, 7U);
    EXPECT_EQ(requests, 1U);
    EXPECT_EQ(stats_after(always(badly(way, 400)), &requests).dropped(ExportDrop::kRejected), 7U);
    EXPECT_EQ(requests, 1U);
  }
}

TEST(OtlpFailures, NobodyIsThere) {
  SpanSource source;
  const auto exporter =
      attach_otlp({.traces = &source.provider()}, quick_options(test::dead_url()));
  source.spans(kSpans);
  EXPECT_TRUE(exporter->flush(in_time()));
  const ExporterStats stats = exporter->stats().at(0);
  expect_settled(stats);
  EXPECT_EQ(stats.dropped(ExportDrop::kRetriesExhausted), 7U);
  EXPECT_EQ(stats.failed, 5U);
}

TEST(OtlpFailures, WhatWillNeverWorkIsNotTriedAgain) {
  OtlpOptions garbage = quick_options("http://127.0.0.1:1");
  garbage.traces.url = "gopher://127.0.0.1/";
  OtlpOptions certificate = quick_options("https://127.0.0.1:1");
  certificate.traces.certificate = "/no/such/file";
  FailureServer server;
  certificate.traces.url = "https" + server.url().substr(4);
  for (const OtlpOptions& options : {garbage, certificate}) {
    SpanSource source;
    const auto exporter = attach_otlp({.traces = &source.provider()}, options);
    source.spans(kSpans);
    EXPECT_TRUE(exporter->flush(in_time()));
    const ExporterStats stats = exporter->stats().at(0);
    expect_settled(stats);
    EXPECT_EQ(stats.dropped(ExportDrop::kFailed), 7U);
    EXPECT_EQ(stats.retries, 0U);
  }
}

TEST(OtlpFailures, NoHttpAtAll) {
  const ExporterStats stats = stats_after(always(badly(Answer::Way::kGarbage)));
  EXPECT_EQ(stats.dropped(), 7U);
}

// The back-off would take an hour: only the header makes it go on. The receiver's clock shows
// another time than ours.
class OtlpRetryAfter : public testing::TestWithParam<const char*> {};

TEST_P(OtlpRetryAfter, CountsBeforeTheBackOff) {
  const std::map<std::string, std::string> headers = {{"Retry-After", GetParam()},
                                                      {"Date", "Wed, 21 Oct 2015 07:28:00 GMT"}};
  const ExporterStats stats =
      stats_after(first(1, status(503, headers)), nullptr, [](OtlpOptions& options) {
        options.retry.first = options.retry.longest = 1h;
        options.traces.batch_timeout = 2h;
      });
  EXPECT_EQ(stats.exported, 7U);
  EXPECT_EQ(stats.retries, 1U);
}

INSTANTIATE_TEST_SUITE_P(Forms, OtlpRetryAfter,
                         testing::Values("0", "Wed, 21 Oct 2015 07:28:00 GMT",
                                         "Wednesday, 21-Oct-15 07:28:00 GMT"));

TEST(OtlpFailures, ATooLongRetryAfterIsNotWaitedFor) {
  std::size_t requests = 0;
  const ExporterStats stats =
      stats_after(always(status(429, {{"Retry-After", "86400"}})), &requests);
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(stats.dropped(ExportDrop::kRetriesExhausted), 7U);
}

TEST(OtlpFailures, ABatchHasATimeOfItsOwn) {
  std::size_t requests = 0;
  const ExporterStats stats =
      stats_after(always(status(503, {{"Retry-After", "60"}})), &requests,
                  [](OtlpOptions& options) { options.traces.batch_timeout = 30s; });
  EXPECT_EQ(requests, 1U);
  EXPECT_EQ(stats.dropped(ExportDrop::kRetriesExhausted), 7U);
}

TEST(OtlpFailures, EachComplaintComesOnce) {
  FailureServer server(always(status(401)));
  SpanSource source;
  const LogCapture log(exporter_logger());
  const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
  for (int i = 0; i < 3; ++i) {
    source.spans(1);
    EXPECT_TRUE(exporter->flush(in_time()));
  }
  EXPECT_THAT(log.messages(),
              testing::ElementsAre("WARNING OTLP span: the receiver refuses: HTTP 401"));
}

TEST(OtlpOutcome, RetryAfterInBothForms) {
  const auto now = std::chrono::system_clock::from_time_t(1445412480);  // 21 Oct 2015 07:28:00
  EXPECT_EQ(otlp::parse_retry_after("120", now), 120s);
  EXPECT_EQ(otlp::parse_retry_after("0", now), 0s);
  EXPECT_EQ(otlp::parse_retry_after("Wed, 21 Oct 2015 07:29:30 GMT", now), 90s);
  EXPECT_EQ(otlp::parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), 0s);
  EXPECT_EQ(otlp::parse_retry_after("Wed, 21 Oct 2015 07:27:59 GMT", now), std::nullopt);
  EXPECT_GE(otlp::parse_retry_after("99999999999999999999999", now), 24h);
  for (const char* const bad : {"", "-1", "soon", "1.5"})
    EXPECT_EQ(otlp::parse_retry_after(bad, now), std::nullopt) << bad;
}

TEST(OtlpOutcome, TheBackOffDoublesUpToTheLongestLessJitter) {
  OtlpRetry retry;
  retry.first = 100ms;
  retry.longest = 1000ms;
  EXPECT_EQ(otlp::backoff(retry, 1, 1), 100ms);
  EXPECT_EQ(otlp::backoff(retry, 1, 0), 50ms);
  EXPECT_EQ(otlp::backoff(retry, 2, 1), 200ms);
  EXPECT_EQ(otlp::backoff(retry, 4, 1), 800ms);
  EXPECT_EQ(otlp::backoff(retry, 5, 1), 1000ms);
  EXPECT_EQ(otlp::backoff(retry, 4000, 1), 1000ms);
  EXPECT_EQ(otlp::backoff(retry, 4000, 0), 500ms);
}

}  // namespace
}  // namespace codex::telemetry
