#include "golden/review.h"

#include <gmock/gmock.h>

#include "tests/golden/builders.h"
#include "tests/support/temp_folder.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Cause, IsTheSameWhateverTheSessionLaneAndIndex) {
  const auto cause = [](std::string_view lane, std::string_view before, std::string_view after) {
    const Comparison comparison =
        compared(transcript("agents", {line(std::string(lane), "a", after)}),
                 transcript("agents", {line(std::string(lane), "a", before)}));
    return cause_of(comparison.differences.at(0));
  };
  const Cause one = cause("event/call:1", R"({"k":[{"x":1}]})", R"({"k":[{"x":2}]})");
  EXPECT_EQ(one, cause("event/call:2", R"({"k":[{"x":0},{"x":1}]})", R"({"k":[{"x":0},{"x":2}]})"));
  EXPECT_EQ(one.where, "event/call a /data/k/*/x");
  EXPECT_EQ(one.what, "1 → 2");
  // Another change at the same place is another cause.
  EXPECT_NE(one.id, cause("event/call:1", R"({"k":[{"x":1}]})", R"({"k":[{"x":3}]})").id);
  EXPECT_NE(one.id, cause("event/run", R"({"k":[{"x":1}]})", R"({"k":[{"x":2}]})").id);
  EXPECT_EQ(cause("event/run", "{}", R"({"k":1})").what, "new value");
  EXPECT_EQ(cause("event/run", R"({"k":1})", "{}").what, "value gone");
}

TEST(Cause, OfASpanIsTheSameInItsStartAndItsEnd) {
  const auto causes = [](std::string_view lane, std::string_view before, std::string_view after) {
    const Comparison comparison =
        compared(transcript("agents", {line(std::string(lane), "a", after)}),
                 transcript("agents", {line(std::string(lane), "a", before)}));
    std::vector<Cause> found;
    for (const Difference& each : comparison.differences) found.push_back(cause_of(each));
    return found;
  };
  const auto span = causes("span/trace:1", R"({"start":{"name":"x"},"end":{"name":"x","n":[1]}})",
                           R"({"start":{"name":"y"},"end":{"name":"y","n":[2]}})");
  ASSERT_THAT(span, SizeIs(3));
  EXPECT_EQ(span[0].where, "span/trace a /data/*/name");
  EXPECT_EQ(span[1], span[0]);
  EXPECT_EQ(span[2].where, "span/trace a /data/*/n/*");
  // Elsewhere these are names like any other.
  const auto event = causes("event/run", R"({"start":{"name":"x"},"end":{"name":"x"}})",
                            R"({"start":{"name":"y"},"end":{"name":"y"}})");
  ASSERT_THAT(event, SizeIs(2));
  EXPECT_NE(event[0].id, event[1].id);
}

class ReviewTest : public ::testing::Test {
 protected:
  static StoredTranscript stored(const std::string& session, std::vector<TranscriptLine> lines) {
    Transcript made = transcript("agents", std::move(lines));
    made.session = session;
    return {kToday, std::move(made)};
  }
  void golden(const std::string& session, std::vector<TranscriptLine> lines) {
    ASSERT_FALSE(store_.write(stored(session, std::move(lines))));
  }
  void pending(const std::string& session, std::vector<TranscriptLine> lines) {
    ASSERT_FALSE(store_.write(stored(session, std::move(lines)), Slot::kPending));
  }
  Review load() {
    auto review = Review::load(store_, is_time, [](const std::string&) { return true; });
    EXPECT_TRUE(review) << review.error().text();
    return std::move(review.value());
  }
  // The golden's difference from what was pending when the test began.
  std::vector<std::string> golden_lines(const std::string& session) {
    std::vector<std::string> lines;
    const auto read = store_.read(session);
    for (const TranscriptLine& each : read.value().value().transcript.lines) {
      lines.push_back(json::dump(each.observation.data, json::kCompact));
    }
    return lines;
  }
  // "a" changed alike in both, "b" in `one` alone.
  void two_sessions() {
    for (const char* session : {"one", "two"}) {
      golden(session, {line("event/run", "a", R"({"x":1})"), line("event/run", "b", R"({"y":1})")});
    }
    pending("one", {line("event/run", "a", R"({"x":2})"), line("event/run", "b", R"({"y":2})")});
    pending("two", {line("event/run", "a", R"({"x":2})"), line("event/run", "b", R"({"y":1})")});
  }
  static std::function<std::optional<Decision>(const std::string&, const std::string&)> of_cause(
      const std::string& id, Decision decision) {
    return [=](const std::string&, const std::string& cause) {
      return cause == id ? std::optional(decision) : std::nullopt;
    };
  }

  test::TempFolder folder_;
  Store store_{folder_.path()};
};

