#include "codex/telemetry/registry.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {
namespace {

json::Array events_of(const std::string& name) {
  std::ifstream file(CTD_SOURCE_DIR "/telemetry/registry/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto parsed = json::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().text();
  return parsed ? *parsed.value().get("events")->array() : json::Array();
}

// Those written by hand, and those made of the protocol.
json::Array registry_events() {
  json::Array events = events_of("events.json");
  const json::Array more = events_of("app_server_events.json");
  events.insert(events.end(), more.begin(), more.end());
  return events;
}

Event thread_start() {
  Event made;
  made.name = event::kThreadStart;
  made.metadata = {{"thread_id", "t"}};
  return made;
}

TEST(Registry, HasEveryEventOfTheFile) {
  const json::Array events = registry_events();
  EXPECT_EQ(all_events().size(), events.size());
  for (const json::Value& entry : events) {
    const EventInfo* info = find_event(entry.get("name")->text());
    ASSERT_NE(info, nullptr) << entry.get("name")->text();
    EXPECT_EQ(info->when, entry.get("when")->text());
    EXPECT_EQ(info->message, entry.get("log")->get("message")->text());
    EXPECT_EQ(info->measurements.size(), entry.get("measurements")->array()->size());
    EXPECT_EQ(info->metadata.size(), entry.get("metadata")->object()->size());
    EXPECT_EQ(info->metrics.size(), entry.get("metrics")->array()->size());
    EXPECT_EQ(info->python.size(), entry.get("python")->array()->size());
    const json::Value* methods = entry.get("methods");
    EXPECT_EQ(info->methods.size(), methods == nullptr ? 0U : methods->array()->size());
    EXPECT_EQ(info->high_volume, entry.get("high_volume") != nullptr);
  }
}

TEST(Registry, HasTheNamesOfTheContract) {
  for (const char* name :
       {"codex.thread.start",      "codex.thread.stop",        "codex.thread.exception",
        "codex.turn.start",        "codex.turn.completed",     "codex.turn.failed",
        "codex.turn.interrupted",  "codex.item.started",       "codex.item.updated",
        "codex.item.completed",    "codex.tool.start",         "codex.tool.stop",
        "codex.tool.exception",    "codex.approval.requested", "codex.approval.approved",
        "codex.approval.denied",   "codex.approval.cancelled", "codex.thread.token_usage.updated",
        "codex.turn.diff.updated", "codex.turn.plan.updated",  "codex.thread.compacted",
        "codex.session.start",     "codex.session.stop",       "codex.session.malformed",
        "codex.session.invalid",   "codex.session.unknown",    "codex.telemetry.handler_failed",
        "codex.turn.error",        "codex.request.failed",     "codex.server_request.received"}) {
    EXPECT_NE(find_event(name), nullptr) << name;
  }
}

TEST(Registry, IsWhole) {
  std::set<std::string_view> names;
  for (const EventInfo& info : all_events()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.when.empty()) << info.name;
    EXPECT_FALSE(info.metadata.empty()) << info.name;
    EXPECT_FALSE(info.message.empty()) << info.name;
    for (const FieldInfo& field : info.measurements)
      EXPECT_FALSE(field.unit.empty()) << info.name;
    for (const PythonCounterpart& place : info.python)
      EXPECT_FALSE(place.version.empty()) << info.name;
  }
  EXPECT_EQ(find_event("codex"), nullptr);
  EXPECT_EQ(find_event(""), nullptr);
  EXPECT_EQ(find_event("codex.turn.starts"), nullptr);
}

TEST(Registry, WhatIsMadeOfItIsUpToDate) {
  EXPECT_EQ(std::system("python3 \"" CTD_SOURCE_DIR "/scripts/generate_events.py\" --check"), 0);
}

TEST(Validate, AcceptsWhatFits) {
  EXPECT_EQ(validate(thread_start()), std::nullopt);

  Event app_server = thread_start();
  app_server.metadata = {{"thread", json::Object{{"id", "t"}}}};
  EXPECT_EQ(validate(app_server), std::nullopt);

  Event turn;
  turn.name = event::kTurnCompleted;
  turn.metadata = {{"usage", json::Object{{"input_tokens", 1}}}};
  turn.measurements = {{"duration", 12}, {"input_tokens", 1}, {"cache_read_tokens", 1}};
  EXPECT_EQ(validate(turn), std::nullopt);
  turn.metadata = {{"usage", nullptr}};
  EXPECT_EQ(validate(turn), std::nullopt);
  turn.metadata = {};
  EXPECT_EQ(validate(turn), std::nullopt);
  turn.metadata = {{"threadId", "t"}, {"turn", json::Object{}}};
  EXPECT_EQ(validate(turn), std::nullopt);

  Event stop;
  stop.name = event::kSessionStop;
  stop.metadata = {{"exit_code", 0}, {"signal", nullptr}, {"stderr", ""}, {"completed", true}};
  EXPECT_EQ(validate(stop), std::nullopt);
}

TEST(Validate, AcceptsWhatANewerCodexAddsToALine) {
  Event more = thread_start();
  more.metadata.set("new_field", json::Object{});
  EXPECT_EQ(validate(more), std::nullopt);
}

TEST(Validate, RefusesAnUnknownName) {
  Event made = thread_start();
  made.name = "codex.thread.begin";
  EXPECT_EQ(validate(made), "no event is named \"codex.thread.begin\"");
}

TEST(Validate, RefusesAMissingField) {
  Event made = thread_start();
  made.metadata = {};
  EXPECT_EQ(
      validate(made),
      "codex.thread.start: exec: metadata field \"thread_id\" is missing; app-server: metadata "
      "field \"thread\" is missing");
  Event stop;
  stop.name = event::kSessionStop;
  EXPECT_EQ(validate(stop), "codex.session.stop: metadata field \"completed\" is missing");
}

TEST(Validate, RefusesAWrongType) {
  Event stop;
  stop.name = event::kSessionStop;
  stop.metadata = {{"completed", true}, {"exit_code", "0"}};
  EXPECT_EQ(validate(stop),
            "codex.session.stop: metadata field \"exit_code\" must be null or integer, not string");
  Event made = thread_start();
  made.metadata = {{"thread_id", 5}};
  EXPECT_NE(validate(made), std::nullopt);
  made.metadata = {{"thread_id", nullptr}};
  EXPECT_NE(validate(made), std::nullopt);
}

TEST(Validate, RefusesAnUnknownField) {
  Event stop;
  stop.name = event::kSessionStop;
  stop.metadata = {{"completed", true}, {"exitcode", 0}};
  EXPECT_EQ(validate(stop), "codex.session.stop: metadata field \"exitcode\" is unknown");
}

TEST(Validate, RefusesAMixtureOfTransports) {
  Event turn;
  turn.name = event::kTurnStart;
  turn.metadata = {{"threadId", "t"}};  // half of an app-server's, and exec knows no such field
  EXPECT_NE(validate(turn), std::nullopt);
  Event item;
  item.name = event::kItemStarted;
  item.metadata = {{"item", json::Object{}}, {"startedAtMs", 5}, {"threadId", "t"}};
  EXPECT_NE(validate(item), std::nullopt);
  item.metadata.set("turnId", "u");
  EXPECT_EQ(validate(item), std::nullopt);
}

TEST(Validate, RefusesABadMeasurement) {
  Event made = thread_start();
  made.measurements = {{"duration", 5}};
  EXPECT_EQ(validate(made), "codex.thread.start: measurement \"duration\" is unknown");
  Event turn;
  turn.name = event::kTurnFailed;
  turn.metadata = {{"error", json::Object{}}};
  turn.measurements = {{"duration", 5.0}};
  EXPECT_EQ(validate(turn),
            "codex.turn.failed: measurement \"duration\" must be integer, not real");
}

}  // namespace
}  // namespace codex::telemetry
