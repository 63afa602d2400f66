// The order of a tape of app-server, without any process: what goes out when, under whose id, what
// the client is told, and what is off script.
#include "harness/peer/app_server_conductor.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hosted.h"

namespace codex::harness {
namespace {

using test::tape_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Conductor::State;

constexpr Conductor::PeerId kPeer = 7;
const std::vector<std::string> kArgv = {"app-server", "--listen", "stdio://"};

std::string text(const Order& order) {
  if (order.kind == Order::Kind::kOut) return order.bytes;
  return json::dump(to_json(order), json::kCompact);
}

// What was commanded since the last time; `out` in clear.
std::vector<std::string> commands(Conductor& conductor) {
  std::vector<std::string> texts;
  for (const auto& [peer, order] : conductor.take_commands()) texts.push_back(text(order));
  return texts;
}

// Acknowledges everything until nothing is commanded any more.
std::vector<std::string> play(Conductor& conductor) {
  std::vector<std::string> texts;
  for (;;) {
    const auto taken = conductor.take_commands();
    if (taken.empty()) return texts;
    for (const auto& [peer, order] : taken) {
      texts.push_back(text(order));
      if (order.kind != Order::Kind::kUnread) conductor.acknowledged(peer);
      const bool ends = order.kind == Order::Kind::kExit || order.kind == Order::Kind::kSignal;
      if (ends) conductor.gone(peer);
    }
  }
}

std::vector<std::string> words(Conductor& conductor) {
  std::vector<std::string> texts;
  for (const json::Value& word : conductor.take_words())
    texts.push_back(json::dump(word, json::kCompact));
  return texts;
}

bool say(Conductor& conductor, const std::string& line) {
  return conductor.heard(json::parse(line).value());
}

std::string reason(const Conductor& conductor) {
  return conductor.off_script() ? conductor.off_script()->reason : "(on script)";
}

std::vector<std::string> wire(const Conductor& conductor) {
  std::vector<std::string> shown;
  for (const Observation& each : conductor.observations()) {
    EXPECT_EQ(each.lane, "wire/run");
    shown.push_back(each.name + " " + json::dump(each.data, json::kCompact));
  }
  return shown;
}

constexpr const char* kEnd = R"({"end":true,"closed":false})";
constexpr const char* kClosedEnd = R"({"end":true,"closed":true})";

TEST(AppServerConductor, TellsEachTurnAndAnswersWithTheClientsId) {
  const Tape tape = tape_of(R"({">":{"id":"a","method":"initialize","params":{}}}
{"<": {"id" : "a", "result":{"x":"a",  "id":1}} }
{">":{"method":"initialized"}}
{"<":{"method":"warning","params":{}}}
)");
  AppServerConductor conductor(tape);
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":1})"));
  EXPECT_EQ(conductor.state(), State::kWaiting);
  conductor.started(kPeer, kArgv);
  EXPECT_THAT(commands(conductor), IsEmpty());
  conductor.received(kPeer, R"({"id": "its-own", "method": "initialize", "params": {}})");
  EXPECT_THAT(play(conductor),
              ElementsAre("{\"id\" : \"its-own\", \"result\":{\"x\":\"a\",  \"id\":1}}\n"));
  // The client has not come back with the answer.
  EXPECT_THAT(words(conductor), IsEmpty());
  EXPECT_EQ(conductor.state(), State::kHolding);
  EXPECT_TRUE(say(conductor, R"({"returned":1})"));
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":3})"));
  EXPECT_EQ(conductor.state(), State::kWaiting);
  conductor.received(kPeer, R"({"method": "initialized"})");
  EXPECT_THAT(play(conductor), ElementsAre("{\"method\":\"warning\",\"params\":{}}\n"));
  EXPECT_EQ(conductor.state(), State::kEnd);
  EXPECT_THAT(words(conductor), ElementsAre(kEnd));
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
  EXPECT_THAT(wire(conductor),
              ElementsAre(R"(app-server {"argv":["app-server","--listen","stdio://"]})",
                          R"(initialize {"id":"its-own","method":"initialize","params":{}})",
                          R"(initialized {"method":"initialized"})"));
}

