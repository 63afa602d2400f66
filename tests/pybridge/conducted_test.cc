// A session that is told things while it runs, and says things beside its observations.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/subject/fd_json.h"
#include "worker_process.h"

namespace codex::pybridge {
namespace {

using json::Array;
using json::Object;
using json::Value;
using ::testing::HasSubstr;
using testing::WorkerProcess;

class ConductedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Value ready = worker_.next();
    ASSERT_NE(ready.get("ready"), nullptr) << json::dump(ready);
  }
  testing::Lines run(const std::string& what, const Value& tape) {
    return worker_.run(Value("s"), Value(Object{{"do", what}}), "/none", Value(Object{}), tape);
  }

  WorkerProcess worker_{{}};
};

TEST_F(ConductedTest, OnlyATapeMakesItOne) {
  EXPECT_EQ(json::dump(*run("arguments", Value()).next().get("data")), "0");
  EXPECT_EQ(json::dump(*run("arguments", Value(Object{})).next().get("data")), "3");
}

TEST_F(ConductedTest, HearsAndSaysWhileOthersTalk) {
  const Value tape = json::parse(R"({"n":[NaN,1e400,123456789012345678901234567890,1.0],)"
                                 R"("s":"\ud800","null":null})")
                         .value();
  auto lines = run("conducted", tape);
  EXPECT_EQ(*lines.next().get("data"), tape);
  const std::vector<std::string> words = {R"({"send":1})", R"({"x":["\ud800",NaN,-0.0]})", "{}"};
  for (const std::string& word : words)
    harness::write_all(lines.socket(), word + "\n");
  harness::write_all(lines.socket(), "{\"end\":");  // in pieces
  harness::write_all(lines.socket(), "true}\n");
  std::vector<std::string> heard;
  int numbers = 0;
  for (const Value& line : lines.rest()) {
    if (const Value* word = line.get("heard")) {
      heard.push_back(json::dump(*word, json::kCompact));
    } else if (const Value* number = line.get("number")) {
      EXPECT_EQ(number->as_int64(), numbers++);
    } else {
      EXPECT_EQ(json::dump(line, json::kCompact), R"({"end":true})");
    }
  }
  EXPECT_EQ(heard, words);
  EXPECT_EQ(numbers, 200);
}

TEST_F(ConductedTest, LeavesWithWhoeverConductsIt) {
  auto lines = run("conducted", Value(Object{}));
  EXPECT_NE(worker_.next().get("started"), nullptr);
  lines.close();
  const Value exited = worker_.next();
  ASSERT_NE(exited.get("exited"), nullptr) << json::dump(exited);
  EXPECT_EQ(exited.get("status")->as_int64(), 74);
}

TEST_F(ConductedTest, WhatCanNotBeSaidOrHeardIsABug) {
  EXPECT_THAT(json::dump(run("say_badly", Value(Object{})).next()), HasSubstr("type set"));
  auto lines = run("conducted", Value(Object{}));
  harness::write_all(lines.socket(), "no JSON\n");
  Value last;
  for (const Value& line : lines.rest()) last = line;
  EXPECT_THAT(json::dump(last), HasSubstr("the session was told what is no JSON"));
}

}  // namespace
}  // namespace codex::pybridge
