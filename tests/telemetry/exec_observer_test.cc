#include "codex/telemetry/exec_observer.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"

namespace codex::telemetry {
namespace {

using namespace std::string_literals;
using json::Value;

// An event and the line that it came from, in one text.
std::string shown(const Event& event, std::string_view line) {
  const Correlation& ids = event.correlation;
  return json::dump(json::Array{event.name, event.metadata, event.measurements, line, ids.session,
                                ids.thread, ids.turn, ids.item, ids.call});
}

struct Seen {
  std::vector<std::string> events;
  std::vector<std::string> names;
  std::vector<std::string> lines;
  std::vector<std::string> misfits;
  json::Object stop;  // metadata of the last event
};

struct Wire {
  std::string output;
  std::string errors;
  std::size_t max_line = 64U << 20U;
  std::size_t max_stderr = 1U << 20U;
};

// Feeds the wire, cut where `cuts` says (positions modulo its size).
Seen observe(const Wire& wire, std::vector<std::size_t> cuts = {}) {
  Seen seen;
  Hub hub;
  ExecObserver::Options options;
  options.correlation.session = "s";
  options.correlation.call = "c";
  options.max_line = wire.max_line;
  options.max_stderr = wire.max_stderr;
  options.listener = [&](const Event& event, std::string_view line) {
    if (const auto misfit = validate(event)) seen.misfits.push_back(*misfit);
    seen.events.push_back(shown(event, line));
    seen.names.emplace_back(event.name);
    seen.stop = event.metadata;
    if (event.name != event::kSessionStart && event.name != event::kSessionStop) {
      seen.lines.emplace_back(line);
    }
  };
  ExecObserver observer(hub, options);
  observer.started({"exec", "-"}, "hi");
  const auto feed = [&](const std::string& bytes, const auto& sink) {
    std::vector<std::size_t> at{0, bytes.size()};
    for (const std::size_t cut : cuts) at.push_back(cut % (bytes.size() + 1));
    std::sort(at.begin(), at.end());
    for (std::size_t i = 1; i < at.size(); ++i) {
      sink(std::string_view(bytes).substr(at[i - 1], at[i] - at[i - 1]));
    }
  };
  feed(wire.output, [&](std::string_view bytes) { observer.standard_output(bytes); });
  feed(wire.errors, [&](std::string_view bytes) { observer.standard_error(bytes); });
  observer.ended(0);
  return seen;
}

Seen observe(const std::string& output) {
  Wire wire;
  wire.output = output;
  return observe(wire);
}

std::vector<std::string> lines_of(const std::string& output) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = std::min(output.find('\n', at), output.size());
    lines.push_back(output.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// ---- generated wires ----

rc::Gen<std::string> any_line() {
  const auto known = rc::gen::element<std::string>(
      R"({"type":"thread.started","thread_id":"t-1"})", R"({"type":"thread.started"})",
      R"({"type":"turn.started"})", R"({"type":"turn.started","x":[1,{"y":null}]})",
      R"({"type":"turn.completed","usage":{"input_tokens":1,"duration":2}})",
      R"({"type":"turn.completed"})", R"({"type":"turn.completed","usage":7})",
      R"({"type":"turn.failed","error":{"message":"m"}})", R"({"type":"turn.failed"})",
      R"({"type":"item.started","item":{"id":"i","type":"reasoning"}})",
      R"({"type":"item.updated"})", R"({"type":"item.completed","item":null})",
      R"({"type":"item.completed","item":[]})", R"({"type":"error","message":"m"})",
      R"({"type":"error"})", R"({"type":"error","message":null})", R"({"type":"x"})", "{}", "[]",
      "null", "", " ", "{", "x", R"({"type":"turn.started"} )", R"({"type":"turn.started"})" "\r",
      "\r", "\xEF\xBB\xBF{}");
  const auto bytes = rc::gen::container<std::string>(rc::gen::suchThat(
      rc::gen::arbitrary<char>(), [](char c) { return c != '\n'; }));
  const auto damaged = rc::gen::apply(
      [](std::string line, std::size_t at, const std::string& junk) {
        return line.insert(at % (line.size() + 1), junk);
      },
      known, rc::gen::arbitrary<std::size_t>(),
      rc::gen::element("\0"s, "\xC3"s, "\xE2\x82"s, "\xED\xA0\x80"s, "\xFF"s, "\xF0\x9F"s, "\\"s));
  return rc::gen::weightedOneOf<std::string>({{4, known}, {1, bytes}, {2, damaged}});
}

rc::Gen<std::string> any_output() {
  return rc::gen::apply(
      [](const std::vector<std::string>& lines, bool terminated) {
        std::string output;
        for (const std::string& line : lines) output += line + "\n";
        if (!terminated && !output.empty()) output.pop_back();
        return output;
      },
      rc::gen::container<std::vector<std::string>>(any_line()), rc::gen::arbitrary<bool>());
}

const auto any_cuts = rc::gen::arbitrary<std::vector<std::size_t>>();

TEST(ExecObserverProperties, EventsDoNotDependOnHowTheBytesAreCut) {
  EXPECT_TRUE(rc::check([] {
    Wire wire;
    wire.output = *any_output();
    wire.errors = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    wire.max_line = *rc::gen::element<std::size_t>(1, 20, 40, 64U << 20U);
    wire.max_stderr = *rc::gen::element<std::size_t>(1, 10, 1U << 20U);
    const std::vector<std::string> whole = observe(wire).events;
    RC_ASSERT(observe(wire, *any_cuts).events == whole);
    std::vector<std::size_t> everywhere(wire.output.size() + 1);
    for (std::size_t i = 0; i < everywhere.size(); ++i) everywhere[i] = i;
    RC_ASSERT(observe(wire, everywhere).events == whole);
  }));
}

TEST(ExecObserverProperties, EachLineIsOneEventThatFitsTheRegistry) {
  EXPECT_TRUE(rc::check([] {
    Wire wire;
    wire.output = *any_output();
    wire.max_line = *rc::gen::element<std::size_t>(1, 20, 40, 64U << 20U);
    const Seen seen = observe(wire, *any_cuts);
    std::vector<std::string> lines = lines_of(wire.output);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool cut = lines[i].size() > wire.max_line;
      const std::string name = seen.names.at(i + 1);
      if (cut) RC_ASSERT(name == event::kSessionMalformed);
      lines[i].resize(std::min(lines[i].size(), wire.max_line));
    }
    RC_ASSERT(seen.lines == lines);
    RC_ASSERT(seen.names.size() == lines.size() + 2);
    RC_ASSERT(seen.names.front() == event::kSessionStart);
    RC_ASSERT(seen.names.back() == event::kSessionStop);
    RC_ASSERT(seen.misfits == std::vector<std::string>());
  }));
}

TEST(ExecObserverProperties, TheEndOfStandardErrorIsKept) {
  EXPECT_TRUE(rc::check([] {
    Wire wire;
    for (const std::string& word : *rc::gen::container<std::vector<std::string>>(
             rc::gen::element("a"s, "\xC3\xA9"s, "\xE2\x82\xAC"s, "\xF0\x9F\x98\x80"s, "\n"s))) {
      wire.errors += word;
    }
    wire.max_stderr = *rc::gen::inRange<std::size_t>(0, 40);
    const Seen seen = observe(wire, *any_cuts);
    const std::string kept(seen.stop.find("stderr")->text());
    RC_ASSERT(wire.errors.ends_with(kept));
    RC_ASSERT(kept.size() <= wire.max_stderr);
    RC_ASSERT(kept == wire.errors || kept.size() + 3 >= wire.max_stderr);
    // No half character.
    RC_ASSERT(json::parse("\"" + kept.substr(0, kept.find('\n')) + "\"").ok());
  }));
}

// ---- single cases ----

std::string only_event(const std::string& output) {
  const Seen seen = observe(output);
  return seen.events.size() == 3 ? seen.events[1] : "not one event";
}

std::string event_of(std::string_view name, const json::Object& metadata, std::string_view line) {
  return json::dump(
      json::Array{name, metadata, json::Object{}, line, "s", "", "", "", "c"});
}

TEST(ExecObserver, KeepsTheLineAsItStood) {
  const std::string line = "{\"type\" : \"x\"}\r";
  EXPECT_EQ(only_event(line + "\n"),
            event_of("codex.session.unknown",
                     {{"type", "x"}, {"payload", json::Object{{"type", "x"}}}}, line));
}

TEST(ExecObserver, TellsMalformedLines) {
  const auto malformed = [](std::string_view reason, const std::string& line) {
    return event_of("codex.session.malformed", {{"reason", reason}, {"line", line}}, line);
  };
  EXPECT_EQ(only_event("\n"), malformed("Expecting value: line 1 column 1 (char 0)", ""));
  EXPECT_EQ(only_event("{}\0\n"s), malformed("Extra data: line 1 column 3 (char 2)", "{}\0"s));
  EXPECT_EQ(only_event("[1]"), malformed("not an object", "[1]"));
  // What Python says of it depends on whether the line has an end.
  EXPECT_EQ(only_event("\xE2\x82\n"),
            malformed("'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte",
                      "\xE2\x82"));
  EXPECT_EQ(only_event("\xE2\x82"),
            malformed("'utf-8' codec can't decode bytes in position 0-1: unexpected end of data",
                      "\xE2\x82"));
  EXPECT_EQ(
      only_event("\"\xED\xA0\x80\"\n"),
      malformed("'utf-8' codec can't decode byte 0xed in position 1: invalid continuation byte",
                "\"\xED\xA0\x80\""));
}

TEST(ExecObserver, CutsLinesThatAreTooLong) {
  Wire wire;
  wire.max_line = 10;
  for (const char* end : {"", "\n"}) {
    wire.output = R"({"type":"turn.started"})" + std::string(end);
    const Seen seen = observe(wire);
    ASSERT_EQ(seen.events.size(), 3u);
    EXPECT_EQ(seen.events[1],
              event_of("codex.session.malformed",
                       {{"reason", "line too long"}, {"line", R"({"type":"t)"}}, R"({"type":"t)"));
  }
  wire.output = "{}        \n{}         \n{}\n";
  EXPECT_EQ(observe(wire).names,
            (std::vector<std::string>{"codex.session.start", "codex.session.unknown",
                                      "codex.session.malformed", "codex.session.unknown",
                                      "codex.session.stop"}));
}

TEST(ExecObserver, TellsLinesThatDoNotFit) {
  const auto invalid = [](const std::string& line, std::string_view type, std::string_view reason) {
    const Value payload = json::parse(line).value();
    EXPECT_EQ(only_event(line), event_of("codex.session.invalid",
                                         {{"type", type}, {"reason", reason}, {"payload", payload}},
                                         line));
  };
  invalid(R"({"type":"thread.started"})", "thread.started", "thread_id is missing");
  invalid(R"({"thread_id":5,"type":"thread.started"})", "thread.started",
          "thread_id is of another type");
  invalid(R"({"type":"item.updated","item":[]})", "item.updated", "item is of another type");
  invalid(R"({"type":"turn.completed","usage":1})", "turn.completed", "usage is of another type");
  invalid(R"({"type":"turn.failed","error":null})", "turn.failed", "error is of another type");
  invalid(R"({"type":"error","message":null})", "error", "message is of another type");
}

TEST(ExecObserver, FillsInWhatALineDoesNotHave) {
  const json::Object unknown{{"item", json::Object{{"type", "unknown"}}}};
  for (const std::string name : {"started", "updated", "completed"}) {
    const std::string bare = R"({"type":"item.)" + name + R"("})";
    const std::string null = R"({"type":"item.)" + name + R"(","item":null})";
    EXPECT_EQ(only_event(bare), event_of("codex.item." + name, unknown, bare));
    EXPECT_EQ(only_event(null), event_of("codex.item." + name, unknown, null));
  }
  const std::string failed = R"({"type":"turn.failed"})";
  EXPECT_EQ(only_event(failed), event_of("codex.turn.failed", {{"error", json::Object{}}}, failed));
  const std::string error = R"({"type":"error"})";
  EXPECT_EQ(only_event(error), event_of("codex.thread.exception", {{"message", ""}}, error));
  const std::string nothing = "{}";
  EXPECT_EQ(only_event(nothing),
            event_of("codex.session.unknown", {{"type", "unknown"}, {"payload", json::Object{}}},
                     nothing));
}

TEST(ExecObserver, CorrelatesAndMeasures) {
  Hub hub;
  std::vector<std::string> seen;
  hub.attach("", [&](const Event& event) {
    const Correlation& ids = event.correlation;
    seen.push_back(std::string(event.name) + " " + ids.thread + " " + ids.turn + " " + ids.item +
                   " " + json::dump(Value(event.measurements)));
  });
  ExecObserver observer(hub);
  observer.standard_output(
      R"({"type":"thread.started","thread_id":"t"})" "\n"
      R"({"type":"turn.started"})" "\n"
      R"({"type":"item.started","item":{"id":"i","type":"x"}})" "\n"
      R"({"type":"turn.completed","usage":{"input_tokens":3,"a":1.5,"duration":9}})" "\n"
      R"({"type":"turn.started"})" "\n"
      R"({"type":"item.completed","item":{"id":4}})" "\n");
  observer.ended(0);
  EXPECT_EQ(seen,
            (std::vector<std::string>{
                "codex.thread.start t   {}", "codex.turn.start t 1  {}",
                "codex.item.started t 1 i {}",
                R"(codex.turn.completed t 1  {"input_tokens": 3})", "codex.turn.start t 2  {}",
                "codex.item.completed t 2  {}", "codex.session.stop t 2  {}"}));
  EXPECT_EQ(observer.thread_id(), "t");
}

TEST(ExecObserver, SaysWhetherTheTurnEnded) {
  const auto completed = [](const std::string& output) {
    return *observe(output).stop.find("completed")->boolean();
  };
  const std::string begun = R"({"type":"turn.started"})" "\n";
  const std::string done = R"({"type":"turn.completed"})" "\n";
  EXPECT_FALSE(completed(""));
  EXPECT_FALSE(completed(begun));
  EXPECT_TRUE(completed(begun + done));
  EXPECT_TRUE(completed(begun + R"({"type":"turn.failed"})"));
  EXPECT_FALSE(completed(begun + done + begun));
}

TEST(ExecObserver, SaysHowTheProcessEnded) {
  const auto stop = [](std::optional<int> exit_code, std::optional<int> signal) {
    json::Object last;
    Hub hub;
    hub.attach("", [&](const Event& event) { last = event.metadata; });
    ExecObserver observer(hub);
    observer.standard_error("no\n");
    observer.ended(exit_code, signal);
    return json::dump(Value(last));
  };
  EXPECT_EQ(stop(3, std::nullopt),
            R"({"exit_code": 3, "signal": null, "stderr": "no\n", "completed": false})");
  EXPECT_EQ(stop(std::nullopt, 9),
            R"({"exit_code": null, "signal": 9, "stderr": "no\n", "completed": false})");
}

TEST(ExecObserver, GoesOnWhenAListenerThrows) {
  Hub hub;
  int count = 0;
  ExecObserver::Options options;
  options.listener = [&](const Event&, std::string_view) {
    ++count;
    throw std::runtime_error("no");
  };
  ExecObserver observer(hub, options);
  observer.standard_output("{}\n{}\n");
  observer.ended(0);
  EXPECT_EQ(count, 3);
}

}  // namespace
}  // namespace codex::telemetry
