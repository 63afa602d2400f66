// GoogleTest matchers for what MemorySink, LogCapture, SpanCapture and MetricCapture keep. Header only and
// opt-in: it needs GoogleMock (1.12 or later), the library itself does not.
//
//   using namespace codex::telemetry::matchers;
//   EXPECT_THAT(sink.events(), EventsInOrder("codex.turn.start",
//                                            AllOf(EventNamed("codex.item.completed"),
//                                                  HasMetadata("/item/type", "agent_message"),
//                                                  InThread(thread_id))));
//   EXPECT_THAT(sink.events(), Each(FitsRegistry()));
//   EXPECT_THAT(spans->spans(), SpanTree({"task Agent workflow", "  agent Assistant"}));
//   EXPECT_THAT(metrics.samples(), Counted("codex.turns{outcome=\"completed\"}", 1));
//
// Where a text or an id is asked for, any matcher of strings does: InTurn(Not(IsEmpty())).
#ifndef CODEX_TELEMETRY_TESTING_MATCHERS_H_
#define CODEX_TELEMETRY_TESTING_MATCHERS_H_

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "codex/telemetry/registry.h"
#include "codex/telemetry/testing.h"
#include "codex/telemetry/testing_capture.h"

namespace codex::telemetry::matchers {

using TextMatcher = ::testing::Matcher<std::string>;
using ValueMatcher = ::testing::Matcher<const json::Value&>;

namespace internal {

// A text that is read off an event, and what it must be.
class EventText {
 public:
  using is_gtest_matcher = void;
  using Get = std::string (*)(const Event&);

  EventText(const char* what, Get get, TextMatcher matcher)
      : what_(what), get_(get), matcher_(std::move(matcher)) {}
  bool MatchAndExplain(const Event& event, ::testing::MatchResultListener* listener) const {
    const std::string text = get_(event);
    if (text.empty()) {
      *listener << event.name << " has no " << what_;
    } else {
      *listener << event.name << "'s " << what_ << " is " << ::testing::PrintToString(text);
    }
    return matcher_.Matches(text);
  }
  void DescribeTo(std::ostream* stream) const {
    *stream << "is an event whose " << what_ << ' ';
    matcher_.DescribeTo(stream);
  }
  void DescribeNegationTo(std::ostream* stream) const {
    *stream << "is an event whose " << what_ << ' ';
    matcher_.DescribeNegationTo(stream);
  }

 private:
  const char* what_;
  Get get_;
  TextMatcher matcher_;
};

// A member of an event's metadata or measurements.
class EventMember {
 public:
  using is_gtest_matcher = void;

  EventMember(const char* what, json::Object Event::*member, std::string place,
              ValueMatcher matcher)
      : what_(what), member_(member), place_(std::move(place)), matcher_(std::move(matcher)) {}
  bool MatchAndExplain(const Event& event, ::testing::MatchResultListener* listener) const {
    const json::Object& object = event.*member_;
    const json::Value* value = member_at(object, place_);
    if (value == nullptr) {
      *listener << event.name << " has no " << what_ << ' ' << place_ << ", it has " << object;
      return false;
    }
    *listener << event.name << "'s " << what_ << ' ' << place_ << " is " << *value;
    ::testing::StringMatchResultListener inner;
    const bool matches = matcher_.MatchAndExplain(*value, &inner);
    if (!inner.str().empty()) *listener << ", " << inner.str();
    return matches;
  }
  void DescribeTo(std::ostream* stream) const {
    *stream << "is an event whose " << what_ << ' ' << place_ << ' ';
    matcher_.DescribeTo(stream);
  }
  void DescribeNegationTo(std::ostream* stream) const {
    *stream << "is an event without " << what_ << ' ' << place_ << " that ";
    matcher_.DescribeTo(stream);
  }

 private:
  const char* what_;
  json::Object Event::*member_;
  std::string place_;
  ValueMatcher matcher_;
};

// A value as it stands, or a matcher of json::Value.
template <typename T>
ValueMatcher value_matcher(const T& expected) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    return ::testing::Eq(json::Value(static_cast<std::int64_t>(expected)));
  } else if constexpr (std::is_convertible_v<const T&, json::Value>) {
    return ::testing::Eq(json::Value(expected));
  } else {
    return ::testing::SafeMatcherCast<const json::Value&>(expected);
  }
}

}  // namespace internal

