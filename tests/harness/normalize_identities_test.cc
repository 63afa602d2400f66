// Ids: the same one is the same placeholder everywhere, another one is a difference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/normalize/identities.h"
#include "harness/normalize/wire_ids.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

using ::testing::ElementsAre;

std::string replaced_by(const Identities& identities, std::string text) {
  identities.replace(text);
  return text;
}

Observation event(std::string lane, std::string_view thread) {
  return {std::move(lane), "codex.thread.start",
          json::Object{{"thread_id", std::string(thread)}}};
}

TEST(NormalizeIdentities, OnlyWhatLooksLikeAnIdIsOne) {
  EXPECT_TRUE(looks_like_id(kThread1));
  EXPECT_TRUE(looks_like_id("thread_7"));
  EXPECT_FALSE(looks_like_id("0199-t"));     // too short
  EXPECT_FALSE(looks_like_id("thread-one"));  // a word
  EXPECT_FALSE(looks_like_id("thread 12"));
  EXPECT_FALSE(looks_like_id(""));
}

TEST(NormalizeIdentities, IdsAreReplacedAsWholeTokens) {
  Identities identities;
  identities.add("thread", "thread_77");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"thread_77", "<thread:1>"},
      {"a thread_77, b", "a <thread:1>, b"},
      {R"({"id": "thread_77"})", R"({"id": "<thread:1>"})"},
      {"thread_77/thread_77", "<thread:1>/<thread:1>"},
      {"thread_77x", "thread_77x"},
      {"xthread_77", "xthread_77"},
      {"thread_77-1", "thread_77-1"},
      {R"(line\nthread_77)", R"(line\n<thread:1>)"},  // JSON text in a string
      {R"(\u000athread_77)", R"(\u000a<thread:1>)"},
      {"nthread_77", "nthread_77"},
      {"", ""},
  };
  for (const auto& [before, after] : cases) EXPECT_EQ(replaced_by(identities, before), after);
}

TEST(NormalizeIdentities, ThreadsAreNumberedByTheTapeNotByTheSubject) {
  const Transcript transcript =
      normalized({event("event/call:1", kThread2), event("event/call:2", kThread1)});
  EXPECT_THAT(texts(transcript),
              ElementsAre("event/call:1 codex.thread.start {\"thread_id\":\"<thread:2>\"}",
                          "event/call:2 codex.thread.start {\"thread_id\":\"<thread:1>\"}"));
}

TEST(NormalizeIdentities, AWrongThreadIsADifference) {
  const Transcript right = normalized({event("event/call:1", kThread1)});
  EXPECT_NE(right.lines, normalized({event("event/call:1", kThread2)}).lines);
  // Neither does an id that is on no tape pass for one.
  const std::string unknown = "01a206d6-b566-7953-9338-b9b28818ffff";
  EXPECT_EQ(at(normalized({event("event/call:1", unknown)}).lines[0].observation.data,
               "/thread_id"),
            "\"" + unknown + "\"");
}

TEST(NormalizeIdentities, LanesOfThreadsAreNumberedByTheTape) {
  const auto lane_of = [](const std::string& lane) {
    return normalized({event(lane, "x")}).lines[0].observation.lane;
  };
  EXPECT_EQ(lane_of("event/thread:" + std::string(kThread2)), "event/thread:2");
  EXPECT_EQ(lane_of("event/thread:2"), "event/thread:2");
  // A thread is no turn; what is no id, or not the tape's, stays.
  for (const std::string& lane :
       {"event/turn:" + std::string(kThread2), std::string("event/thread:t1"),
        "event/thread:" + std::string(kThread2) + "x",
        "event/thread:" + std::string(kThread1) + "/" + std::string(kThread2)}) {
    EXPECT_EQ(lane_of(lane), lane);
  }
}

TEST(NormalizeIdentities, IdsAreFoundInTextsKeysAndNames) {
  const std::string id(kThread1);
  const Transcript transcript = normalized(
      {{"hook/call:1", "end of " + id,
        json::Object{{id, json::Array{"{\"thread_id\": \"" + id + "\"}", 1}}}}});
  EXPECT_THAT(texts(transcript),
              ElementsAre("hook/call:1 end of <thread:1> "
                          R"({"<thread:1>":["{\"thread_id\": \"<thread:1>\"}",1]})"));
}

TEST(NormalizeIdentities, ATapeIsReadLeniently) {
  Tape tape = exec_tape({"not json", R"({"type":"thread.started"})", R"({"type":7})", "[]",
                         R"({"type":"thread.started","thread_id":"short"})",
                         R"({"type":"turn.started","thread_id":"thread_00"})",
                         R"({"type":"thread.started","thread_id":"thread_01"})",
                         R"({"type":"thread.started","thread_id":"thread_01"})"});
  // A line in two pieces, and one that no LF ends.
  const auto add = [&tape](std::size_t line, std::size_t process, const char* bytes) {
    Entry& entry = tape.entries.emplace_back();
    entry.line = line;
    entry.process = process;
    entry.what.emplace<FromCodex>(FromCodex{bytes});
  };
  add(9, 1, R"({"type":"thread.started",)");
  add(10, 2, "{\"type\":\"item\"}\n");
  add(11, 1, "\"thread_id\":\"thread_02\"}\n");
  add(12, 2, R"({"type":"thread.started","thread_id":"thread_03"})");
  const Identities identities = wire_identities(tape);
  EXPECT_EQ(replaced_by(identities, "thread_00 thread_01 thread_02 thread_03 short"),
            "thread_00 <thread:1> <thread:2> <thread:3> short");
}

