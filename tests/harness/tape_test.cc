// What the reader makes of tapes that are right.
#include "harness/tape/tape.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/json.h"

namespace codex::harness {
namespace {

constexpr std::string_view kStart = R"({">":{"argv":["exec","-"],"stdin":"hi"}})";

Tape parse(const std::string& bytes, const std::string& path = "dir/one.tape.jsonl") {
  const Result<Tape> tape = parse_tape(bytes, path, "dir");
  EXPECT_TRUE(tape.ok()) << tape.error().text();
  return tape.ok() ? tape.value() : Tape();
}

// The tape of one process and these lines.
Tape parse_after_start(const std::string& lines) {
  return parse(std::string(kStart) + "\n" + lines);
}

std::string bytes_of(const Entry& entry) {
  const auto* output = std::get_if<FromCodex>(&entry.what);
  return output == nullptr ? "(no output)" : output->bytes;
}

ProcessEvent event_of(const Entry& entry) {
  const auto* event = std::get_if<ProcessEvent>(&entry.what);
  return event == nullptr ? ProcessEvent{} : *event;
}

std::string driver_text(const Tape& tape, std::string_view key) {
  const json::Value* value = tape.driver.get(key);
  return value == nullptr ? "(absent)" : json::dump(*value, json::kCompact);
}

TEST(Tape, HeaderIsRead) {
  const Tape tape = parse(
      R"({"tape":1,"transport":"exec","title":"T","driver":{"prompt":"p"},"recorded":{"v":1}})"
      "\n" +
      std::string(kStart) + "\n");
  EXPECT_EQ(tape.name, "one");
  EXPECT_EQ(tape.path, "dir/one.tape.jsonl");
  EXPECT_EQ(tape.transport, Transport::kExec);
  EXPECT_EQ(tape.title, "T");
  EXPECT_FALSE(tape.raw);
  EXPECT_EQ(json::dump(tape.recorded), R"({"v": 1})");
  ASSERT_EQ(tape.entries.size(), 1U);
  EXPECT_EQ(tape.entries[0].line, 2U);
  EXPECT_EQ(tape.processes, 1U);
}

TEST(Tape, DigestIsOfTheFile) {
  EXPECT_EQ(parse(std::string(kStart) + "\n").digest,
            "22c4344f7b2f4b2fcbbc4a749c006dddbd76bfaff8fdee05c662bd3ccf7e2d4a");
}

// Bytes as they stand: nothing is printed again.
TEST(Tape, ValueKeepsItsBytes) {
  for (const std::string value :
       {R"({"b":1,"a":2})", R"({ "a" :  1 , "a":2 })", R"("a \u00e9 \/ \ud800 é")",
        R"([1.10, 1e400, NaN, -0])", R"(123456789012345678901234567890)",
        R"({"deep":{"a":[{"}":"]"},"\\\"}"]}})", R"("\\")", "null", R"("")", "{}", "[]"}) {
    for (const std::string& line :
         {R"({"<":)" + value + "}", R"({ "<" : )" + value + R"( , "at_ms" : 5 } )",
          R"({"p":1,"<":)" + value + "\t}"}) {
      const Tape tape = parse_after_start(line + "\n");
      ASSERT_EQ(tape.entries.size(), 2U) << line;
      EXPECT_EQ(bytes_of(tape.entries[1]), value + "\n") << line;
    }
  }
}