// ---- one event ----
inline internal::EventText EventNamed(TextMatcher name) {
  return {"name", [](const Event& event) { return std::string(event.name); }, std::move(name)};
}
inline internal::EventText InSession(TextMatcher id) {
  return {"session", [](const Event& event) { return event.correlation.session; }, std::move(id)};
}
inline internal::EventText InThread(TextMatcher id) {
  return {"thread", [](const Event& event) { return event.correlation.thread; }, std::move(id)};
}
inline internal::EventText InTurn(TextMatcher id) {
  return {"turn", [](const Event& event) { return event.correlation.turn; }, std::move(id)};
}
inline internal::EventText InItem(TextMatcher id) {
  return {"item", [](const Event& event) { return event.correlation.item; }, std::move(id)};
}
inline internal::EventText InCall(TextMatcher id) {
  return {"call", [](const Event& event) { return event.correlation.call; }, std::move(id)};
}
inline internal::EventText InTrace(TextMatcher trace_id) {
  return {"trace", [](const Event& event) { return event.correlation.trace.trace_id; },
          std::move(trace_id)};
}
inline internal::EventText UnderSpan(TextMatcher span_id) {
  return {"span", [](const Event& event) { return event.correlation.trace.span_id; },
          std::move(span_id)};
}

// `place` is a key, or a JSON pointer ("/item/type"). `expected` is a value or a matcher of
// json::Value: JsonText, JsonInt, IsJson, _.
template <typename T>
internal::EventMember HasMetadata(std::string place, const T& expected) {
  return {"metadata", &Event::metadata, std::move(place), internal::value_matcher(expected)};
}
template <typename T>
internal::EventMember HasMeasurement(std::string place, const T& expected) {
  return {"measurement", &Event::measurements, std::move(place), internal::value_matcher(expected)};
}

// The event is as the registry documents it.
MATCHER(FitsRegistry, negation ? "does not fit the registry" : "fits the registry") {
  const auto problem = validate(arg);
  if (problem) *result_listener << *problem;
  return !problem;
}

// ---- JSON values ----
MATCHER_P(JsonText, matcher,
          "is a string that " + ::testing::DescribeMatcher<std::string>(matcher)) {
  return arg.string() != nullptr &&
         ::testing::ExplainMatchResult(matcher, *arg.string(), result_listener);
}
MATCHER_P(JsonInt, matcher,
          "is an integer that " + ::testing::DescribeMatcher<std::int64_t>(matcher)) {
  const auto value = arg.as_int64();
  return value && ::testing::ExplainMatchResult(matcher, *value, result_listener);
}
// Equal to what the text means; key order counts, blanks do not.
MATCHER_P(IsJson, text, "is the JSON " + std::string(text)) {
  const json::ParseResult expected = json::parse(text);
  if (!expected) *result_listener << "which cannot be: that text is no JSON";
  return expected && arg == expected.value();
}

// ---- log records ----
MATCHER_P2(LogLine, level, message,
           "is a " + std::string(level_name(level)) + " record whose message " +
               ::testing::DescribeMatcher<std::string>(message)) {
  return arg.level == level &&
         ::testing::ExplainMatchResult(message, arg.message(), result_listener);
}

// ---- sequences ----
namespace internal {

class EventsInOrder {
 public:
  using is_gtest_matcher = void;

  explicit EventsInOrder(std::vector<::testing::Matcher<const Event&>> wanted)
      : wanted_(std::move(wanted)) {}
  bool MatchAndExplain(const std::vector<Event>& events,
                       ::testing::MatchResultListener* listener) const {
    std::size_t found = 0;
    std::vector<std::size_t> who(events.size(), wanted_.size());
    for (std::size_t i = 0; i < events.size() && found < wanted_.size(); ++i) {
      if (wanted_[found].Matches(events[i])) who[i] = found++;
    }
    if (found == wanted_.size()) return true;
    if (listener->stream() == nullptr) return false;  // nobody asks why
    *listener << "no. " << found + 1 << " of " << wanted_.size() << ", which ";
    wanted_[found].DescribeTo(listener->stream());
    *listener << ", does not follow" << (found == 0 ? ":" : " no. " + std::to_string(found) + ":");
    for (std::size_t i = 0; i < events.size(); ++i) {
      *listener << '\n' << (who[i] < found ? std::to_string(who[i] + 1) + "." : "  ") << ' '
                << events[i];
    }
    if (events.empty()) *listener << " there are no events";
    return false;
  }
  void DescribeTo(std::ostream* stream) const {
    *stream << "has these in this order:";
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      *stream << (i == 0 ? " " : ", then ") << "one that ";
      wanted_[i].DescribeTo(stream);
    }
  }
  void DescribeNegationTo(std::ostream* stream) const {
    *stream << "is not so that it ";
    DescribeTo(stream);
  }