TEST(NormalizeIdentities, AnAppServersIds) {
  Tape tape = exec_tape({
      R"({"id":1,"result":{"thread":{"id":"thread_01","turns":[{"id":"turn_0001"}]}}})",
      R"({"method":"turn/started","params":{"threadId":"thread_02","turn":{"id":"turn_0002"}}})",
      R"({"method":"item/started","params":{"item":{"id":"call_Zx1"},"turnId":"turn_0003"}})",
      R"({"id":"approval-1","method":"item/approve","params":{"itemId":"item_0002"}})",
  });
  tape.transport = Transport::kAppServer;
  tape.entries.insert(tape.entries.begin(),
                      {1, 0, {}, ToCodex{parsed(R"({"id":"4c4e8ff1-1","method":"thread/resume",
                                                "params":{"threadId":"thread_09"}})")}});
  const Identities identities = wire_identities(tape);
  EXPECT_EQ(replaced_by(identities,
                        "thread_09 thread_01 thread_02|turn_0001 turn_0002 turn_0003|"
                        "call_Zx1 item_0002|approval-1|4c4e8ff1-1"),
            "<thread:1> <thread:2> <thread:3>|<turn:1> <turn:2> <turn:3>|"
            "<item:1> <item:2>|<request:1>|4c4e8ff1-1");
}

TEST(NormalizeIdentities, AClientsOwnRequestsAreNumberedByTheirPlace) {
  const auto sent = [](const std::string& id, const std::string& method) {
    return Observation{"wire/global", "request", json::Object{{"id", id}, {"method", method}}};
  };
  Tape tape = exec_tape({});
  tape.transport = Transport::kAppServer;
  const Transcript one = normalized({sent("aaaaaaaa-1", "a"), sent("bbbbbbbb-2", "b")}, tape);
  EXPECT_EQ(at(one.lines[1].observation.data, "/id"), "\"<client-request:2>\"");
  EXPECT_EQ(one.lines, normalized({sent("cccccccc-3", "a"), sent("dddddddd-4", "b")}, tape).lines);
  EXPECT_NE(one.lines, normalized({sent("cccccccc-3", "a"), sent("cccccccc-3", "b")}, tape).lines);
}

TEST(NormalizeIdentities, MadeIdsAreTheSameInEveryLane) {
  const Transcript transcript = normalized({
      {"log/run", "log", json::Object{{"args", json::Array{span_id(2), trace_id(1)}}}},
      trace_start(), start_of({.id = 1}), start_of({.id = 2, .parent = 1, .name = "agent"}),
      {"hook/run", "hook", json::Object{{"group", "in " + group_id(1)}}},
  });
  EXPECT_EQ(at(data_of(transcript, "log/run", "log"), "/args"), R"(["<span:2>","<trace:1>"])");
  EXPECT_EQ(at(data_of(transcript, "hook/run", "hook"), "/group"), "\"in <group:1>\"");
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "agent"), "/start/id"), "\"<span:2>\"");
}

TEST(NormalizeIdentities, AMadeIdOfAnotherFormStays) {
  for (const char* id : {"span_0123456789abcdef01234567X", "span_1", "0123456789abcdef01234567",
                         "span_0123456789ABCDEF01234567", "no-op"}) {
    Observation start = start_of({.id = 1});
    start.data.object()->find("export")->object()->set("id", id);
    EXPECT_EQ(at(normalized({start}).lines[0].observation.data, "/start/id"),
              "\"" + std::string(id) + "\"");
  }
}

TEST(NormalizeIdentities, IdsOfTheDriverStay) {
  Tape tape = two_threads();
  tape.driver = json::Object{{"run_config", json::Object{{"trace_id", trace_id(1)},
                                                         {"group_id", group_id(1)}}}};
  const json::Value given = normalized({trace_start(1)}, tape).lines[0].observation.data;
  EXPECT_EQ(at(given, "/start/id"), "\"" + trace_id(1) + "\"");
  EXPECT_EQ(at(given, "/start/group_id"), "\"" + group_id(1) + "\"");
  const json::Value made = normalized({trace_start(2)}, tape).lines[0].observation.data;
  EXPECT_EQ(at(made, "/start/id"), "\"<trace:1>\"");
  EXPECT_EQ(at(made, "/start/group_id"), "\"<group:1>\"");
}

TEST(NormalizeIdentities, EveryReplacementIsTold) {
  const Transcript transcript = normalized({event("event/call:1", kThread1)});
  ASSERT_EQ(transcript.uses.size(), 1U);
  EXPECT_EQ(transcript.uses[0].rule, "identity-thread");
  EXPECT_EQ(transcript.uses[0].lane, "event/call:1");
  EXPECT_EQ(transcript.uses[0].path, "/data/thread_id");
  EXPECT_EQ(transcript.uses[0].before, "\"" + std::string(kThread1) + "\"");
}

}  // namespace
}  // namespace codex::harness