TEST(AppServerConductor, WhatCodexWritesUnaskedGoesOutAtOnce) {
  const Tape tape = tape_of("{\"<\":{\"method\":\"warning\"}}\n{\">\":{\"method\":\"m\"}}\n");
  AppServerConductor conductor(tape);
  EXPECT_THAT(words(conductor), IsEmpty());
  conductor.started(kPeer, kArgv);
  EXPECT_THAT(commands(conductor), ElementsAre("{\"method\":\"warning\"}\n"));
  EXPECT_EQ(conductor.state(), State::kPlaying);
  EXPECT_THAT(words(conductor), IsEmpty());
  conductor.acknowledged(kPeer);
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":2})"));
}

// A client with two callers may send in the other order.
TEST(AppServerConductor, RequestsInFlightArePairedByTheirParams) {
  const Tape tape = tape_of(
      R"({">":{"id":1,"method":"turn/start","params":{"threadId":"A","input":[1]}}}
{">":{"id":2,"method":"turn/start","params":{"threadId":"B","input":[1]}}}
{"<":{"id":2,"result":"b"}}
{"<":{"id":1,"result":"a"}}
)");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  conductor.received(kPeer,
                     R"({"id":"y","method":"turn/start","params":{"input":[1],"threadId":"B"}})");
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":1})"));
  conductor.received(
      kPeer, R"({"id":"x","method":"turn/start","params":{"threadId":"A","input":[1.0]}})");
  EXPECT_THAT(commands(conductor), ElementsAre("{\"id\":\"y\",\"result\":\"b\"}\n"));
  // The turn's consumers come first.
  conductor.acknowledged(kPeer);
  EXPECT_EQ(conductor.state(), State::kHolding);
  EXPECT_TRUE(say(conductor, R"({"returned":2})"));
  EXPECT_THAT(commands(conductor), ElementsAre("{\"id\":\"x\",\"result\":\"a\"}\n"));
  EXPECT_TRUE(say(conductor, R"({"returned":1})"));
  conductor.acknowledged(kPeer);
  EXPECT_EQ(conductor.state(), State::kEnd);
  EXPECT_THAT(wire(conductor)[1], HasSubstr("\"x\""));
  EXPECT_THAT(wire(conductor)[2], HasSubstr("\"y\""));
}

TEST(AppServerConductor, ThenByThreadThenByOrder) {
  const Tape tape = tape_of(R"({">":{"id":1,"method":"m","params":{"threadId":"A","n":1}}}
{">":{"id":2,"method":"m","params":{"threadId":"B","n":1}}}
{"<":{"id":2,"result":2}}
{"<":{"id":1,"result":1}}
)");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  conductor.received(kPeer, R"({"id":"b","method":"m","params":{"threadId":"B","n":9}})");
  conductor.received(kPeer, R"({"id":"a","method":"m","params":{"threadId":"C"}})");
  EXPECT_THAT(play(conductor),
              ElementsAre("{\"id\":\"b\",\"result\":2}\n", "{\"id\":\"a\",\"result\":1}\n"));
}

TEST(AppServerConductor, AnswersArePairedByTheIdOfCodexsRequest) {
  const Tape tape = tape_of(R"({"<":{"id":0,"method":"ask","params":{}}}
{"<":{"id":"0","method":"ask","params":{}}}
{">":{"id":"0","result":{"decision":"accept"}}}
{">":{"id":0,"result":{"decision":"decline"}}}
)");
  AppServerConductor conductor(tape);
  EXPECT_EQ(json::dump(*conductor.script().get("answers"), json::kCompact),
            R"([{"id":0,"result":{"decision":"decline"}},)"
            R"({"id":"0","result":{"decision":"accept"}}])");
  conductor.started(kPeer, kArgv);
  // The answer comes before its turn.
  EXPECT_THAT(commands(conductor), ElementsAre("{\"id\":0,\"method\":\"ask\",\"params\":{}}\n"));
  conductor.received(kPeer, R"({"id":0,"result":{"decision":"decline"}})");
  conductor.acknowledged(kPeer);
  EXPECT_THAT(play(conductor), ElementsAre("{\"id\":\"0\",\"method\":\"ask\",\"params\":{}}\n"));
  EXPECT_EQ(conductor.state(), State::kWaiting);
  conductor.received(kPeer, R"({"id":"0","result":{"decision":"accept"}})");
  EXPECT_EQ(conductor.state(), State::kEnd);
  EXPECT_THAT(wire(conductor)[1], HasSubstr(R"(response {"id":"0")"));
}