 private:
  std::vector<::testing::Matcher<const Event&>> wanted_;
};

template <typename T>
::testing::Matcher<const Event&> event_matcher(const T& wanted) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return EventNamed(std::string(std::string_view(wanted)));
  } else {
    return ::testing::SafeMatcherCast<const Event&>(wanted);
  }
}

}  // namespace internal

// Each is a name or a matcher of Event. Others may stand before, between and after them; for the
// exact list use ElementsAre with sink.names() or with matchers.
template <typename... T>
internal::EventsInOrder EventsInOrder(const T&... wanted) {
  return internal::EventsInOrder({internal::event_matcher(wanted)...});
}

// Exactly these spans, as span_tree() prints them: {"agent Assistant", "  function codex"}.
class SpanTree {
 public:
  using is_gtest_matcher = void;

  explicit SpanTree(std::vector<std::string> lines) : wanted_(std::move(lines)) {}
  bool MatchAndExplain(const std::vector<CapturedSpan>& spans,
                       ::testing::MatchResultListener* listener) const {
    const std::vector<std::string> lines = span_tree(spans);
    if (lines == wanted_) return true;
    *listener << "its tree is (> where it differs):";
    for (std::size_t i = 0; i < std::max(lines.size(), wanted_.size()); ++i) {
      const bool missing = i >= lines.size();
      const bool same = i < wanted_.size() && !missing && lines[i] == wanted_[i];
      *listener << '\n' << (same ? "  " : "> ") << (missing ? "(nothing)" : lines[i]);
      if (!same && i < wanted_.size()) *listener << "   expected:" << ' ' << wanted_[i];
      if (!same && i >= wanted_.size()) *listener << "   expected: (nothing)";
    }
    return false;
  }
  void DescribeTo(std::ostream* stream) const {
    *stream << "is the span tree";
    for (const std::string& line : wanted_) *stream << "\n  " << line;
  }
  void DescribeNegationTo(std::ostream* stream) const {
    *stream << "is another span tree than";
    for (const std::string& line : wanted_) *stream << "\n  " << line;
  }

 private:
  std::vector<std::string> wanted_;
};

// A series of a counter, as series_text() prints it, and what it must have counted. Of samples, as
// Metrics::snapshot() and MetricCapture::samples() give them. One that is not there counts 0.
class Counted {
 public:
  using is_gtest_matcher = void;

  Counted(std::string series, ::testing::Matcher<std::int64_t> value)
      : series_(std::move(series)), value_(std::move(value)) {}
  bool MatchAndExplain(const std::vector<MetricSample>& samples,
                       ::testing::MatchResultListener* listener) const {
    for (const MetricSample& sample : samples) {
      for (const MetricPoint& point : sample.points) {
        if (series_text(*sample.info, point) != series_) continue;
        const bool histogram = sample.info->kind == MetricKind::kHistogram;
        const auto value =
            histogram ? static_cast<std::int64_t>(point.histogram.count) : point.value;
        *listener << "it counted " << value;
        return value_.Matches(value);
      }
    }
    *listener << "there is no such series; there are:";
    for (const MetricSample& sample : samples) *listener << '\n' << sample;
    return value_.Matches(0);
  }
  void DescribeTo(std::ostream* stream) const {
    *stream << series_ << " has counted what ";
    value_.DescribeTo(stream);
  }
  void DescribeNegationTo(std::ostream* stream) const {
    *stream << series_ << " has counted what ";
    value_.DescribeNegationTo(stream);
  }

 private:
  const std::string series_;
  const ::testing::Matcher<std::int64_t> value_;
};

}  // namespace codex::telemetry::matchers

#endif  // CODEX_TELEMETRY_TESTING_MATCHERS_H_
