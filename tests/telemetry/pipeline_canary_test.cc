// Secrets planted wherever a Codex session has text.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/pipeline.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

constexpr std::string_view kDelta = "codex.item.delta";

std::string everything(const Event& event) {
  const Correlation& ids = event.correlation;
  return json::dump(json::Value(event.metadata), json::kCompactUnicode) +
         json::dump(json::Value(event.measurements)) + ids.session + ids.thread + ids.turn +
         ids.item + ids.call;
}

// In prompts, commands, outputs, stderr, error texts, deltas, file names.
TEST(PipelineProperty, CanariesReachNoHandler) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    std::string seen, deltas;
    hub.attach("", [&](const Event& event) {
      seen += everything(event);
      if (event.name == kDelta) deltas += event.metadata.find("delta")->text();
    });
    PipelineOptions options;
    options.enabled = true;
    options.delta_burst = *rc::gen::element(1, 100);
    options.deltas_per_second = *rc::gen::element(-1.0, 0.0);
    Pipeline pipeline(hub, options);
    const auto& samples = secret_samples();
    const SecretSample& sample = samples[*rc::gen::inRange<std::size_t>(0, samples.size())];
    const std::string text =
        *rc::gen::element<std::string>("", "see ", "two\nlines\n") + sample.text();
    const auto emit = [&](std::string_view name, json::Object metadata, std::string item = "i") {
      Event event;
      event.name = name;
      event.metadata = std::move(metadata);
      event.correlation = {"s", "t", "1", std::move(item), "", {}};
      pipeline.emit(std::move(event));
    };
    const json::Array changes{json::Object{{"path", "src/" + text}, {"kind", "add"}}};
    emit(event::kSessionStart, {{"argv", json::Array{"codex", "exec", text}}, {"stdin", text}});
    emit(event::kItemStarted, {{"item", json::Object{{"command", "run " + text}}}});
    emit(event::kItemUpdated, {{"item", json::Object{{"aggregated_output", text}}}});
    emit(event::kItemCompleted, {{"item", json::Object{{"changes", changes}}}});
    emit(event::kSessionMalformed, {{"line", json::dump(json::Value(text))}, {"reason", text}});
    emit(event::kTurnFailed, {{"error", json::Object{{"message", text}}}}, text);
    emit(event::kSessionStop, {{"stderr", "Traceback:\n  " + text + "\n"}});
    std::minstd_rand random(*rc::gen::inRange(1U, 1'000'000'000U));
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 9, rest.size());
      emit(kDelta, {{"delta", rest.substr(0, size)}});
      rest.remove_prefix(size);
    }
    pipeline.shutdown();
    RC_LOG() << sample.rule << "\n" << seen << "\n" << deltas;
    RC_ASSERT(seen.find(sample.secret) == std::string::npos);
    RC_ASSERT(seen.find(json::dump(json::Value(sample.secret)).substr(1, 40)) == std::string::npos);
    RC_ASSERT(deltas.find(sample.secret) == std::string::npos);
    RC_ASSERT(pipeline.scrubbed().contains(sample.rule));
  }));
}

}  // namespace
}  // namespace codex::telemetry
