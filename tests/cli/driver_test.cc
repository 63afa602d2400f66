// The driver is read alike by both sides: what it changes, both show, and changed.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"
#include "tests/support/json_at.h"

namespace codex::cli {
namespace {

using test::CliReport;
using test::Finished;
using test::TapeEdit;

using Bases = std::set<std::string>;
using Processes = std::vector<std::vector<json::Value>>;

const std::vector<std::string> kBases = {"echo", "http-500", "parallel-calls"};
const Bases kAll(kBases.begin(), kBases.end());
const Bases kFailing = {"http-500"};

// A change to a tape, and in which base tapes something must be seen of it.
struct Variant {
  std::string name;
  std::function<void(TapeEdit&)> change;
  Bases seen = kAll;
  std::string word = {};  // stands in every transcript that changed
};

Variant driving(std::string name, const char* patch, Bases seen = kAll, std::string word = {}) {
  return {std::move(name), [patch](TapeEdit& tape) { tape.drive(test::parsed(patch)); },
          std::move(seen), std::move(word)};
}

json::Value call(const std::string& id, const std::string& text) {
  return json::Object{
      {"call_id", id},
      {"arguments",
       json::Object{{"inputs", json::Array{json::Object{{"type", "text"}, {"text", text}}}}}}};
}

// The tape's last process `times` times, each with its own thread and its own words.
Processes repeated(const TapeEdit& tape, std::size_t times) {
  const std::vector<json::Value> last = tape.processes().back();
  Processes out;
  for (std::size_t i = 1; i <= times; ++i) {
    std::vector<json::Value>& process = out.emplace_back(last);
    *test::find_at(process[0], "/>/stdin") = "Text " + std::to_string(i);
    for (json::Value& line : process) {
      if (json::Value* thread = test::find_at(line, "/</thread_id")) {
        *thread = "thread-of-process-" + std::to_string(i);
      }
    }
  }
  return out;
}

void two_calls_in_one_turn(TapeEdit& tape) {
  tape.play(repeated(tape, 2));
  json::Object step{{"calls", json::Array{call("call_a", "Text 1"), call("call_b", "Text 2")}}};
  tape.drive(json::Object{{"steps", json::Array{step, json::Object{{"message", "Both."}}}}});
}

void three_turns(TapeEdit& tape) {
  tape.play(repeated(tape, 2));
  json::Object first{{"calls", json::Array{call("call_a", "Text 1")}}};
  json::Object second{{"calls", json::Array{call("call_b", "Text 2")}}};
  json::Object last{{"message", "Three."}};
  tape.drive(json::Object{{"steps", json::Array{first, second, last}}});
}

void other_call_ids(TapeEdit& tape) {
  for (json::Value* each : tape.calls()) {
    json::Value* id = test::find_at(*each, "/call_id");
    *id = "ünusual " + std::string(id->text());
  }
}

void other_texts(TapeEdit& tape) {
  for (json::Value* each : tape.calls()) {
    json::Value* text = test::find_at(*each, "/arguments/inputs/0/text");
    const std::string fresh = "Otherwise \"quoted\" 🙂: " + std::string(text->text());
    for (json::Value& line : tape.lines) {
      json::Value* input = test::find_at(line, "/>/stdin");
      if (input != nullptr && *input == *text) *input = fresh;
    }
    *text = fresh;
  }
}

// Commands that say much, so that a limit on what a span may hold shows.
void long_output(TapeEdit& tape) {
  std::string much;
  for (int i = 0; i < 1200; ++i) much += "line " + std::to_string(i) + "\n";
  for (json::Value& line : tape.lines) {
    json::Value* output = test::find_at(line, "/</item/aggregated_output");
    if (output != nullptr && !output->text().empty()) *output = much;
  }
}

Variant limiting(std::string name, const char* limit) {
  return {std::move(name),
          [limit](TapeEdit& tape) {
            long_output(tape);
            tape.drive(test::parsed(std::string(R"({"codex_tool":{"span_data_max_chars":)") +
                                    limit + "}}"));
          },
          kAll};
}

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = {
      driving("agent-name", R"({"agent":{"name":"Ünusual 🙂 \"agent\""}})", kAll, "nusual"),
      driving("instructions", R"({"agent":{"instructions":"Be brief."}})", kAll, "Be brief."),
      driving("prompt", R"({"prompt":"Another prompt\nof two lines"})", kAll, "Another prompt"),
      {"call-id", other_call_ids, kAll, "nusual call_"},
      {"call-text", other_texts, kAll, "Otherwise "},
      {"two-calls-in-one-turn", two_calls_in_one_turn, kAll, "thread:2"},
      {"three-turns", three_turns, kAll, "\"turn\":3"},
      driving("streamed", R"({"streamed":true})", kAll, "next_step type=%s"),
      driving("max-turns", R"({"max_turns":1})", kAll, "Max turns"),
      driving("fail-raises", R"({"failure_error_function":null})", kFailing,
              "\"name\":\"failed\""),
      driving("fail-text", R"({"failure_error_function":{"text":"What a pity."}})", kFailing,
              "What a pity."),
      driving("not-sensitive", R"({"run_config":{"trace_include_sensitive_data":false}})"),
      driving("tracing-disabled", R"({"run_config":{"tracing_disabled":true}})", kAll,
              "Tracing is disabled. Not creating trace"),
      driving("workflow", R"({"run_config":{"workflow_name":"My flow","group_id":"g1",
              "trace_metadata":{"team":"blue","agent_harness_id":"h"}}})", kAll, "My flow"),
      driving("no-task-and-turn-spans",
              R"({"run_config":{"tracing":{"include_task_and_turn_spans":false}}})"),
      driving("env-tool-data", R"({"env":{"OPENAI_AGENTS_DONT_LOG_TOOL_DATA":"0"}})", kFailing,
              "\"ERROR\""),
      driving("env-all-data", R"({"env":{"OPENAI_AGENTS_DONT_LOG_TOOL_DATA":"0",
              "OPENAI_AGENTS_DONT_LOG_MODEL_DATA":"0"}})", kAll, "Creating span %s with id %s"),
      driving("env-tracing", R"({"env":{"OPENAI_AGENTS_DISABLE_TRACING":"1"}})", kAll,
              "Tracing is disabled. Not creating span"),
      driving("env-sensitive", R"({"env":{"OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA":"no"}})"),
      {"long-output", long_output, kAll, "truncated, "},
      limiting("span-300", "300"),
      limiting("span-0", "0"),
      limiting("span-unlimited", "null"),
  };
  return all;
}