TEST(AppServerConductor, RawResponsesAreAnsweredToo) {
  const Tape tape = tape_of(R"({">":{"id":"a","method":"m"}}
{"<raw":"{\"method\":\"n\"}\n{\"id\":\"no\",\"id\":\"a\"}"}
{"<raw":",\"id\":\"a\"}\n{\"id\":\"a\",\"result\":{}}\r{\"id\":\"a\",\"result\":\r{}}\r\n{\"id\":\"unknown\"}\n"}
)");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  conductor.received(kPeer, R"({"id":"mine","method":"m"})");
  // A carriage return ends the client's line, and leaves no JSON there.
  EXPECT_THAT(play(conductor),
              ElementsAre("{\"method\":\"n\"}\n{\"id\":\"no\",\"id\":\"mine\"}",
                          ",\"id\":\"a\"}\n{\"id\":\"mine\",\"result\":{}}\r"
                          "{\"id\":\"a\",\"result\":\r{}}\r\n{\"id\":\"unknown\"}\n"));
}

TEST(AppServerConductor, ALostClientIsToldNothingMoreAndStillSends) {
  const Tape tape = tape_of(R"({">":{"id":1,"method":"turn/start"}}
{"<raw":"junk\n"}
{"<":{"id":1,"result":{}}}
{"<":{"id":5,"method":"ask"}}
{">":{"id":5,"result":{}}}
{">":{"id":2,"method":"m"}}
{"<":{"id":2,"result":{}}}
)");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  words(conductor);
  conductor.received(kPeer, R"({"id":"x","method":"turn/start"})");
  EXPECT_THAT(commands(conductor), ElementsAre("junk\n"));
  EXPECT_TRUE(say(conductor, R"({"lost":true})"));
  // The order under way is given up by the peer.
  EXPECT_THAT(commands(conductor), ElementsAre(R"({"unread":true})"));
  conductor.acknowledged(kPeer);
  EXPECT_THAT(commands(conductor), IsEmpty());
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":5})", R"({"send":6})"));
  EXPECT_EQ(conductor.state(), State::kWaiting);
  conductor.received(kPeer, R"({"id":"y","method":"m"})");
  EXPECT_EQ(conductor.state(), State::kEnd);
  EXPECT_THAT(words(conductor), ElementsAre(kEnd));
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
}

TEST(AppServerConductor, AProcessThatExitsTakesNoMoreAndCallsComeBack) {
  const Tape tape = tape_of(R"({"!":{"exit":3,"stderr":"why\n"}}
{">":{"id":1,"method":"m"}}
{">":{"method":"initialized"}}
)");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  EXPECT_THAT(commands(conductor), ElementsAre(R"({"err":"d2h5Cg=="})"));
  conductor.acknowledged(kPeer);
  EXPECT_THAT(commands(conductor), ElementsAre(R"({"exit":3})"));
  conductor.acknowledged(kPeer);
  EXPECT_EQ(conductor.state(), State::kPlaying);
  EXPECT_THAT(words(conductor), IsEmpty());
  conductor.gone(kPeer);
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":2})"));
  EXPECT_TRUE(say(conductor, R"({"returned":2})"));
  EXPECT_THAT(words(conductor), ElementsAre(R"({"send":3})", kClosedEnd));
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
}

TEST(AppServerConductor, AnIdleClientSeesTheEndOfTheOutput) {
  const Tape tape = tape_of("{\"<\":{\"method\":\"warning\"}}\n");
  AppServerConductor conductor(tape);
  conductor.started(kPeer, kArgv);
  EXPECT_TRUE(say(conductor, R"({"idle":true})"));  // too early
  EXPECT_THAT(play(conductor), ElementsAre("{\"method\":\"warning\"}\n"));
  EXPECT_THAT(words(conductor), ElementsAre(kEnd));
  EXPECT_TRUE(say(conductor, R"({"idle":true})"));
  EXPECT_THAT(play(conductor), ElementsAre(R"({"eof":true})"));
  EXPECT_EQ(conductor.state(), State::kEnd);
  conductor.input_ended(kPeer, "");
  EXPECT_THAT(play(conductor), ElementsAre(R"({"exit":0})"));
}

TEST(AppServerConductor, StallsAndEndsOfOutput) {
  const Tape stalled = tape_of("{\"<\":{\"method\":\"w\"}}\n{\"!\":{\"stall\":true}}\n");
  AppServerConductor waits(stalled);
  waits.started(kPeer, kArgv);
  EXPECT_THAT(play(waits), ElementsAre("{\"method\":\"w\"}\n", R"({"stay":true})"));
  EXPECT_EQ(waits.state(), State::kStalled);
  EXPECT_THAT(words(waits), ElementsAre(kEnd));

  const Tape closed = tape_of("{\"<\":{\"method\":\"w\"}}\n{\"!\":{\"eof\":true}}\n");
  AppServerConductor ends(closed);
  ends.started(kPeer, kArgv);
  EXPECT_THAT(play(ends), ElementsAre("{\"method\":\"w\"}\n", R"({"eof":true})"));
  EXPECT_THAT(words(ends), ElementsAre(kClosedEnd));
  EXPECT_TRUE(say(ends, R"({"idle":true})"));
  EXPECT_THAT(play(ends), IsEmpty());
}

