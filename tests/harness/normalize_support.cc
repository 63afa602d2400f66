#include "tests/harness/normalize_support.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <utility>

namespace codex::harness {
namespace {

std::string hexadecimal(int number, std::size_t digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%x", static_cast<unsigned>(number));
  const std::string tail(text);
  return std::string(digits - tail.size(), 'a') + tail;
}

json::Value exported(const SpanText& span, bool ended) {
  json::Object data{{"type", span.name}, {"name", span.name}};  // the kind names the line
  if (ended && !span.output.empty()) data.append("output", span.output);
  return json::Object{
      {"object", "trace.span"},
      {"id", span_id(span.id)},
      {"trace_id", trace_id(span.trace)},
      {"parent_id", span.parent == 0 ? json::Value() : json::Value(span_id(span.parent))},
      {"started_at", time_at(span.started)},
      {"ended_at", ended ? json::Value(time_at(span.ended)) : json::Value()},
      {"span_data", std::move(data)},
      {"error", nullptr}};
}

Observation trace_moment(const char* name, int trace) {
  return {"span/run", name,
          json::Object{{"export", json::Object{{"object", "trace"},
                                               {"id", trace_id(trace)},
                                               {"workflow_name", "flow"},
                                               {"group_id", group_id(trace)},
                                               {"metadata", nullptr}}},
                       {"task", 0}}};
}

}  // namespace

json::Value parsed(std::string_view text) {
  json::ParseResult result = json::parse(text);
  EXPECT_TRUE(result.ok()) << text;
  return result ? result.value() : json::Value();
}

const RuleSet& shipped_rules() {
  static const RuleSet rules = [] {
    const std::string folder = std::string(CTD_SOURCE_DIR) + "/harness/data/";
    Result<RuleSet> loaded = RuleSet::load(folder + "rules.json");
    if (!loaded) std::fprintf(stderr, "%s\n", loaded.error().text().c_str());
    return std::move(loaded.value());
  }();
  return rules;
}

Tape exec_tape(const std::vector<std::string>& lines) {
  Tape tape;
  tape.name = "test";
  tape.driver = json::Object{};
  for (const std::string& line : lines) {
    tape.entries.push_back({tape.entries.size() + 1, 1, {}, FromCodex{line + "\n"}});
  }
  return tape;
}

Tape two_threads() {
  std::vector<std::string> lines;
  for (const std::string_view id : {kThread1, kThread2}) {
    lines.push_back("{\"type\":\"thread.started\",\"thread_id\":\"" + std::string(id) + "\"}");
  }
  return exec_tape(lines);
}

SubjectRun run_of(std::vector<Observation> observations, Outcome outcome) {
  SubjectRun run;
  run.info = {"agents", "openai-agents", "0.24.0"};
  run.outcome = outcome;
  run.observations = std::move(observations);
  return run;
}

Transcript normalized(std::vector<Observation> observations, const Tape& tape) {
  return shipped_rules().normalize(tape, run_of(std::move(observations)));
}

std::vector<std::string> texts(const Transcript& transcript) {
  std::vector<std::string> texts;
  for (const TranscriptLine& line : transcript.lines) {
    texts.push_back(line.observation.lane + " " + line.observation.name + " " +
                    json::dump(line.observation.data, json::kCompactUnicode));
  }
  return texts;
}

json::Value data_of(const Transcript& transcript, std::string_view lane, std::string_view name) {
  std::vector<json::Value> found;
  for (const TranscriptLine& line : transcript.lines) {
    if (line.observation.lane != lane || line.observation.name != name) continue;
    found.push_back(line.observation.data);
  }
  EXPECT_EQ(found.size(), 1U) << lane << " " << name;
  return found.empty() ? json::Value() : found.front();
}

std::string at(const json::Value& value, std::string_view pointer) {
  const json::Value* here = &value;
  std::size_t start = 1;
  while (here != nullptr && start <= pointer.size()) {
    const std::size_t slash = std::min(pointer.find('/', start), pointer.size());
    const std::string segment(pointer.substr(start, slash - start));
    here = here->is_array() ? &here->array()->at(std::stoul(segment)) : here->get(segment);
    start = slash + 1;
  }
  return here == nullptr ? "(absent)" : json::dump(*here, json::kCompactUnicode);
}

std::string trace_id(int number) { return "trace_" + hexadecimal(number, 32); }
std::string span_id(int number) { return "span_" + hexadecimal(number, 24); }
std::string group_id(int number) { return "group_" + hexadecimal(number, 24); }

std::string time_at(int second) {
  return "2026-01-02T03:04:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
         ".000500+00:00";
}

Observation trace_start(int trace) { return trace_moment("trace.start", trace); }
Observation trace_end(int trace) { return trace_moment("trace.end", trace); }
Observation start_of(const SpanText& span) {
  return {"span/run", "span.start",
          json::Object{{"export", exported(span, false)}, {"task", span.task}}};
}
Observation end_of(const SpanText& span) {
  return {"span/run", "span.end",
          json::Object{{"export", exported(span, true)}, {"task", span.task}}};
}

}  // namespace codex::harness
