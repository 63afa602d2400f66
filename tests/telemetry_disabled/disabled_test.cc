// A program that is built with -DCODEX_TELEMETRY_DISABLED, library included: it still links, and
// nothing is ever delivered.
#include <gtest/gtest.h>

#include "codex/telemetry/event.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/testing.h"

#ifndef CODEX_TELEMETRY_DISABLED
#error "this is to be compiled with CODEX_TELEMETRY_DISABLED"
#endif

namespace codex::telemetry {
namespace {

TEST(Disabled, NothingIsDelivered) {
  Hub hub;
  MemorySink sink(hub);
  int called = 0;
  hub.attach("", [&called](const Event&) { ++called; });
  EXPECT_FALSE(hub.active());
  Event event;
  event.name = event::kTurnFailed;
  hub.emit(event);
  ExecObserver observer(hub);
  observer.standard_output("{\"type\":\"turn.started\"}\nno JSON\n");
  observer.ended(1, {});
  Pipeline pipeline(hub);
  pipeline.emit(event);
  pipeline.shutdown();
  EXPECT_EQ(called, 0);
  EXPECT_EQ(sink.size(), 0U);
  EXPECT_EQ(pipeline.counts().emitted, 1U);
  EXPECT_EQ(pipeline.counts().delivered, 0U);
}

}  // namespace
}  // namespace codex::telemetry
