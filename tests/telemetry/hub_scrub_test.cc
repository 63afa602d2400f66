// What handlers of a hub see where secrets are emitted.
#include <algorithm>
#include <random>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/testing.h"
#include "scrub_samples.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

using json::Object;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kDelta = "codex.item.agent_message.delta";

std::string key() {
  return "sk" + std::string("-proj-") + random_looking(60);
}

Event make(std::string_view name, Object metadata, std::string item = "i") {
  Event event;
  event.name = name;
  event.metadata = std::move(metadata);
  event.correlation = {"s", "t", "1", std::move(item), "", {}};
  return event;
}

std::string text_of(const std::vector<Event>& deltas) {
  std::string text;
  for (const Event& delta : deltas)
    text += delta.metadata.find("delta")->text();
  return text;
}

TEST(HubScrubbing, IsOnUnlessSwitchedOff) {
  const Event given = make(event::kTurnFailed, {{"error", Object{{"message", "no: " + key()}}}});
  Hub plain;
  Hub off(Scrubbing::off());
  Hub own(Scrubbing(std::make_shared<const Scrubber>(std::vector<std::string>{"my own secret"})));
  MemorySink of_plain(plain), of_off(off), of_own(own);
  for (Hub* hub : {&plain, &off, &own})
    hub->emit(given);
  own.emit(make(event::kTurnFailed, {{"error", Object{{"message", "my own secret"}}}}));
  const auto message = [](const Event& event) {
    return std::string(event.metadata.find("error")->get("message")->text());
  };
  EXPECT_EQ(message(of_plain.events()[0]), "no: [REDACTED:openai-project-key]");
  EXPECT_EQ(message(of_own.events()[0]), "no: [REDACTED:openai-project-key]");
  EXPECT_EQ(message(of_own.events()[1]), "[REDACTED:known-value]");
  EXPECT_EQ(message(of_off.events()[0]), "no: " + key());
}

TEST(HubScrubbing, LeavesACleanEventAsItIs) {
  Hub hub;
  MemorySink sink(hub);
  const Event given = make(
      event::kItemCompleted,
      {{"item", Object{{"type", "agent_message"}, {"text", "1 + 1 = 2"}}}, {"input_tokens", 12}});
  hub.emit(given);
  ASSERT_EQ(sink.size(), 1U);
  EXPECT_EQ(sink.events()[0].metadata, given.metadata);
  EXPECT_EQ(sink.events()[0].correlation, given.correlation);
}

TEST(HubScrubbing, FindsWhatTheThreadsOwnIdsHold) {
  Hub hub;
  MemorySink sink(hub);
  Correlation ids;
  ids.call = key();
  const CorrelationScope scope(ids);
  Event event;
  event.name = event::kTurnStart;
  hub.emit(event);
  EXPECT_EQ(sink.events()[0].correlation.call, "[REDACTED:openai-project-key]");
}

// Of a text that grows from update to update nothing is shown that may be the begin of a secret.
TEST(HubScrubbing, HoldsBackTheBeginOfASecretInAGrowingText) {
  Hub hub;
  MemorySink sink(hub);
  const std::string whole = "out: " + key() + "\ndone";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    hub.emit(make(event::kItemUpdated,
                  {{"item", Object{{"aggregated_output", whole.substr(0, size)}}}}));
  }
  for (const Event& event : sink.events()) {
    const std::string_view text = event.metadata.find("item")->get("aggregated_output")->text();
    EXPECT_THAT(std::string(text), Not(HasSubstr(key().substr(0, 12))));
  }
  EXPECT_EQ(
      std::string(sink.events().back().metadata.find("item")->get("aggregated_output")->text()),
      "out: [REDACTED:openai-project-key]\ndone");
}

TEST(HubScrubbing, DeltasOfAnItemAreScrubbedAsOneText) {
  Hub hub;
  MemorySink sink(hub);
  const std::string whole = "the key is " + key() + ", keep it\n";
  for (const char c : whole)
    hub.emit(make(kDelta, {{"delta", std::string(1, c)}, {"n", 1}}));
  hub.emit(make(event::kItemCompleted, {{"item", Object{}}}));
  EXPECT_EQ(text_of(sink.of(kDelta)), "the key is [REDACTED:openai-project-key], keep it\n");
  EXPECT_EQ(sink.of(kDelta).size(), whole.size());
  EXPECT_EQ(sink.names().back(), event::kItemCompleted);
}

TEST(HubScrubbing, FlushShowsWhatMayBeShown) {
  Hub hub;
  MemorySink sink(hub);
  hub.emit(make(kDelta, {{"delta", "Is it"}}));
  hub.flush();
  EXPECT_EQ(text_of(sink.of(kDelta)), "Is it");
  hub.emit(make(kDelta, {{"delta", " sk-proj-"}}));
  hub.flush();
  EXPECT_EQ(text_of(sink.of(kDelta)), "Is it");  // it may go on
  hub.emit(make(kDelta, {{"delta", "?"}}));
  hub.emit(make(event::kTurnCompleted, {}, ""));
  EXPECT_EQ(text_of(sink.of(kDelta)), "Is it sk-proj-?");
  EXPECT_EQ(sink.names().back(), event::kTurnCompleted);
  hub.flush();
  EXPECT_EQ(sink.size(), 4U);
}

