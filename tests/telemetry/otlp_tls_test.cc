// Certificates: whom the exporter trusts, and who it says it is.
#include <gtest/gtest.h>

#include "otlp_support.h"
#include "otlp_tls_server.h"

namespace codex::telemetry {
namespace {

using test::TlsServer;

ExporterStats stats_with(const TlsServer& server, bool trusted, bool known) {
  OtlpOptions options = quick_options(server.url());
  if (trusted) options.traces.certificate = server.certificate();
  if (known) {
    options.traces.client_certificate = server.certificate();
    options.traces.client_key = server.key();
  }
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(2);
  EXPECT_TRUE(exporter->flush(in_time()));
  expect_settled(exporter->stats().at(0));
  return exporter->stats().at(0);
}

TEST(OtlpTls, BothSidesTrustEachOther) {
  const TlsServer server;
  EXPECT_EQ(stats_with(server, true, true).exported, 2U);
  EXPECT_EQ(server.requests(), 1);
}

TEST(OtlpTls, AServerThatIsNotTrustedGetsNothing) {
  const TlsServer server;
  const ExporterStats stats = stats_with(server, false, true);
  EXPECT_EQ(stats.dropped(ExportDrop::kFailed), 2U);
  EXPECT_EQ(stats.retries, 0U);
  EXPECT_EQ(server.requests(), 0);
}

TEST(OtlpTls, WhoDoesNotSayWhoItIsIsNotServed) {
  const TlsServer server;
  EXPECT_EQ(stats_with(server, true, false).dropped(), 2U);
  EXPECT_EQ(server.requests(), 0);
}

}  // namespace
}  // namespace codex::telemetry