TEST(Tape, RawBytesHaveNoLineEndAdded) {
  EXPECT_EQ(bytes_of(parse_after_start(R"({"<raw":"not json {\r"})").entries[1]), "not json {\r");
  EXPECT_EQ(bytes_of(parse_after_start(R"({"<raw":""})").entries[1]), "");
  // A lone surrogate is three bytes, as Python's surrogatepass writes it.
  EXPECT_EQ(bytes_of(parse_after_start(R"({"<raw":"\ud800\u0000"})").entries[1]),
            std::string("\xed\xa0\x80\0", 4));
  EXPECT_EQ(bytes_of(parse_after_start(R"({"<b64":"/wD+"})").entries[1]),
            std::string("\xff\0\xfe", 3));
  EXPECT_EQ(bytes_of(parse_after_start(R"({"<b64":""})").entries[1]), "");
}

TEST(Tape, BlankLinesAndCarriageReturnsDoNotCount) {
  const Tape tape =
      parse("\r\n  \t\r\n" + std::string(kStart) + "\r\n\r\n{\"<\":{\"a\":1}}\r\n\n{\"<\":2}");
  ASSERT_EQ(tape.entries.size(), 3U);
  EXPECT_EQ(tape.entries[0].line, 3U);
  EXPECT_EQ(tape.entries[1].line, 5U);
  EXPECT_EQ(tape.entries[2].line, 7U);
  EXPECT_EQ(bytes_of(tape.entries[1]), "{\"a\":1}\n");
  EXPECT_EQ(bytes_of(tape.entries[2]), "2\n");
}

TEST(Tape, LinesBelongToTheLatestProcessOrToTheOneTheyName) {
  const std::string start(kStart);
  const Tape tape = parse(
      start + "\n{\"<\":1}\n" + start +
      "\n{\"<\":2}\n{\"<\":3,\"p\":1}\n{\"!\":{\"exit\":0},\"p\":1}\n{\"<raw\":\"x\",\"p\":2}\n");
  std::vector<std::size_t> processes;
  for (const Entry& entry : tape.entries)
    processes.push_back(entry.process);
  EXPECT_EQ(processes, (std::vector<std::size_t>{1, 1, 2, 2, 1, 1, 2}));
  EXPECT_EQ(tape.processes, 2U);
}

TEST(Tape, ProcessEventsAreRead) {
  const auto event = [](const std::string& text) {
    return event_of(parse_after_start("{\"!\":" + text + "}").entries[1]);
  };
  EXPECT_EQ(event(R"({"exit":3,"stderr":"why\n"})").exit, 3);
  EXPECT_EQ(event(R"({"exit":3,"stderr":"why\n"})").stderr_text, "why\n");
  EXPECT_EQ(event(R"({"signal":9})").signal, 9);
  EXPECT_EQ(event(R"({"sleep_ms":20})").sleep_ms, 20);
  EXPECT_EQ(event(R"({"sleep_ms":0.5})").sleep_ms, 0.5);
  EXPECT_TRUE(event(R"({"eof":true})").eof);
  EXPECT_TRUE(event(R"({"stall":true})").stall);
  EXPECT_EQ(event(R"({"stderr":"x"})").stderr_text, "x");
  EXPECT_FALSE(event(R"({"stderr":"x"})").exit);
}

TEST(Tape, TimesAreRead) {
  const Tape tape = parse_after_start("{\"<\":1,\"at_ms\":12.5}\n{\"<\":1}\n");
  EXPECT_EQ(tape.entries[1].at_ms, 12.5);
  EXPECT_FALSE(tape.entries[2].at_ms);
}

TEST(Tape, TransportIsToldByTheFirstLineThatTells) {
  EXPECT_EQ(parse(std::string(kStart)).transport, Transport::kExec);
  const Tape server =
      parse("{\">\":{\"id\":1,\"method\":\"initialize\"}}\n{\"<\":{\"id\":1,\"result\":{}}}\n");
  EXPECT_EQ(server.transport, Transport::kAppServer);
  EXPECT_EQ(server.processes, 0U);
  EXPECT_EQ(server.entries[0].process, 0U);
  EXPECT_EQ(driver_text(server, "api"), "\"client\"");
  EXPECT_EQ(parse("{\"<raw\":\"x\"}\n{\"<\":{\"method\":\"m\"}}\n").transport,
            Transport::kAppServer);
  EXPECT_EQ(parse("{\"tape\":1}\n" + std::string(kStart)).transport, Transport::kExec);
}

TEST(Tape, DriverHasEveryDefault) {
  const Tape tape = parse(std::string(kStart));
  EXPECT_EQ(driver_text(tape, "agent"), R"({"name":"Assistant","instructions":null})");
  EXPECT_EQ(driver_text(tape, "max_turns"), "10");
  EXPECT_EQ(driver_text(tape, "failure_error_function"), "\"default\"");
  EXPECT_EQ(driver_text(tape, "env"), "{}");
}

TEST(Tape, DriverKeysReplaceButAgentAndModelAreMerged) {
  const Tape tape =
      parse(R"({"tape":1,"transport":"exec","driver":{"agent":{"name":"A"},)"
            R"("model":{"response_id":"r"},"steps":[{"message":"m"}],"codex_tool":{"any":[1]},)"
            R"("run_config":{"x":null},"failure_error_function":null,"env":{"A":"1"}}})"
            "\n" +
            std::string(kStart));
  EXPECT_EQ(driver_text(tape, "agent"), R"({"name":"A","instructions":null})");
  EXPECT_EQ(driver_text(tape, "model"),
            R"({"emit_traces":false,"response_id":"r","message_id":"msg-1"})");
  EXPECT_EQ(driver_text(tape, "steps"), R"([{"message":"m"}])");
  EXPECT_EQ(driver_text(tape, "codex_tool"), R"({"any":[1]})");
  EXPECT_EQ(driver_text(tape, "run_config"), R"({"x":null})");
  EXPECT_EQ(driver_text(tape, "failure_error_function"), "null");
  EXPECT_EQ(driver_text(tape, "env"), R"({"A":"1"})");
  EXPECT_EQ(driver_text(tape, "streamed"), "false");
}

struct RawCase {
  std::string bytes;
  std::vector<std::string> outputs;
  int exit;
};

TEST(Tape, RawLogIsByteForByte) {
  const std::string failed = R"({"type":"turn.failed","error":{"message":"m"}})";
  const std::vector<RawCase> cases = {
      {"", {}, 0},
      {"\n", {"\n"}, 0},
      {"{\"type\":\"thread.started\"}\r\n\r\nnot json\n\xff\xfe\n{\"cut",
       {"{\"type\":\"thread.started\"}\r\n", "\r\n", "not json\n", "\xff\xfe\n", "{\"cut"},
       0},
      {failed + "\n", {failed + "\n"}, 1},
      {failed, {failed}, 1},
      {failed + "\n \n\n", {failed + "\n", " \n", "\n"}, 1},
      {failed + "\n{}\n", {failed + "\n", "{}\n"}, 0},
      {"\"turn.failed\"\n", {"\"turn.failed\"\n"}, 0},
  };
  for (const RawCase& c : cases) {
    const Tape tape = parse(c.bytes, "dir/log.exec.jsonl");
    EXPECT_TRUE(tape.raw);
    EXPECT_EQ(tape.name, "log");
    EXPECT_EQ(tape.processes, 1U);
    ASSERT_EQ(tape.entries.size(), c.outputs.size() + 1) << c.bytes;
    for (std::size_t i = 0; i < c.outputs.size(); ++i) {
      EXPECT_EQ(bytes_of(tape.entries[i]), c.outputs[i]);
      EXPECT_EQ(tape.entries[i].line, i + 1);
      EXPECT_EQ(tape.entries[i].process, 1U);
    }
    EXPECT_EQ(event_of(tape.entries.back()).exit, c.exit) << c.bytes;
    EXPECT_EQ(driver_text(tape, "max_turns"), "10");
  }
}

TEST(Tape, RawLogIsKnownByItsFirstObject) {
  EXPECT_TRUE(parse("\n{\"type\":\"thread.started\"}\nnot json\n", "dir/my.log").raw);
  EXPECT_TRUE(parse("{\"type\":\"thread.started\"}\n").raw);
  EXPECT_FALSE(parse(std::string(kStart)).raw);
  // The name decides whatever the file holds.
  EXPECT_TRUE(parse(std::string(kStart), "dir/x.exec.jsonl").raw);
}

}  // namespace
}  // namespace codex::harness
