#include "codex/telemetry/propagation.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "codex/telemetry/testing_capture.h"

namespace codex::telemetry {
namespace {

using ::testing::ElementsAre;
using Members = std::vector<std::pair<std::string, std::string>>;
using json::Value;

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";
const std::string kParent = "00-" + kTrace + "-" + kSpan + "-01";
const TraceContext kContext{kTrace, kSpan, true};

Environment environment(std::map<std::string, std::string> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// NAME=VALUE entries, as a process would read them: the first of a name counts.
Environment environment(const std::vector<std::string>& entries) {
  std::map<std::string, std::string> variables;
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) {
      variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
  }
  return environment(variables);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text + ",");
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// A slow reading of the grammar: the members of a good tracestate, nothing for a bad one.
std::optional<Members> slow_members(const std::string& header) {
  static const std::regex member(
      "[ \\t]*([a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
      "=([ -+\\x2d-<>-~]{0,255}[!-+\\x2d-<>-~])[ \\t]*");
  static const std::regex blank("[ \\t]*");
  Members members;
  std::set<std::string> keys;
  for (const std::string& part : split(header)) {
    std::smatch found;
    if (std::regex_match(part, blank)) continue;
    if (!std::regex_match(part, found, member) || !keys.insert(found[1]).second) return {};
    members.emplace_back(found[1], found[2]);
  }
  if (members.empty() || members.size() > kMaxTraceStateMembers) return {};
  return members;
}

TEST(PropagationVectors, ReadAndSentOnAsOpenTelemetryDoes) {
  std::ifstream file(CTD_SOURCE_DIR "/tests/telemetry/propagation_vectors.jsonl");
  std::size_t count = 0;
  std::size_t with_state = 0;
  for (std::string line; std::getline(file, line); ++count) {
    SCOPED_TRACE(line);
    const json::ParseResult parsed = json::parse(line);
    ASSERT_TRUE(parsed.ok());
    const Value& vector = parsed.value();
    std::map<std::string, std::string> variables;
    for (const char* name : {"traceparent", "tracestate"}) {
      std::string variable = name;
      std::transform(variable.begin(), variable.end(), variable.begin(), ::toupper);
      if (vector.get(name)->is_string()) variables[variable] = vector.get(name)->text();
    }
    const auto read = trace_context_from_environment(environment(variables));
    const Value& expected = *vector.get("read");
    ASSERT_EQ(read.has_value(), !expected.is_null());
    if (!read) continue;
    EXPECT_EQ(read->context.trace_id, expected.get("trace_id")->text());
    EXPECT_EQ(read->context.span_id, expected.get("span_id")->text());
    EXPECT_EQ(read->context.sampled, *expected.get("sampled")->boolean());
    EXPECT_EQ(traceparent(read->context), expected.get("injected")->text());
    const json::Array& state = *expected.get("state")->array();
    if (state.empty()) {
      EXPECT_EQ(read->state, "");
      continue;
    }
    ++with_state;
    ASSERT_LE(variables["TRACESTATE"].size(), kMaxTraceStateBytes);
    EXPECT_EQ(read->state, variables["TRACESTATE"]);
    json::Array members;
    for (const auto& [key, value] : slow_members(read->state).value_or(Members())) {
      members.push_back(json::Array{key, value});
    }
    EXPECT_EQ(json::dump(members), json::dump(state));
  }
  EXPECT_GT(count, 700U);
  EXPECT_GT(with_state, 200U);
}

// Mostly of the characters that matter, so that many texts are nearly good.
rc::Gen<std::string> near_tracestate() {
  const auto good =
      rc::gen::element<std::string>("a=1", ",b=2", ", c=3", ",d=4 ", ",t@v=5", ",", " ");
  const auto any = rc::gen::element<std::string>(
      "k", "=", ",", "\t", "@", "t@v", "a=1", "_", "-", "*", "/", "A", "~", "\x7f", "\xc3\xa9",
      std::string(1, '\0'), "\n", std::string(130, 'x'));
  const auto piece = rc::gen::weightedOneOf<std::string>({{7, good}, {1, any}});
  return rc::gen::map(rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(piece)),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& each : pieces) text += each;
                        return text;
                      });
}

// Good members with different keys, some long.
rc::Gen<std::vector<std::string>> good_members() {
  const auto size = rc::gen::weightedElement<int>({{6, 3}, {3, 40}, {2, 120}, {2, 240}});
  return rc::gen::map(rc::gen::container<std::vector<int>>(size), [](std::vector<int> sizes) {
    if (sizes.size() > kMaxTraceStateMembers) sizes.resize(kMaxTraceStateMembers);
    std::vector<std::string> members;
    for (const int each : sizes) {
      members.push_back("k" + std::to_string(members.size()) + "=" +
                        std::string(static_cast<std::size_t>(each), 'v'));
    }
    return members;
  });
}

std::string joined(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& member : members) text += (text.empty() ? "" : ",") + member;
  return text;
}

TEST(TraceState, IsTakenAsTheGrammarSays) {
  EXPECT_TRUE(rc::check([] {
    const std::string header = *near_tracestate();
    const bool good = slow_members(header).has_value();
    RC_CLASSIFY(good, "good");
    const std::string kept = bounded_tracestate(header);
    RC_ASSERT(good == !kept.empty());
    if (good && header.size() <= kMaxTraceStateBytes) RC_ASSERT(kept == header);
  }));
}

TEST(TraceState, LosesWholeMembersLongOnesFirst) {
  EXPECT_TRUE(rc::check([] {
    std::vector<std::string> members = *good_members();
    const std::string kept = bounded_tracestate(joined(members));
    while (joined(members).size() > kMaxTraceStateBytes) {
      const auto last_long = std::find_if(members.rbegin(), members.rend(),
                                          [](const auto& member) { return member.size() > 128; });
      members.erase(last_long == members.rend() ? members.end() - 1 : std::next(last_long).base());
    }
    RC_ASSERT(kept == joined(members));
    RC_ASSERT(bounded_tracestate(kept) == kept);
  }));
}