TEST_F(ReviewTest, CausesCountTheirSessionsTheMostFirst) {
  two_sessions();
  const Review review = load();
  ASSERT_THAT(review.causes(), SizeIs(2));
  EXPECT_EQ(review.causes()[0].cause.where, "event/run a /data/x");
  EXPECT_THAT(review.causes()[0].sessions, ElementsAre("one", "two"));
  EXPECT_THAT(review.causes()[1].sessions, ElementsAre("one"));
}

TEST_F(ReviewTest, AnAcceptedCauseIsInTheGoldenAndTheOthersWait) {
  two_sessions();
  Review review = load();
  std::vector<std::size_t> settled;
  const auto result = review.apply(of_cause(review.causes()[0].cause.id, Decision::kAccept),
                                   [&settled](std::size_t count) { settled.push_back(count); });
  EXPECT_THAT(settled, ElementsAre(1, 2));
  EXPECT_EQ(result.accepted, 2u);
  EXPECT_EQ(result.left, 1u);
  EXPECT_THAT(golden_lines("one"), ElementsAre(R"({"x":2})", R"({"y":1})"));
  EXPECT_THAT(golden_lines("two"), ElementsAre(R"({"x":2})", R"({"y":1})"));
  EXPECT_THAT(store_.list(Slot::kPending).value(), ElementsAre("one"));
  const Review after = load();
  ASSERT_THAT(after.causes(), SizeIs(1));
  EXPECT_EQ(after.causes()[0].cause.where, "event/run b /data/y");
}

TEST_F(ReviewTest, ARejectedCauseIsGoneAndTheGoldenStays) {
  two_sessions();
  Review review = load();
  const auto result = review.apply(of_cause(review.causes()[0].cause.id, Decision::kReject));
  EXPECT_EQ(result.rejected, 2u);
  EXPECT_THAT(golden_lines("one"), ElementsAre(R"({"x":1})", R"({"y":1})"));
  EXPECT_THAT(store_.list(Slot::kPending).value(), ElementsAre("one"));
  ASSERT_THAT(load().causes(), SizeIs(1));
  EXPECT_EQ(load().causes()[0].cause.where, "event/run b /data/y");
}

TEST_F(ReviewTest, WithoutADecisionNothingIsWritten) {
  two_sessions();
  const auto result = load().apply([](const auto&, const auto&) { return std::nullopt; });
  EXPECT_EQ(result.accepted + result.rejected, 0u);
  EXPECT_EQ(result.left, 2u);
  EXPECT_THAT(golden_lines("one"), ElementsAre(R"({"x":1})", R"({"y":1})"));
  EXPECT_THAT(store_.list(Slot::kPending).value(), SizeIs(2));
}

TEST_F(ReviewTest, ASessionWithoutAGoldenIsTakenWhole) {
  pending("new", {line("event/run", "a", "{}")});
  Review review = load();
  ASSERT_THAT(review.causes(), SizeIs(1));
  EXPECT_EQ(review.causes()[0].cause, new_session());
  review.apply(of_cause(new_session().id, Decision::kAccept));
  EXPECT_THAT(golden_lines("new"), ElementsAre("{}"));
  EXPECT_THAT(store_.list(Slot::kPending).value(), IsEmpty());
}

// {"x":{"k":1}} without its only leaf could be {"x":{}} or {}.
TEST_F(ReviewTest, WhatCannotBeToldApartIsAnErrorAndStays) {
  golden("one", {line("event/run", "a", R"({"x":{"k":1},"y":1})")});
  pending("one", {line("event/run", "a", R"({"y":2})")});
  Review review = load();
  ASSERT_THAT(review.causes(), SizeIs(2));
  const auto gone = std::find_if(review.causes().begin(), review.causes().end(),
                                 [](const auto& each) { return each.cause.what == "value gone"; });
  ASSERT_NE(gone, review.causes().end());
  const auto result = review.apply(of_cause(gone->cause.id, Decision::kAccept));
  ASSERT_THAT(result.errors, SizeIs(1));
  EXPECT_THAT(result.errors[0].text(), HasSubstr("--session one"));
  EXPECT_THAT(golden_lines("one"), ElementsAre(R"({"x":{"k":1},"y":1})"));
  EXPECT_THAT(store_.list(Slot::kPending).value(), ElementsAre("one"));
}

TEST_F(ReviewTest, ABrokenPendingFileIsAnError) {
  folder_.write("one.pending.jsonl", "{}\n");
  const auto review = Review::load(store_, is_time, [](const std::string&) { return true; });
  ASSERT_FALSE(review);
  EXPECT_THAT(review.error().text(), HasSubstr("one.pending.jsonl"));
}

}  // namespace
}  // namespace codex::golden::testing
