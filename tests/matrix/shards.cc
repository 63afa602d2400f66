#include "tests/matrix/shards.h"

#include "golden/json_text.h"
#include "matrix/report_night.h"
#include "tests/matrix/reports.h"

namespace codex::matrix::testing {

using golden::Verdict;

ShardResults whole_run(int sessions) {
  ShardResults results;
  Report& report = results.report;
  report.tool = "0.1.0";
  report.rules = "rules/1";
  report.run.started = "2026-11-23T02:00:00.000001Z";
  report.run.seconds = 12.25;
  report.run.jobs = 4;
  report.whole_corpus = true;
  report.subjects["cpp"] = {"cpp", "codex-telemetry", "0.1.0"};
  report.subjects["agents"] = {"agents", "openai-agents", "0.24.0"};
  report.columns = {{"cpp", "cpp", "codex-telemetry", "0.1.0", false, ""},
                    {"agents", "agents", "openai-agents", "0.24.0", false, ""},
                    {"agents@0.23.0", "agents", "openai-agents", "0.23.0", true, ""}};
  for (int i = 0; i < sessions; ++i) {
    const std::string number = std::to_string(i);
    SessionReport each = i % 4 == 0 ? differing("s" + number) : session("s" + number, Verdict::kMatch);
    each.seconds = i;
    each.tape_digest = "tape" + number;
    each.golden_digest = "golden" + number;
    const golden::Shape shape{"span", "custom", "/data/x" + std::to_string(i % 7)};
    each.coverage["cpp"][shape] = {1, 2, 3, 4, 5, 6};
    each.coverage["agents"][{"event", "e", ""}].compared = 1;
    FurtherReport& further = each.further["agents@0.23.0"];
    further.judgement = differing("s" + number).judgement;
    further.coverage[{"log", "e", "/data"}].masked = 7;
    if (i % 5 == 0) {
      golden::Row row;
      row.expected = json::Object{{"name", "n"}, {"data", nullptr}};
      golden::LaneSides lane;
      lane.column = "cpp";
      lane.against = "golden";
      lane.lane = "span/trace:1";
      lane.rows.push_back(row);
      each.sides.push_back(lane);
    }
    report.sessions.push_back(std::move(each));
  }
  report.sessions.push_back(hostile());
  report.unreadable = {{"line 3 is no JSON", "tapes/bad.tape.jsonl", 3, "mend it"}};
  for (const SessionReport* each : sorted_sessions(report)) results.corpus.push_back(each->session);
  results.inputs = {{"corpus", "c0"}, {"goldens", "g0"}, {"known differences", "k0"}};
  return results;
}

std::vector<ShardResults> split(const ShardResults& whole, std::size_t count) {
  std::vector<ShardResults> shards;
  for (std::size_t number = 1; number <= count; ++number) {
    ShardResults shard = whole;
    shard.shard = {number, count};
    shard.file = "part-" + std::to_string(number) + "/results.jsonl";
    shard.report.run.started = "2026-11-23T02:00:0" + std::to_string(number % 10) + "Z";
    shard.report.run.jobs = number;
    std::erase_if(shard.report.sessions, [&](const SessionReport& each) {
      return !contains(shard.shard, each.session);
    });
    if (number != 1) shard.report.unreadable.clear();
    // Which clients ran is known only where one was needed.
    if (shard.report.sessions.empty()) shard.report.subjects.clear();
    shards.push_back(std::move(shard));
  }
  return shards;
}

std::string without_run(const Report& report) {
  Report timeless = report;
  timeless.run = {};
  for (SessionReport& each : timeless.sessions) each.seconds = 0;
  json::Value whole = build_report(timeless);
  whole.object()->erase("run");
  return golden::pretty_text(whole) + render_junit(report) + render_summary(timeless);
}

}  // namespace codex::matrix::testing