// As they come from the wire of an app-server.
TEST(HubScrubbing, DeltasOfAnAppServerToo) {
  Hub hub;
  MemorySink sink(hub);
  AppServerObserver observer(hub);
  const std::string whole = "the key is " + key() + "\n";
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    const json::Value message =
        Object{{"method", "item/agentMessage/delta"},
               {"params", Object{{"threadId", "t"},
                                 {"turnId", "u"},
                                 {"itemId", "i"},
                                 {"delta", whole.substr(at, 5)}}}};
    observer.standard_output(json::dump(message) + "\n");
  }
  observer.ended(0);
  EXPECT_EQ(text_of(sink.of(kDelta)), "the key is [REDACTED:openai-project-key]\n");
  EXPECT_EQ(sink.names().back(), event::kSessionStop);
}

// A pipeline that listens sees what was emitted, so that it scrubs deltas as one text as well.
TEST(HubScrubbing, APipelineBehindAHubLosesNothing) {
  Hub source, target;
  MemorySink sink(target);
  PipelineOptions options;
  options.enabled = true;
  options.deltas_per_second = -1;
  Pipeline pipeline(target, options);
  pipeline.listen(source);
  const std::string whole = "a " + key() + " b";
  for (const char c : whole)
    source.emit(make(kDelta, {{"delta", std::string(1, c)}}));
  pipeline.shutdown();
  EXPECT_EQ(text_of(sink.of(kDelta)), "a [REDACTED:openai-project-key] b");
  EXPECT_EQ(pipeline.counts().delivered, whole.size());
  EXPECT_THAT(pipeline.scrubbed(), ElementsAre(std::pair("openai-project-key", 1U)));
}

// Whatever comes in between, and from whichever items: each text arrives whole, in order, scrubbed;
// no event is lost.
TEST(HubScrubbingProperty, DeltasArriveAllAndInOrder) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    MemorySink sink(hub);
    std::minstd_rand random(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange(1U, 1'000'000U)));
    const int items = *rc::gen::inRange(1, 4);
    std::vector<std::string> texts, left;
    std::vector<SecretSample> samples_of;
    for (int item = 0; item < items; ++item) {
      const auto& samples = secret_samples();
      const auto& sample = samples[*rc::gen::inRange<std::size_t>(0, samples.size())];
      samples_of.push_back(sample);
      texts.push_back("item " + std::to_string(item) + " says " + sample.text() + " to all\n");
    }
    left = texts;
    const bool flushes = *rc::gen::arbitrary<bool>();
    std::size_t emitted = 0;
    while (std::any_of(left.begin(), left.end(), [](const auto& text) { return !text.empty(); })) {
      const std::size_t item = random() % left.size();
      const std::size_t size = std::min<std::size_t>(left[item].size(), 1 + random() % 20);
      hub.emit(make(kDelta, {{"delta", left[item].substr(0, size)}}, std::to_string(item)));
      left[item].erase(0, size);
      ++emitted;
      if (flushes && random() % 8 == 0) hub.flush();
    }
    hub.emit(make(event::kTurnCompleted, {}, ""));
    RC_ASSERT(sink.of(kDelta).size() == emitted);
    std::vector<std::string> seen(texts.size());
    for (const Event& event : sink.of(kDelta)) {
      seen[static_cast<std::size_t>(std::stoi(event.correlation.item))] +=
          event.metadata.find("delta")->text();
    }
    for (std::size_t item = 0; item < texts.size(); ++item) {
      // What a flush has shown of a marker's place stays.
      if (!flushes) RC_ASSERT(seen[item] == fakes::scrubbed(texts[item]));
      RC_ASSERT(seen[item].find(samples_of[item].secret) == std::string::npos);
      RC_ASSERT(seen[item].ends_with(" to all\n"));
    }
  }));
}

// ---- what is built on ----

TEST(ScrubberOpenEnd, IsTheBeginOfALiteral) {
  const Scrubber scrubber({"Xylophone-73"});
  EXPECT_EQ(scrubber.open_end(""), 0U);
  EXPECT_EQ(scrubber.open_end("nothing here ("), 0U);
  EXPECT_EQ(scrubber.open_end("see Xylo"), 4U);
  EXPECT_EQ(scrubber.open_end("see Xylophone-7"), 11U);
  EXPECT_EQ(scrubber.open_end("see Xylophone-73("), 0U);
  EXPECT_EQ(scrubber.open_end("see sk-pro"), 6U);
}

TEST(ScrubberTexts, AreNeverWronglyTakenForClean) {
  EXPECT_TRUE(rc::check([] {
    const auto& samples = secret_samples();
    const auto& sample = samples[*rc::gen::inRange<std::size_t>(0, samples.size())];
    const std::string key = *rc::gen::element<std::string>(
        "text", "password", "API-Key", "Authorization", "token", "name", "value");
    json::Value value =
        Object{{key, *rc::gen::element<std::string>("x", "hunter2000", sample.text())},
               {"list", json::Array{"--" + key, "a1b2c3d4e5"}}};
    const json::Value before = value;
    if (fakes::scrubber().scrub(value)) {
      RC_ASSERT(fakes::scrubber().texts_may_hold_secrets(before));
    }
  }));
}

TEST(SecretValues, AreThoseWhoseNamesTell) {
  const auto values = secret_values({
      "SERVICE_PASSWORD=correct-Horse 7",
      "GITHUB_TOKEN=" + random_looking(36),
      "HOME=/home/someone",
      "PASSWORD_FILE=/run/secrets/password",
      "SSH_KEY_PATH=/home/someone/.ssh/id",
      "DB_PASSWORD=postgres",
      "API_KEY=${OTHER_KEY}",
      "TOKEN=short1",
      "PATH=/usr/bin:/bin",
      "no variable",
  });
  EXPECT_THAT(values, ElementsAre("correct-Horse 7", random_looking(36)));
}

}  // namespace
}  // namespace codex::telemetry
