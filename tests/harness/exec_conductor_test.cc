// The order of a tape, without any process: who is who, what goes out when, what is off script.
#include "harness/peer/exec_conductor.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hosted.h"

namespace codex::harness {
namespace {

using test::start_line;
using test::tape_of;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kArgv = {"exec", "-"};

// What was commanded since the last time, "PEER {ORDER}" each; `out` in clear.
std::vector<std::string> commands(Conductor& conductor) {
  std::vector<std::string> texts;
  for (const auto& [peer, order] : conductor.take_commands()) {
    const bool has_bytes = order.kind == Order::Kind::kOut || order.kind == Order::Kind::kErr;
    const std::string name = order.kind == Order::Kind::kOut ? "out " : "err ";
    texts.push_back(std::to_string(peer) + " " +
                    (has_bytes ? name + order.bytes : json::dump(to_json(order), json::kCompact)));
  }
  return texts;
}

// Acknowledges everything until nothing is commanded any more.
std::vector<std::string> play(Conductor& conductor) {
  std::vector<std::string> texts;
  for (;;) {
    bool any = false;
    for (const auto& [peer, order] : conductor.take_commands()) {
      any = true;
      const bool has_bytes = order.kind == Order::Kind::kOut;
      texts.push_back(std::to_string(peer) + " " +
                      (has_bytes ? order.bytes : json::dump(to_json(order), json::kCompact)));
      conductor.acknowledged(peer);
    }
    if (!any) return texts;
  }
}

std::string reason(const Conductor& conductor) {
  return conductor.off_script() ? conductor.off_script()->reason : "(on script)";
}

TEST(ExecConductor, WaitsForTheProcessAndItsStdin) {
  const Tape tape = tape_of(start_line() + "{\"<\":1}\n");
  ExecConductor conductor(tape);
  EXPECT_EQ(conductor.state(), Conductor::State::kWaiting);
  conductor.started(7, kArgv);
  EXPECT_THAT(commands(conductor), IsEmpty());
  EXPECT_EQ(conductor.state(), Conductor::State::kWaiting);
  conductor.input_ended(7, "hi");
  EXPECT_THAT(commands(conductor), ElementsAre("7 out 1\n"));
  EXPECT_EQ(conductor.state(), Conductor::State::kPlaying);
}

TEST(ExecConductor, OneOrderAtATimeAndAnExitAtTheEnd) {
  const Tape tape = tape_of(start_line() + "{\"<\":1}\n{\"<\":2}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "hi");
  EXPECT_THAT(commands(conductor), ElementsAre("1 out 1\n"));
  EXPECT_THAT(commands(conductor), IsEmpty());
  conductor.acknowledged(1);
  EXPECT_THAT(commands(conductor), ElementsAre("1 out 2\n"));
  conductor.acknowledged(1);
  EXPECT_THAT(commands(conductor), ElementsAre("1 {\"exit\":0}"));
  conductor.acknowledged(1);
  conductor.gone(1);
  EXPECT_EQ(conductor.state(), Conductor::State::kEnd);
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
}

TEST(ExecConductor, EventsBecomeOrders) {
  const Tape tape = tape_of(start_line() +
                            "{\"!\":{\"stderr\":\"a\"}}\n{\"!\":{\"sleep_ms\":20}}\n"
                            "{\"!\":{\"eof\":true}}\n{\"!\":{\"signal\":9,\"stderr\":\"b\"}}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "hi");
  EXPECT_THAT(play(conductor),
              ElementsAre("1 {\"err\":\"YQ==\"}", "1 {\"sleep_ms\":20.0}", "1 {\"eof\":true}",
                          "1 {\"err\":\"Yg==\"}", "1 {\"signal\":9}"));
}

TEST(ExecConductor, AStallIsTheEndOfTheTapeButNotOfTheProcess) {
  const Tape tape = tape_of(start_line() + "{\"!\":{\"stall\":true}}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "hi");
  EXPECT_THAT(play(conductor), ElementsAre("1 {\"stay\":true}"));
  EXPECT_EQ(conductor.state(), Conductor::State::kStalled);
  conductor.gone(1);
  EXPECT_EQ(conductor.state(), Conductor::State::kEnd);
}

TEST(ExecConductor, AProcessWithoutALineEndsAtOnce) {
  const Tape tape = tape_of(start_line() + start_line());
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "hi");
  EXPECT_THAT(play(conductor), ElementsAre("1 {\"exit\":0}"));
  EXPECT_EQ(conductor.state(), Conductor::State::kWaiting);
}

TEST(ExecConductor, WithoutAStdinOnTheTapeItIsNotWaitedFor) {
  const Tape tape = tape_of("{\">\":{\"argv\":[\"exec\",\"-\"]}}\n{\"<\":1}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  EXPECT_THAT(commands(conductor), ElementsAre("1 out 1\n"));
  EXPECT_EQ(json::dump(conductor.observations()[0].data), R"({"argv": ["exec", "-"]})");
  conductor.input_ended(1, "late");
  EXPECT_EQ(json::dump(conductor.observations()[0].data),
            R"({"argv": ["exec", "-"], "stdin": "late"})");
}

TEST(ExecConductor, EqualArgumentsArePairedByStdinThenByOrder) {
  const Tape tape = tape_of(start_line("a") + start_line("b") + start_line("c"));
  ExecConductor conductor(tape);
  for (int peer = 1; peer <= 3; ++peer)
    conductor.started(peer, kArgv);
  conductor.input_ended(1, "c");
  conductor.input_ended(2, "other");
  conductor.input_ended(3, "b");
  std::vector<std::string> inputs;
  for (const Observation& shown : conductor.observations()) {
    inputs.push_back(shown.lane + " " + std::string(shown.data.get("stdin")->text()));
  }
  EXPECT_THAT(inputs, ElementsAre("wire/call:1 other", "wire/call:2 b", "wire/call:3 c"));
  EXPECT_EQ(reason(conductor), "(on script)");
}

// The tape's order holds over all processes, whoever came first.
TEST(ExecConductor, ParallelProcessesKeepTheOrderOfTheTape) {
  const Tape tape = tape_of(start_line("a") + start_line("b") +
                            "{\"<\":1,\"p\":1}\n{\"<\":2,\"p\":2}\n{\"<\":3,\"p\":1}\n{\"<\":4}\n");
  ExecConductor conductor(tape);
  conductor.started(20, kArgv);
  conductor.input_ended(20, "b");
  EXPECT_THAT(commands(conductor), IsEmpty());
  conductor.started(10, kArgv);
  conductor.input_ended(10, "a");
  EXPECT_THAT(play(conductor), ElementsAre("10 1\n", "20 2\n", "10 3\n", "10 {\"exit\":0}",
                                           "20 4\n", "20 {\"exit\":0}"));
}

TEST(ExecConductor, ALineWaitsForEveryStartBeforeIt) {
  const Tape tape =
      tape_of(start_line("a") + "{\"<\":1}\n" + start_line("b") + "{\"<\":2,\"p\":1}\n{\"<\":3}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "a");
  EXPECT_THAT(play(conductor), ElementsAre("1 1\n"));
  EXPECT_EQ(conductor.state(), Conductor::State::kWaiting);
  conductor.started(2, kArgv);
  conductor.input_ended(2, "b");
  EXPECT_THAT(play(conductor), ElementsAre("1 2\n", "1 {\"exit\":0}", "2 3\n", "2 {\"exit\":0}"));
}

TEST(ExecConductor, WhatAKilledProcessHadStillToSayIsLeftOut) {
  const Tape tape = tape_of(start_line("a") + "{\"<\":1}\n{\"<\":2}\n{\"!\":{\"exit\":3}}\n" +
                            start_line("b") + "{\"<\":3}\n");
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "a");
  EXPECT_THAT(commands(conductor), ElementsAre("1 out 1\n"));
  conductor.gone(1);  // before the acknowledgement
  EXPECT_THAT(commands(conductor), IsEmpty());
  conductor.started(2, kArgv);
  conductor.input_ended(2, "b");
  EXPECT_THAT(play(conductor), ElementsAre("2 3\n", "2 {\"exit\":0}"));
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
}

TEST(ExecConductor, SchemaFilesAreNeverTwiceTheSame) {
  const Tape tape =
      tape_of("{\">\":{\"argv\":[\"--output-schema\",\"/codex-output-schema/schema.json\"]}}\n");
  ExecConductor conductor(tape);
  conductor.started(1, {"--output-schema", "/tmp/codex-output-schema-x1y2/schema.json"});
  EXPECT_EQ(reason(conductor), "(on script)");
  ExecConductor strict(tape);
  strict.started(1, {"--output-schema", "/tmp/mine/schema.json"});
  EXPECT_EQ(strict.state(), Conductor::State::kOffScript);
}

TEST(ExecConductor, OffScriptIsNamedAndEndsEverything) {
  const Tape tape = tape_of("\n" + start_line("a") + "{\"<\":1}\n");
  ExecConductor conductor(tape);
  conductor.started(1, {"exec", "--model", "m\xff", "-"});
  EXPECT_EQ(conductor.state(), Conductor::State::kOffScript);
  EXPECT_EQ(conductor.off_script()->line, 2U);
  conductor.started(2, kArgv);
  conductor.input_ended(2, "a");
  EXPECT_THAT(commands(conductor), IsEmpty());
  EXPECT_THAT(conductor.observations(), IsEmpty());
}

TEST(ExecConductor, TwoThatWantTheSameProcess) {
  const Tape tape = tape_of(start_line("a"));
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.started(2, kArgv);
  conductor.input_ended(1, "a");
  EXPECT_EQ(reason(conductor), "(on script)");
  conductor.input_ended(2, "a");
  EXPECT_EQ(reason(conductor),
            "t.tape.jsonl:1: the client started codex once more, with [\"exec\",\"-\"], than the "
            "tape has processes");
}

TEST(ExecConductor, FinishFindsWhatNeverCame) {
  const Tape tape = tape_of(start_line("a") + start_line("b"));
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.input_ended(1, "a");
  play(conductor);
  conductor.finish();
  EXPECT_EQ(reason(conductor), "t.tape.jsonl:2: the client never started this process");
  EXPECT_EQ(conductor.off_script()->line, 2U);
  EXPECT_EQ(conductor.observations().size(), 1U);
}

TEST(ExecConductor, FinishFindsAStdinThatNeverEnded) {
  const Tape tape = tape_of(start_line("a"));
  ExecConductor conductor(tape);
  conductor.started(1, kArgv);
  conductor.finish();
  EXPECT_EQ(reason(conductor),
            "t.tape.jsonl:1: the client started this process but never ended its stdin");
  ExecConductor killed(tape);
  killed.started(1, kArgv);
  killed.gone(1);
  killed.finish();
  EXPECT_EQ(reason(killed), "t.tape.jsonl:1: the client never started this process");
}

TEST(ExecConductor, RawLog) {
  const Result<Tape> tape = parse_tape("not json\n{\"type\":\"turn.failed\"}", "r.exec.jsonl", "");
  ASSERT_TRUE(tape.ok());
  ExecConductor conductor(tape.value());
  conductor.started(1, {"any", "thing"});
  conductor.input_ended(1, "in");
  EXPECT_THAT(play(conductor),
              ElementsAre("1 not json\n", "1 {\"type\":\"turn.failed\"}", "1 {\"exit\":1}"));
  conductor.started(2, {"any", "thing"});
  EXPECT_EQ(
      reason(conductor),
      "r.exec.jsonl:1: the client started codex once more, with [\"any\",\"thing\"], than the "
      "tape has processes");
}

TEST(ExecConductor, AnEmptyRawLogIsAProcessThatEnds) {
  const Result<Tape> tape = parse_tape("", "r.exec.jsonl", "");
  ASSERT_TRUE(tape.ok());
  ExecConductor conductor(tape.value());
  conductor.finish();
  EXPECT_EQ(reason(conductor), "(on script)");
  conductor.started(1, {});
  conductor.input_ended(1, "");
  EXPECT_THAT(play(conductor), ElementsAre("1 {\"exit\":0}"));
}

TEST(PeerProtocol, ReadsWhatItWrites) {
  const std::vector<Order> orders = {
      {.kind = Order::Kind::kOut, .bytes = std::string("\0\xff\n", 3)},
      {.kind = Order::Kind::kErr, .bytes = ""},
      {.kind = Order::Kind::kEof},
      {.kind = Order::Kind::kSleep, .sleep_ms = 0.5},
      {.kind = Order::Kind::kStay},
      {.kind = Order::Kind::kExit, .number = 255},
      {.kind = Order::Kind::kSignal, .number = 9}};
  for (const Order& order : orders)
    EXPECT_EQ(parse_order(json::dump(to_json(order))), order);
  const std::vector<PeerMessage> messages = {
      {.kind = PeerMessage::Kind::kHello, .argv = {"a", "\xff", "é"}, .pid = 12},
      {.kind = PeerMessage::Kind::kStdin, .input = "é"},
      {.kind = PeerMessage::Kind::kStdin, .input = "\xff\xfe"},
      {.kind = PeerMessage::Kind::kAck, .obeyed = true},
      {.kind = PeerMessage::Kind::kAck, .obeyed = false}};
  for (const PeerMessage& message : messages) {
    EXPECT_EQ(parse_peer_message(json::dump(to_json(message))), message);
  }
  for (const char* line : {"", "1", "{}", "{\"out\":\"x\"}", "{\"exit\":\"1\"}", "{\"exit\":256}",
                           "{\"what\":1}", "{\"eof\":true,\"exit\":1}", "{\"ack\":1}",
                           "{\"hello\":{}}", "{\"hello\":{\"argv\":[1],\"pid\":1}}"}) {
    EXPECT_FALSE(parse_order(line)) << line;
    EXPECT_FALSE(parse_peer_message(line)) << line;
  }
}

}  // namespace
}  // namespace codex::harness