TEST(TraceState, OneMemberThatIsTooLongLeavesNothing) {
  EXPECT_EQ(bounded_tracestate(std::string(256, 'k') + "=" + std::string(256, 'v')), "");
  EXPECT_EQ(bounded_tracestate(" , ," + std::string(256, 'k') + "=" + std::string(256, 'v')), "");
  EXPECT_EQ(bounded_tracestate(std::string(600, ' ') + "a=1"), "");
}

rc::Gen<std::string> hex(std::size_t digits) {
  return rc::gen::suchThat(
      rc::gen::container<std::string>(digits, rc::gen::elementOf(std::string("0123456789abcdef"))),
      [](const std::string& text) { return text.find_first_not_of('0') != std::string::npos; });
}

rc::Gen<TraceContext> contexts() {
  return rc::gen::build<TraceContext>(rc::gen::set(&TraceContext::trace_id, hex(32)),
                                      rc::gen::set(&TraceContext::span_id, hex(16)),
                                      rc::gen::set(&TraceContext::sampled));
}

TEST(Environment, WhatIsSetIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const TraceContext context = *contexts();
    const std::string state = joined(*good_members());
    const auto base = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "PATH=/bin", "TRACEPARENT=" + kParent, "TRACESTATE=old=1", "TRACEPARENTS=x", "A", ""));
    const auto entries = environment_with(context, base, state);
    const auto read = trace_context_from_environment(environment(entries));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->context == context);
    RC_ASSERT(read->state == bounded_tracestate(state));
    // The rest stands as it was, and a second time changes nothing.
    std::vector<std::string> rest = base;
    std::erase_if(rest, [](const std::string& entry) {
      return entry.starts_with("TRACEPARENT=") || entry.starts_with("TRACESTATE=");
    });
    RC_ASSERT(entries.size() == rest.size() + (read->state.empty() ? 1 : 2));
    RC_ASSERT(std::equal(rest.begin(), rest.end(), entries.begin()));
    RC_ASSERT(environment_with(context, entries, state) == entries);
  }));
}

TEST(Environment, WithoutAContextStaysAsItIs) {
  const std::vector<std::string> base = {"A=1", "TRACEPARENT=" + kParent, "TRACESTATE=a=1"};
  EXPECT_EQ(environment_with({}, base, "b=2"), base);
  const std::string evil = std::string(30, 'a') + "\r\n";
  EXPECT_EQ(environment_with({evil, kSpan, true}, base), base);
  EXPECT_EQ(environment_with({std::string(32, '0'), kSpan, true}, base), base);
  EXPECT_EQ(trace_id_for({evil, kSpan, true}), "");
}

TEST(Environment, OfThisProcess) {
  ASSERT_EQ(::setenv("TRACEPARENT", kParent.c_str(), 1), 0);
  ASSERT_EQ(::setenv("TRACESTATE", "a=1", 1), 0);
  const auto read = trace_context_from_environment();
  EXPECT_THAT(current_environment(), ::testing::Contains("TRACEPARENT=" + kParent));
  ::unsetenv("TRACEPARENT");
  ::unsetenv("TRACESTATE");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->context, kContext);
  EXPECT_EQ(read->state, "a=1");
  EXPECT_FALSE(trace_context_from_environment());
}

TEST(Request, HasItsTraceBesideIdAndMethod) {
  const json::Object request{{"id", 1}, {"method", "turn/start"}, {"params", json::Object{}}};
  const std::string head = R"({"id": 1, "method": "turn/start", "params": {}, "trace": )";
  const std::string trace = R"({"traceparent": ")" + kParent + '"';
  EXPECT_EQ(json::dump(with_trace(request, kContext)), head + trace + "}}");
  EXPECT_EQ(json::dump(with_trace(request, kContext, "a=1,b=2")),
            head + trace + R"(, "tracestate": "a=1,b=2"}})");
  EXPECT_EQ(with_trace(request, kContext, "bad"), with_trace(request, kContext));
  // One that is there is replaced, in its place.
  const json::Object traced = with_trace(request, kContext, "a=1");
  const TraceContext other{kTrace, "1111111111111111", false};
  EXPECT_EQ(with_trace(traced, other), with_trace(request, other));
}

TEST(Request, WhatIsSetIsReadByAnother) {
  EXPECT_TRUE(rc::check([] {
    const TraceContext context = *contexts();
    const std::string state = joined(*good_members());
    const json::Object request{{"id", *rc::gen::arbitrary<int>()}, {"method", "m"}};
    const std::string line = json::dump(with_trace(request, context, state));
    const json::ParseResult received = json::parse(line);
    RC_ASSERT(received.ok());
    const Value& trace = *received.value().get("trace");
    RC_ASSERT(parse_traceparent(trace.get("traceparent")->text()) == context);
    const Value* carried = trace.get("tracestate");
    RC_ASSERT((carried != nullptr ? carried->text() : "") == bounded_tracestate(state));
  }));
}

TEST(Request, WhatIsNoneIsLeftAlone) {
  const json::Object notification{{"method", "initialized"}};
  const json::Object response{{"id", 1}, {"result", json::Object{}}};
  const json::Object request{{"id", 1}, {"method", "m"}};
  EXPECT_EQ(with_trace(notification, kContext), notification);
  EXPECT_EQ(with_trace(response, kContext), response);
  EXPECT_EQ(with_trace(request, {}), request);
}

}  // namespace
}  // namespace codex::telemetry
