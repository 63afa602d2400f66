// Every way in which a tape can be wrong, with the very words that its author reads.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/tape/tape.h"

namespace codex::harness {
namespace {

const std::string kHeader = "{\"tape\":1,\"transport\":\"exec\"}\n";
const std::string kStart = "{\">\":{\"argv\":[\"exec\",\"-\"],\"stdin\":\"hi\"}}\n";
const std::string kServer = "{\"tape\":1,\"transport\":\"app-server\"}\n";

struct Case {
  std::string bytes;
  std::string text;
};

void expect(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const Result<Tape> tape = parse_tape(c.bytes, "t.tape.jsonl", "");
    ASSERT_FALSE(tape.ok()) << c.bytes;
    EXPECT_EQ(tape.error().text(), c.text);
  }
}

std::string with_driver(const std::string& driver) {
  return "{\"tape\":1,\"transport\":\"exec\",\"driver\":" + driver + "}\n" + kStart;
}

TEST(TapeErrors, Bytes) {
  expect({
      {"",
       "t.tape.jsonl: the file is empty (a raw log of codex may be, if it is named *.exec.jsonl)"},
      {" \n\r\n",
       "t.tape.jsonl: the file is empty (a raw log of codex may be, if it is named *.exec.jsonl)"},
      {kStart + "{\"<\":\"\xff\"}\n",
       "t.tape.jsonl:2: not UTF-8 at byte 7 of the line (bytes that are not UTF-8 are written "
       "{\"<b64\":\"…\"})"},
      {"\xef\xbb\xbf" + kHeader,
       "t.tape.jsonl:1: it starts with a byte order mark (save the file as UTF-8 without one)"},
      {kStart + "not json\n",
       "t.tape.jsonl:2: not JSON: Expecting value at character 1 of the line (output that is not "
       "JSON is written {\"<raw\":\"…\"}; a raw log of codex is named *.exec.jsonl)"},
      {kStart + "{\"<\":1",
       "t.tape.jsonl:2: not JSON: Expecting ',' delimiter at character 7 of the "
       "line (output that is not JSON is written {\"<raw\":\"…\"}; a raw log of "
       "codex is named *.exec.jsonl)"},
      {kStart + "[1]\n", "t.tape.jsonl:2: a line of a tape is a JSON object"},
  });
}

TEST(TapeErrors, Header) {
  expect({
      {"{\"tape\":2}\n", "t.tape.jsonl:1: unknown tape format 2 (this program reads format 1)"},
      {"{\"tape\":\"1\"}\n",
       "t.tape.jsonl:1: unknown tape format \"1\" (this program reads format 1)"},
      {"{\"tape\":1,\"transport\":\"http\"}\n",
       "t.tape.jsonl:1: unknown transport \"http\" (known: \"exec\", \"app-server\")"},
      {"{\"tape\":1,\"titel\":\"\"}\n",
       "t.tape.jsonl:1: the header has no key \"titel\" (did you mean "
       "\"title\"? known: tape, transport, title, driver, recorded)"},
      {"{\"tape\":1,\"title\":1}\n", "t.tape.jsonl:1: \"title\" is not a string"},
      {"{\"tape\":1,\"recorded\":1}\n", "t.tape.jsonl:1: \"recorded\" is not an object"},
      {kHeader, "t.tape.jsonl:1: a header and nothing else"},
      {kHeader + kStart + kHeader,
       "t.tape.jsonl:3: a header that is not the first line (a file holds one tape)"},
      {"{\"<raw\":\"x\"}\n",
       "t.tape.jsonl:1: no line tells the transport (say it in a header: "
       "{\"tape\":1,\"transport\":\"exec\"})"},
  });
}

TEST(TapeErrors, Lines) {
  expect({
      {kStart + "{\"at_ms\":1}\n",
       "t.tape.jsonl:2: no key that says what happens (a line has one of "
       "\">\", \"<\", \"<raw\", \"<b64\" and \"!\")"},
      {kStart + "{\"<\":1,\"!\":{}}\n",
       "t.tape.jsonl:2: two actions in one line, \"<\" and \"!\" (write one line for each)"},
      {kStart + "{\"<\":1,\"<\":2}\n", "t.tape.jsonl:2: the key \"<\" stands twice"},
      {kStart + "{\"<\":1,\"at-ms\":2}\n",
       "t.tape.jsonl:2: a line has no key \"at-ms\" (did you mean \"at_ms\"? known: <, p, at_ms)"},
      {kStart + "{\"<\":1,\"at_ms\":\"2\"}\n",
       "t.tape.jsonl:2: \"at_ms\" is not a time in milliseconds: \"2\""},
      {kStart + "{\"<\":1,\"at_ms\":1e999}\n",
       "t.tape.jsonl:2: \"at_ms\" is not a time in milliseconds: Infinity"},
      {kStart + "{\"<\":1,\"p\":0}\n", "t.tape.jsonl:2: \"p\" is not the number of a process: 0"},
      {kStart + "{\"<\":1,\"p\":2}\n",
       "t.tape.jsonl:2: \"p\" is 2, but only 1 process was started so far"},
      {kStart + kStart + "{\"<\":1,\"p\":3}\n",
       "t.tape.jsonl:3: \"p\" is 3, but only 2 processes were started so far"},
      {kStart + "{\"<raw\":1}\n", "t.tape.jsonl:2: \"<raw\" is not a string"},
      {kStart + "{\"<b64\":{}}\n", "t.tape.jsonl:2: \"<b64\" is not a string"},
      {kStart + "{\"<b64\":\"a\"}\n",
       "t.tape.jsonl:2: \"<b64\" is not base64 (the standard alphabet, with its padding)"},
      {kStart + "{\"<b64\":\"YR==\"}\n",
       "t.tape.jsonl:2: \"<b64\" is not base64 (the standard alphabet, with its padding)"},
  });
}

TEST(TapeErrors, Start) {
  expect({
      {kHeader + "{\">\":1}\n", "t.tape.jsonl:2: \">\" is not an object"},
      {kHeader + "{\">\":{\"stdin\":\"\"}}\n",
       "t.tape.jsonl:2: \">\" without argv (in a tape of exec it "
       "is {\"argv\":[…],\"stdin\":\"…\"})"},
      {kHeader + "{\">\":{\"argv\":\"exec\"}}\n",
       "t.tape.jsonl:2: \"argv\" is not a list of strings"},
      {kHeader + "{\">\":{\"argv\":[1]}}\n", "t.tape.jsonl:2: \"argv\" is not a list of strings"},
      {kHeader + "{\">\":{\"argv\":[],\"stdin\":1}}\n",
       "t.tape.jsonl:2: \"stdin\" is not a string"},
      {kHeader + "{\">\":{\"argv\":[],\"stdim\":\"\"}}\n",
       "t.tape.jsonl:2: \">\" has no key \"stdim\" (did you mean \"stdin\"? known: argv, stdin)"},
      {kHeader + "{\">\":{\"argv\":[]},\"p\":2}\n",
       "t.tape.jsonl:2: \"p\" of this \">\" is 2, but it starts process 1"},
      {kHeader + "{\">\":{\"method\":\"m\"}}\n",
       "t.tape.jsonl:2: \">\" with JSON-RPC in a tape of exec (a tape has one transport)"},
      {kHeader + "{\"<\":1}\n",
       "t.tape.jsonl:2: codex does something before any \">\" has started it"},
      {kHeader + "{\"!\":{\"exit\":0}}\n",
       "t.tape.jsonl:2: codex does something before any \">\" has started it"},
      {kServer + kStart,
       "t.tape.jsonl:2: \">\" with argv in a tape of app-server (a tape has one transport)"},
      {kServer + "{\"<\":{},\"p\":1}\n", "t.tape.jsonl:2: \"p\" belongs to tapes of exec"},
  });
}

TEST(TapeErrors, ProcessEvents) {
  const auto line = [](const std::string& event) { return kStart + "{\"!\":" + event + "}\n"; };
  expect({
      {line("1"), "t.tape.jsonl:2: \"!\" is not an object"},
      {line("{}"), "t.tape.jsonl:2: \"!\" says nothing"},
      {line("{\"exits\":1}"),
       "t.tape.jsonl:2: \"!\" has no key \"exits\" (did you mean \"exit\"? known: "
       "exit, signal, stderr, eof, sleep_ms, stall)"},
      {line("{\"exit\":256}"), "t.tape.jsonl:2: \"exit\" is not a status, 0 to 255: 256"},
      {line("{\"exit\":true}"), "t.tape.jsonl:2: \"exit\" is not a status, 0 to 255: true"},
      {line("{\"signal\":0}"), "t.tape.jsonl:2: \"signal\" is not the number of a signal: 0"},
      {line("{\"eof\":false}"), "t.tape.jsonl:2: \"eof\" is not true: false"},
      {line("{\"stall\":1}"), "t.tape.jsonl:2: \"stall\" is not true: 1"},
      {line("{\"stderr\":null}"), "t.tape.jsonl:2: \"stderr\" is not a string: null"},
      {line("{\"sleep_ms\":-1}"),
       "t.tape.jsonl:2: \"sleep_ms\" is not a time in milliseconds, an hour at most: -1"},
      {line("{\"exit\":0,\"signal\":9}"),
       "t.tape.jsonl:2: \"!\" says several things at once (only "
       "\"stderr\" may come with \"exit\" or \"signal\")"},
      {line("{\"eof\":true,\"stderr\":\"\"}"),
       "t.tape.jsonl:2: \"!\" says several things at once (only "
       "\"stderr\" may come with \"exit\" or \"signal\")"},
  });
}

TEST(TapeErrors, AfterTheEnd) {
  expect({
      {kStart + "{\"!\":{\"exit\":0}}\n{\"<\":1}\n",
       "t.tape.jsonl:3: the process has exited in line 2, nothing can follow from it"},
      {kStart + kStart + "{\"!\":{\"signal\":9},\"p\":1}\n{\"!\":{\"stderr\":\"x\"},\"p\":1}\n",
       "t.tape.jsonl:4: the process has died in line 3, nothing can follow from it"},
      {kStart + "{\"!\":{\"stall\":true}}\n{\"<raw\":\"\"}\n",
       "t.tape.jsonl:3: the process has stalled in line 2, nothing can follow from it"},
      {kStart + "{\"!\":{\"eof\":true}}\n{\"<\":1}\n",
       "t.tape.jsonl:3: the process has closed its output in line 2"},
  });
  // Another process may go on, and this one may still exit.
  EXPECT_TRUE(
      parse_tape(kStart + kStart + "{\"!\":{\"exit\":0},\"p\":1}\n{\"<\":1}\n", "t", "").ok());
  EXPECT_TRUE(parse_tape(kStart + "{\"!\":{\"eof\":true}}\n{\"!\":{\"exit\":1}}\n", "t", "").ok());
}

TEST(TapeErrors, Driver) {
  expect({
      {with_driver("1"), "t.tape.jsonl:1: \"driver\" is not an object"},
      {with_driver(R"({"promt":""})"),
       "t.tape.jsonl:1: the driver has no key \"promt\" (did you mean \"prompt\"? known: agent, "
       "model, "
       "prompt, steps, streamed, max_turns, context, failure_error_function, run_config, "
       "codex_tool, "
       "env)"},
      {with_driver(R"({"zzzzzz":""})"),
       "t.tape.jsonl:1: the driver has no key \"zzzzzz\" (known: agent, model, prompt, steps, "
       "streamed, "
       "max_turns, context, failure_error_function, run_config, codex_tool, env)"},
      {with_driver(R"({"agent":1})"), "t.tape.jsonl:1: \"agent\" is not an object"},
      {with_driver(R"({"agent":{"nam":""}})"),
       "t.tape.jsonl:1: the driver's \"agent\" has no key \"nam\" (did you mean \"name\"? known: "
       "name, "
       "instructions)"},
      {with_driver(R"({"agent":{"name":1}})"),
       "t.tape.jsonl:1: the driver: \"agent\": \"name\" is not a string"},
      {with_driver(R"({"streamed":1})"),
       "t.tape.jsonl:1: the driver: \"streamed\" is not true or false"},
      {with_driver(R"({"max_turns":"1"})"),
       "t.tape.jsonl:1: the driver: \"max_turns\" is not an integer"},
      {with_driver(R"({"codex_tool":[]})"),
       "t.tape.jsonl:1: the driver: \"codex_tool\" is not an object"},
      {with_driver(R"({"failure_error_function":"x"})"),
       "t.tape.jsonl:1: the driver: \"failure_error_function\" is none of \"default\", null and "
       "{\"text\":…}"},
      {with_driver(R"({"env":{"A":1}})"),
       "t.tape.jsonl:1: the driver: \"env\": \"A\" is not a string"},
      {with_driver(R"({"env":{"A=B":""}})"),
       "t.tape.jsonl:1: the driver: \"env\" has a name that no variable can have: \"A=B\""},
      {with_driver(R"({"steps":{}})"), "t.tape.jsonl:1: the driver: \"steps\" is not an array"},
      {with_driver(R"({"steps":[{"message":"m"},{"usage":{}}]})"),
       "t.tape.jsonl:1: the driver: step 2 is neither calls nor a message"},
      {with_driver(R"({"steps":[{"mesage":"m"}]})"),
       "t.tape.jsonl:1: the driver: step 1 has an unknown key \"mesage\""},
      {with_driver(R"({"steps":[{"message":1}]})"),
       "t.tape.jsonl:1: the driver: step 1: \"message\" is not a string"},
      {with_driver(R"({"steps":[{"calls":[{"call_id":"a","arguments":{}},{"arguments":{}}]}]})"),
       "t.tape.jsonl:1: the driver: step 1, call 2 has no \"call_id\""},
      {with_driver(R"({"steps":[{"calls":[{"call_id":"a"}]}]})"),
       "t.tape.jsonl:1: the driver: step 1, call 1 has no \"arguments\""},
      {with_driver(R"({"steps":[{"calls":[{"call_id":"a","arguments":1}]}]})"),
       "t.tape.jsonl:1: the driver: step 1, call 1: \"arguments\" is neither an object nor a "
       "string"},
  });
}

TEST(TapeErrors, DriverOfAppServer) {
  const auto with = [](const std::string& driver) {
    return "{\"tape\":1,\"transport\":\"app-server\",\"driver\":" + driver +
           "}\n{\"<\":{\"method\":\"m\"}}\n";
  };
  const std::string where = "t.tape.jsonl:1: the driver: ";
  expect({
      {with(R"({"prompt":""})"),
       "t.tape.jsonl:1: the driver has no key \"prompt\" (known: api, config, env)"},
      {with(R"({"api":"kodex"})"),
       where + "\"api\" is none of \"client\", \"codex\" and \"async\": \"kodex\""},
      {with(R"({"api":1})"),
       where + "\"api\" is none of \"client\", \"codex\" and \"async\": 1"},
      {with(R"({"config":[]})"), where + "\"config\" is not an object"},
      {with(R"({"config":{"client_name":1}})"),
       where + "\"config\": \"client_name\" is not a string"},
      {with(R"({"config":{"experimental_api":0}})"),
       where + "\"config\": \"experimental_api\" is not true or false"},
      {with(R"({"config":{"config_overrides":["a=1",2]}})"),
       where + "\"config\": \"config_overrides\" is not a list of strings"},
      {with(R"({"config":{"codex_bin":"/bin/codex"}})"),
       where + "\"config\" has an unknown key \"codex_bin\""},
      {with(R"({"env":{"A":1}})"), where + "\"env\": \"A\" is not a string"},
  });
  const Result<Tape> good = parse_tape(
      with(R"({"api":"async","config":{"client_title":"t","config_overrides":["a=1"]}})"), "t", "");
  ASSERT_TRUE(good.ok()) << good.error().text();
  EXPECT_EQ(json::dump(good->driver, json::kCompact),
            R"({"api":"async","config":{"client_title":"t","config_overrides":["a=1"]},"env":{}})");
}

TEST(TapeErrors, UnreadableFile) {
  const Result<Tape> tape = read_tape("no/such.tape.jsonl", "");
  ASSERT_FALSE(tape.ok());
  EXPECT_EQ(tape.error().text(), "no/such.tape.jsonl: cannot be read: No such file or directory");
  EXPECT_EQ(read_tape("/", "").error().text(), "/: cannot be read: Is a directory");
}

}  // namespace
}  // namespace codex::harness