class DriverTest : public test::CliTest {
 protected:
  static std::string session(const Variant& variant, const std::string& base) {
    return variant.name + "/" + base;
  }
  std::string shown(const std::string& session, const std::string& subject) const {
    return test::observation_lines(
        test::file_text(path("transcripts/" + session + "." + subject + ".jsonl")));
  }
};

// One run for all: the clients are imported once for each set of switches.
TEST_F(DriverTest, EveryChangeIsSeenOnBothSidesAlike) {
  for (const std::string& base : kBases) {
    const std::string text = test::file_text(tape(base));
    folder_.write("tapes/base/" + base + ".tape.jsonl", TapeEdit(text).text());
    for (const Variant& variant : variants()) {
      TapeEdit edit(text);
      variant.change(edit);
      folder_.write("tapes/" + session(variant, base) + ".tape.jsonl", edit.text());
    }
  }
  const Finished finished =
      tool_.run({"replay", path("tapes"), "--python", venv(), "--no-golden", "--format", "json",
                 "--transcripts", path("transcripts")});
  EXPECT_EQ(finished.status, 0);
  const CliReport report(finished.out);
  EXPECT_EQ(report.sessions().size(), kBases.size() * (variants().size() + 1));

  for (const std::string& base : kBases) {
    EXPECT_EQ(report.verdict("base/" + base), "match");
    for (const Variant& variant : variants()) {
      const std::string name = session(variant, base);
      EXPECT_EQ(report.verdict(name), "match") << name;
      for (const auto& difference : report.differences(name)) {
        ADD_FAILURE() << name << ": " << difference;
      }
      for (const char* subject : {"agents", "cpp"}) {
        EXPECT_THAT(report.outcome(name, subject), testing::AnyOf("completed", "failed")) << name;
        const std::string now = shown(name, subject);
        const bool seen = variant.seen.contains(base);
        // Else a driver that neither side reads would be a match as well.
        const bool changed = now != shown("base/" + base, subject);
        EXPECT_EQ(changed, seen) << name << " of " << subject;
        EXPECT_TRUE(!seen || now.find(variant.word) != std::string::npos)
            << "no \"" << variant.word << "\" in " << name << " of " << subject;
      }
    }
  }
  // A limit is seen beside another one, and not only beside a tape of fewer words.
  for (const char* subject : {"agents", "cpp"}) {
    std::set<std::string> all;
    for (const char* limit : {"long-output", "span-300", "span-0", "span-unlimited"}) {
      all.insert(shown(std::string(limit) + "/echo", subject));
    }
    EXPECT_EQ(all.size(), 4u) << subject;
  }
}

}  // namespace
}  // namespace codex::cli