TEST(AppServerConductor, WhatTheTapeLacksIsOffScript) {
  const Tape tape = tape_of(R"({">":{"id":1,"method":"initialize"}}
{">":{"id":2,"method":"m"}}
)");
  AppServerConductor other(tape);
  other.started(kPeer, kArgv);
  other.received(kPeer, R"({"id":"x","method":"initialize"})");
  other.received(kPeer, R"({"id":"y","method":"thread/start"})");
  EXPECT_EQ(reason(other), "t.tape.jsonl:2: the client sent thread/start, the tape has m");
  EXPECT_EQ(other.off_script()->line, 2u);
  EXPECT_EQ(other.state(), State::kOffScript);
  EXPECT_THAT(words(other), IsEmpty());
  EXPECT_THAT(wire(other).back(), HasSubstr("thread/start"));

  AppServerConductor twice(tape);
  twice.started(kPeer, kArgv);
  twice.received(kPeer, R"({"id":"x","method":"initialize"})");
  twice.received(kPeer, R"({"id":"y","method":"m"})");
  twice.received(kPeer, R"({"id":"z","method":"m"})");
  EXPECT_EQ(reason(twice),
            "t.tape.jsonl:2: the client sent m, and the tape has nothing more from it");

  AppServerConductor answer(tape);
  answer.started(kPeer, kArgv);
  answer.received(kPeer, R"({"id":3,"result":{}})");
  EXPECT_EQ(reason(answer),
            "t.tape.jsonl:1: the client sent an answer to 3, the tape has initialize");
}

TEST(AppServerConductor, WhatNeverComesIsOffScript) {
  const Tape tape = tape_of(R"({">":{"id":1,"method":"initialize"}}
{"<":{"id":1,"result":{}}}
)");
  AppServerConductor never(tape);
  never.finish();
  EXPECT_EQ(reason(never), "t.tape.jsonl:1: the client never started codex");

  AppServerConductor silent(tape);
  silent.started(kPeer, kArgv);
  silent.finish();
  EXPECT_EQ(reason(silent), "t.tape.jsonl:1: the client never sent initialize");

  AppServerConductor nothing_sent(tape);
  nothing_sent.started(kPeer, kArgv);
  EXPECT_TRUE(say(nothing_sent, R"({"returned":1})"));
  EXPECT_EQ(reason(nothing_sent),
            "t.tape.jsonl:1: the client's call came back, and had not sent this");

  AppServerConductor refused(tape);
  refused.started(kPeer, kArgv);
  EXPECT_TRUE(say(refused, R"({"refused":1,"why":"no such call"})"));
  EXPECT_EQ(reason(refused), "t.tape.jsonl:1: the client can't send this: no such call");
}

TEST(AppServerConductor, OneProcessAndItIsAnAppServer) {
  const Tape tape = tape_of("{\">\":{\"id\":1,\"method\":\"m\"}}\n");
  AppServerConductor exec(tape);
  exec.started(kPeer, {"exec", "-"});
  EXPECT_THAT(reason(exec), HasSubstr("started codex as no app-server, with [\"exec\",\"-\"]"));

  AppServerConductor two(tape);
  two.started(kPeer, {"--config", "a=1", "app-server", "--listen", "stdio://"});
  two.started(kPeer + 1, kArgv);
  EXPECT_THAT(reason(two), HasSubstr("started codex once more"));
}

TEST(AppServerConductor, WordsThatItDoesNotKnow) {
  const Tape tape = tape_of("{\">\":{\"id\":1,\"method\":\"m\"}}\n{\"<\":{\"method\":\"n\"}}\n");
  AppServerConductor conductor(tape);
  EXPECT_FALSE(say(conductor, R"({"other":1})"));
  EXPECT_FALSE(say(conductor, R"({"returned":2})"));  // no `>`
  EXPECT_FALSE(say(conductor, R"({"returned":"x"})"));
}

}  // namespace
}  // namespace codex::harness
