#include <gtest/gtest.h>

#include "codex/telemetry/codex_sdk_profile.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value exception(const ClientError& error) {
  return Object{{"exception", Object{{"class", error.type}, {"text", error.text}}}};
}

// Gathers what a profile shows, as codex_vectors/sessions.py gathers what the client does.
class Shown {
 public:
  CodexSdkProfile::Listener listener() {
    CodexSdkProfile::Listener made;
    made.response = [this](std::size_t number, const CodexSdkProfile::Outcome& outcome) {
      const ClientError* error = std::get_if<ClientError>(&outcome);
      responses_.set(std::to_string(number),
                     error != nullptr ? exception(*error)
                                      : Value(Object{{"result", std::get<Value>(outcome)}}));
    };
    made.turn_event = [this](const std::string& turn, std::string_view name, const Value& data) {
      Object& place = of(turn);
      if (place.find("events") == nullptr) place.set("events", Array{});
      place.find("events")->array()->push_back(Array{name, data});
    };
    made.turn_stream_error = [this](const std::string& turn, const ClientError& error) {
      of(turn).set("stream", exception(error));
    };
    made.turn_result = [this](const std::string& turn, const CodexSdkProfile::Outcome& result,
                              const Value& usage) {
      const ClientError* error = std::get_if<ClientError>(&result);
      of(turn).set("result", error != nullptr ? exception(*error) : std::get<Value>(result));
      of(turn).set("usage", usage);
    };
    made.global_event = [this](std::string_view name, const Value& data) {
      global_.push_back(Array{name, data});
    };
    made.server_request = [this](const Value&, const std::string& method, const Value& params) {
      asked_.push_back(Array{method, params});
    };
    made.connection_ended = [this](const ClientError& error) { ended_ = exception(error); };
    return made;
  }

  void play(CodexSdkProfile& profile, const Value& step) {
    if (const Value* request = step.get("request")) {
      profile.request(member(*request, "id"), member(*request, "method").text(),
                      member(*request, "params"));
    } else if (const Value* out = step.get("out")) {
      profile.standard_output(raw_bytes(out->text()));
    } else if (const Value* err = step.get("err")) {
      profile.standard_error(raw_bytes(err->text()));
    } else {
      profile.end_of_output();
    }
  }

  // What differs from what the real client showed.
  void expect(const CodexSdkProfile& profile, const Value& shown) const {
    EXPECT_EQ(Value(global_), member(shown, "global"));
    EXPECT_EQ(Value(asked_), member(shown, "asked"));
    EXPECT_EQ(ended_, member(shown, "ended"));
    const Value& responses = member(shown, "responses");
    EXPECT_EQ(responses_.size(), responses.object()->size());
    for (const auto& [number, outcome] : *responses.object()) {
      const Value* mine = responses_.find(number);
      ASSERT_NE(mine, nullptr) << number << " " << outcome;
      EXPECT_EQ(*mine, outcome) << number;
    }
    for (const auto& [turn, place] : *member(shown, "turns").object()) {
      const Value* mine = turns_.find(turn);
      for (const std::string_view key : {"events", "stream", "result", "usage"}) {
        const Value* wanted = place.get(key);
        const Value* have = mine == nullptr ? nullptr : mine->get(key);
        if (key == "events" && wanted->array()->empty() && have == nullptr) continue;
        EXPECT_EQ(have == nullptr ? Value("absent") : *have,
                  wanted == nullptr ? Value("absent") : *wanted)
            << turn << " " << key;
      }
    }
    Array waiting;
    for (const std::size_t number : profile.waiting_requests()) {
      waiting.push_back(static_cast<std::int64_t>(number));
    }
    EXPECT_EQ(Value(waiting), member(shown, "waiting"));
    const auto turns = profile.waiting_turns();
    EXPECT_EQ(Value(Array(turns.begin(), turns.end())), member(shown, "waiting_turns"));
  }

 private:
  Object& of(const std::string& turn) {
    if (turns_.find(turn) == nullptr) turns_.set(turn, Object{});
    return *turns_.find(turn)->object();
  }

  Object responses_;
  Object turns_;
  Array global_;
  Array asked_;
  Value ended_;
};

TEST(CodexSdkProfileVectors, ShowsWhatTheRealClientShows) {
  for_each_codex_vector("sessions", 200, [](const Value& vector) {
    Shown shown;
    CodexSdkProfile::Options options;
    options.scrubbing = Scrubbing::off();
    CodexSdkProfile profile(shown.listener(), options);
    for (const Value& step : *member(vector, "steps").array()) shown.play(profile, step);
    shown.expect(profile, member(vector, "shown"));
  });
}

}  // namespace
}  // namespace codex::telemetry
