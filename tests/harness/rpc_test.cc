// What JSON-RPC messages are, and which message of a tape a client's own is.
#include "harness/tape/rpc.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hosted.h"

namespace codex::harness {
namespace {

using test::tape_of;
using testing::ElementsAre;
using testing::IsEmpty;

json::Value parsed(const std::string& text) {
  return json::parse(text).value();
}

// Of entries that are one a line, from 1; 0 where there is none.
std::size_t line_for(const Tape& tape, const std::string& message,
                     const std::vector<std::size_t>& taken = {}) {
  const auto entry = pair_message(tape, taken, parsed(message));
  return entry ? tape.entries[*entry].line : 0;
}

TEST(Rpc, Kinds) {
  EXPECT_EQ(rpc_kind(parsed(R"({"id":1,"method":"m"})")), RpcKind::kRequest);
  EXPECT_EQ(rpc_kind(parsed(R"({"id":null,"method":7})")), RpcKind::kRequest);
  EXPECT_EQ(rpc_kind(parsed(R"({"method":"m"})")), RpcKind::kNotification);
  EXPECT_EQ(rpc_kind(parsed(R"({"id":1,"result":{}})")), RpcKind::kAnswer);
  EXPECT_EQ(rpc_kind(parsed("{}")), RpcKind::kAnswer);
  EXPECT_EQ(rpc_name(parsed(R"({"method":"m"})")), "m");
  EXPECT_EQ(rpc_name(parsed(R"({"id":1})")), "response");
  EXPECT_EQ(rpc_thread(parsed(R"({"params":{"threadId":"t"}})")), "t");
  EXPECT_EQ(rpc_thread(parsed(R"({"params":{"threadId":1}})")), "");
}

TEST(Rpc, RequestsArePairedByTheirParamsBeforeTheirOrder) {
  const Tape tape = tape_of(
      R"({">":{"id":1,"method":"m","params":{"threadId":"A","x":{"a":1,"b":2}}}}
{">":{"id":2,"method":"m","params":{"threadId":"B"}}}
{">":{"id":3,"method":"m","params":{"threadId":"B","x":[1.0]}}}
{">":{"id":4,"method":"m"}}
)");
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m","params":{"x":{"b":2,"a":1},"threadId":"A"}})"),
            1u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m","params":{"threadId":"B","x":[1]}})"), 3u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m","params":{"threadId":"B","x":[2]}})"), 2u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m","params":{"threadId":"B"}})", {1}), 3u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m","params":{"threadId":"C"}})"), 1u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"m"})"), 4u);
  EXPECT_EQ(line_for(tape, R"({"id":9,"method":"n"})"), 0u);
  EXPECT_EQ(line_for(tape, R"({"method":"m"})"), 0u);  // no request
  EXPECT_EQ(line_for(tape, R"({"id":1,"result":{}})"), 0u);
}

TEST(Rpc, NotificationsByMethodAndAnswersById) {
  const Tape tape = tape_of(R"({">":{"method":"n","params":{"a":1}}}
{">":{"method":"n"}}
{">":{"id":1,"result":{}}}
{">":{"id":"1","error":{}}}
)");
  EXPECT_EQ(line_for(tape, R"({"method":"n"})"), 1u);
  EXPECT_EQ(line_for(tape, R"({"method":"n"})", {0}), 2u);
  EXPECT_EQ(line_for(tape, R"({"id":"1","result":5})"), 4u);
  EXPECT_EQ(line_for(tape, R"({"id":1.0,"result":5})"), 0u);
  EXPECT_EQ(line_for(tape, R"({"result":5})"), 0u);
}

TEST(Rpc, RequestsOfCodexAndTheirAnswers) {
  const Tape tape = tape_of(R"({"<":{"id":1,"method":"ask"}}
{"<raw":"{\"id\":2,\"meth"}
{"<raw":"od\":\"ask\"}\nno JSON\n"}
{"<":{"id":1,"method":"again"}}
{"<":{"id":3,"method":7}}
{"<":{"id":4,"result":{}}}
{">":{"id":1,"result":"first"}}
{">":{"id":1,"result":"second"}}
)");
  std::vector<std::string> shown;
  for (const CodexRequest& request : codex_requests(tape)) {
    const std::size_t line = request.answer ? tape.entries[*request.answer].line : 0;
    shown.push_back(request.method + " " + json::dump(request.id) + " " + std::to_string(line) +
                    (request.is_told ? "" : " untold"));
  }
  EXPECT_THAT(shown, ElementsAre("ask 1 7", "ask 2 0", "again 1 8", " 3 0 untold"));
}

TEST(Rpc, ResponsesAnswerTheLatestRequestWithTheirId) {
  const Tape tape = tape_of(R"({">":{"id":"a","method":"m"}}
{"<":{ "result":{"id":"a"}, "id" : "a" }}
{">":{"id":"a","method":"m"}}
{"<raw":"{\"id\":\"a\"}\n{\"\\u0069d\":\"a\"}\n{\"id\":\"a\",\"method\":\"n\"}\n{\"id\":\"z\"}\n{\"id\""}
{"<raw":":\"a\"}\n"}
)");
  const std::vector<ResponseId> first = response_ids(tape, 1);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].request, 0u);
  const std::string& bytes = std::get<FromCodex>(tape.entries[1].what).bytes;
  EXPECT_EQ(bytes.substr(first[0].begin, first[0].size), "\"a\"");
  EXPECT_EQ(first[0].begin, bytes.rfind("\"a\""));
  const std::vector<ResponseId> both = response_ids(tape, 3);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].request, 2u);
  EXPECT_EQ(both[1].request, 2u);
  EXPECT_THAT(response_ids(tape, 4), IsEmpty());
  EXPECT_TRUE(first[0].whole && both[0].whole);
}

// The client reads codex with universal newlines.
TEST(Rpc, ACarriageReturnEndsALine) {
  const Tape tape = tape_of(
      R"({">":{"id":1,"method":"m"}}
{"<raw":"{\"id\":3,\"method\":true}\r{\"id\":4,\"method\":\"m\"}\r"}
{"<raw":"{\"id\":1,\"result\":{}}\r\n{\"id\":1,\"result\":{}}\r{}\n"}
{">":{"id":3,"result":{}}}
{">":{"id":4,"result":{}}}
)");
  const std::vector<CodexRequest> requests = codex_requests(tape);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].answer, 3U);
  EXPECT_FALSE(requests[0].is_told);
  EXPECT_EQ(requests[1].answer, 4U);
  const std::vector<ResponseId> ids = response_ids(tape, 2);
  ASSERT_EQ(ids.size(), 2U) << "it begins a line";
  EXPECT_TRUE(ids[0].whole);
  EXPECT_EQ(ids[1].begin, 28U);
}

TEST(Rpc, AnAnswerWithoutItsLineFeedIsNotWhole) {
  const Tape tape = tape_of(R"({">":{"id":"a","method":"m"}}
{"<raw":"{\"id\":\"a\"}"}
{"<raw":"\n"}
)");
  const std::vector<ResponseId> ids = response_ids(tape, 1);
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_FALSE(ids[0].whole);
}

}  // namespace
}  // namespace codex::harness
