#include "tests/support/sample_reports.h"

#include <cmath>
#include <cstdio>
#include <functional>
#include <utility>

#include "golden/json_pointer.h"
#include "golden/side_by_side.h"
#include "golden/verdict.h"
#include "matrix/clusters.h"

namespace codex::test {
namespace {

using golden::SubjectSide;
using golden::Verdict;
using harness::Origin;
using harness::Transcript;
using json::Array;
using json::Object;
using json::Value;
using matrix::Cell;
using matrix::CellState;
using matrix::Cluster;
using matrix::Report;
using matrix::SessionReport;
using matrix::Standing;

Value parsed(const std::string& text) {
  const json::ParseResult result = json::parse(text);
  return result.ok() ? result.value() : Value(text);
}

// A turn with a few commands, as a client shows it.
Transcript turn(const std::string& client, std::size_t commands) {
  Transcript transcript;
  transcript.subject = {client, client == "agents" ? "openai-agents" : "openai-codex", "1.0"};
  const auto add = [&](const char* lane, const char* name, const std::string& data,
                       Origin origin = Origin::kWire) {
    transcript.lines.push_back({{lane, name, parsed(data)}, origin});
  };
  add("event/global", "codex.thread.start",
      R"({"thread":{"id":"<thread:1>","model":"gpt-5.5","cwd":"/workspace","ephemeral":false}})");
  add("event/turn:1", "codex.turn.started", R"({"turn_id":"<turn:1>"})");
  for (std::size_t i = 1; i <= commands; ++i) {
    const std::string id = "\"<item:" + std::to_string(i) + ">\"";
    const std::string command = "\"sed -n " + std::to_string(i) + "p notes.md\"";
    add("event/turn:1", "codex.item.started",
        "{\"item\":{\"id\":" + id + ",\"type\":\"command_execution\",\"command\":" + command +
            R"(,"status":"in_progress","aggregated_output":"","exit_code":null}})");
    add("event/turn:1", "codex.item.completed",
        "{\"item\":{\"id\":" + id + ",\"type\":\"command_execution\",\"command\":" + command +
            ",\"status\":\"completed\",\"aggregated_output\":\"line " + std::to_string(i) +
            R"(\n","exit_code":0,"duration_ms":"<duration>","changes":["a.txt","b.txt"]}})");
  }
  add("event/turn:1", "codex.item.completed",
      R"({"item":{"id":"<item:9>","type":"agent_message","text":"Done: two files were read."}})");
  add("event/turn:1", "codex.turn.completed",
      R"({"usage":{"input_tokens":2310,"cached_input_tokens":128,"output_tokens":64}})");
  add("span/trace:1", "span.end",
      R"({"id":"<span:2>","parent_id":"<span:1>","data":{"type":"function","name":"codex"}})");
  add("log/run", "openai.agents", R"({"level":"DEBUG","template":"Codex tool finished"})");
  add("log/run", "openai.agents", R"({"level":"DEBUG","template":"Resetting current trace"})",
      Origin::kDriver);
  add("outcome/run", "completed", R"({"result":"Done: two files were read."})");
  return transcript;
}

bool is_time(const Value& value, std::string* rule) {
  if (value.text() != "<duration>") return false;
  if (rule != nullptr) *rule = "duration";
  return true;
}

// Changes `value` at `pointer`; where it has no such member, appends one.
void set(Value& value, std::string_view pointer, Value to) {
  const std::size_t last = pointer.rfind('/');
  auto* parent = const_cast<Value*>(golden::value_at(value, pointer.substr(0, last)));
  if (parent == nullptr || parent->object() == nullptr) return;
  parent->object()->set(pointer.substr(last + 1), std::move(to));
}

void each(Transcript& transcript, const std::string& name, const std::string& pointer,
          const Value& to) {
  for (harness::TranscriptLine& line : transcript.lines) {
    if (line.observation.name == name) set(line.observation.data, pointer, to);
  }
}

struct Bend {
  std::function<void(Transcript&)> cpp;
  std::function<void(Transcript&)> python;
};

const golden::Provenance kToday{.tape = "t", .driver = "d", .rules = "rules/1", .packages = {}};

SessionReport session(const std::string& name, const Bend& bend, std::size_t commands = 2,
                      const golden::Known* known = nullptr) {
  const bool exec = !name.ends_with("-app-server");
  const std::string client = exec ? "agents" : "codex-sdk";
  golden::StoredTranscript stored{kToday, turn(client, commands)};
  Transcript cpp = stored.transcript;
  cpp.subject = {"cpp", "codex-telemetry-diff", "0.1.0"};
  Transcript python = stored.transcript;
  if (bend.cpp) bend.cpp(cpp);
  if (bend.python) bend.python(python);
  golden::SessionInput input;
  input.session = name;
  input.cpp = SubjectSide::ran(cpp);
  input.python = SubjectSide::ran(python);
  input.golden = &stored;
  input.today = kToday;
  input.reference = client;
  input.is_mask = is_time;
  input.known = known;
  SessionReport report;
  report.session = name;
  report.path = "harness/sessions/" + name + ".tape.jsonl";
  report.judgement = golden::judge(input);
  for (const Transcript* side : {&cpp, &python}) {
    matrix::SubjectReport& subject = report.subjects[side->subject.name];
    subject.outcome = side->outcome;
    subject.observations = side->lines.size();
    for (golden::LaneSides& lane : golden::side_by_side(*side, stored.transcript, {}, is_time,
                                                        side->subject.name, "golden")) {
      report.sides.push_back(std::move(lane));
    }
  }
  report.seconds = 0.125 * static_cast<double>(1 + name.size() % 7);
  return report;
}

const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = {"approval-accept",
                                                  "approval-cancel",
                                                  "approval-decline",
                                                  "auto-compaction",
                                                  "background-command",
                                                  "broken-config",
                                                  "command-exec",
                                                  "cut-stream",
                                                  "dynamic-tool",
                                                  "echo",
                                                  "failing-command",
                                                  "fork",
                                                  "goal",
                                                  "hello",
                                                  "http-500",
                                                  "image",
                                                  "interrupt-command",
                                                  "killed",
                                                  "long-output",
                                                  "mcp-broken",
                                                  "mcp-tool",
                                                  "model-list",
                                                  "odd/empty-turn",
                                                  "odd/late-usage",
                                                  "odd/two-threads",
                                                  "output-deltas",
                                                  "parallel-commands",
                                                  "patch",
                                                  "plan-reasoning",
                                                  "question",
                                                  "raw/first-log",
                                                  "refused",
                                                  "resume",
                                                  "retry",
                                                  "review",
                                                  "secrets",
                                                  "shell-command",
                                                  "steer",
                                                  "streaming",
                                                  "structured-output"};
  return kNames;
}

Report base() {
  Report report;
  report.run.started = "2026-11-23T02:00:11Z";
  report.run.seconds = 84.2;
  report.run.jobs = 4;
  report.run.more = Object{{"host", "desk"}, {"system", "Linux 6.1.0 x86_64"}};
  report.subjects = {{"cpp", {"cpp", "codex-telemetry-diff", "0.1.0"}},
                     {"agents", {"agents", "openai-agents", "0.24.0"}},
                     {"codex-sdk", {"codex-sdk", "openai-codex", "0.163.0"}}};
  report.columns = {{.name = "cpp",
                     .subject = "cpp",
                     .package = "codex-telemetry-diff",
                     .version = "0.1.0",
                     .unavailable = ""},
                    {.name = "agents",
                     .subject = "agents",
                     .package = "openai-agents",
                     .version = "0.24.0",
                     .unavailable = ""},
                    {.name = "codex-sdk",
                     .subject = "codex-sdk",
                     .package = "openai-codex",
                     .version = "0.163.0",
                     .unavailable = ""}};
  return report;
}

void add_features(Report& report, bool red) {
  matrix::ParityMatrix& table = report.night->matrix;
  struct Kind {
    const char* area;
    const char* kind;
    std::vector<const char*> entries;
  };
  const std::vector<Kind> kinds = {
      {"lifecycle",
       "notification",
       {"thread/started", "thread/closed", "turn/started", "turn/completed", "turn/interrupted"}},
      {"items",
       "item",
       {"agentMessage", "commandExecution", "fileChange", "imageView", "plan", "reasoning",
        "webSearch"}},
      {"tools", "span", {"function", "mcp_tools", "custom"}},
      {"approvals",
       "server-request",
       {"item/commandExecution/requestApproval", "item/fileChange/requestApproval"}},
      {"usage", "notification", {"thread/tokenUsage/updated", "account/rateLimits/updated"}},
      {"tracing", "span", {"agent", "generation", "guardrail", "handoff", "response"}},
      {"logging",
       "log",
       {"DEBUG Resetting current trace", "DEBUG Codex tool finished", "ERROR Error in codex"}},
      {"errors", "exception", {"CodexError", "MaxTurnsExceeded", "ToolTimeoutError"}},
      {"switches",
       "switch",
       {"OPENAI_AGENTS_DONT_LOG_MODEL_DATA", "OPENAI_AGENTS_DISABLE_TRACING"}}};
  const auto cell = [&](const std::string& column, std::size_t seed) {
    Cell result;
    result.sessions = 2 + seed * 7 % 31;
    result.evidence = {"echo", "hello-app-server"};
    result.state = CellState::kMatch;
    if (seed % 11 == 5) result.state = CellState::kKnownDifference;
    if (seed % 7 == 3 && column != "cpp") result.state = CellState::kNotObserved;
    if (seed % 13 == 9) {
      result = {.state = CellState::kNotExercised, .sessions = 0, .evidence = {}};
    }
    if (red && seed % 17 == 6 && column != "agents") {
      result.state = CellState::kDiffers;
      result.evidence = {"failing-command", "patch-app-server"};
    }
    return result;
  };
  std::size_t seed = 0;
  for (const Kind& kind : kinds) {
    for (const char* entry : kind.entries) {
      ++seed;
      matrix::Feature feature{
          .id = std::string("codex-sdk/") + kind.kind + "/" + entry,
          .area = kind.area,
          .kind = kind.kind,
          .source = "openai_codex/generated/models.py:" + std::to_string(100 * seed),
          .cells = {},
          .fields = {}};
      for (const matrix::Column& column : report.columns) {
        if (column.name == "agents" && seed % 3 == 0) continue;
        feature.cells[column.name] = column.unavailable.empty()
                                         ? cell(column.name, seed)
                                         : Cell{.state = CellState::kUnavailable, .evidence = {}};
      }
      std::size_t number = seed;
      for (const char* name : {"id", "status", "text", "item{type=plan}/text"}) {
        matrix::FeatureField field{name, {}};
        for (const auto& [column, whole] : feature.cells) {
          field.cells[column] =
              whole.state == CellState::kUnavailable ? whole : cell(column, number);
        }
        feature.fields.push_back(std::move(field));
        number += 4;
      }
      table.features.push_back(std::move(feature));
    }
  }
  table.figures["all"] = {.entries = 32,
                          .exercised = 29,
                          .compared = 27,
                          .matched = red ? 22U : 25U,
                          .known = 2,
                          .fields = 128,
                          .fields_exercised = 120,
                          .fields_compared = 110,
                          .fields_matched = 101};
  table.figures["notification"] = {.entries = 7, .exercised = 7, .compared = 7, .matched = 7};
  table.figures["span"] = {.entries = 8, .exercised = 6, .compared = 6, .matched = 5};
  table.places = 900;
  table.places_known = 7;
}

void add_trend(Report& report, bool red) {
  for (std::size_t i = 0; i < 34; ++i) {
    matrix::NightPoint night;
    char day[64];
    std::snprintf(day, sizeof day, "2026-%02zu-%02zuT02:00:11Z",
                  i < 12 ? std::size_t{10} : std::size_t{11}, i < 12 ? i + 20 : i - 11);
    night.started = i == 33 ? report.run.started : day;
    night.verdicts["known-difference"] = i < 20 ? 2 : 1;
    if (i > 8 && i < 13) night.verdicts["upstream-drift"] = 7;
    if (i == 13) night.verdicts["upstream-drift"] = 2;
    if (i == 22) night.verdicts["unavailable"] = 5;
    if (i > 29 && red) night.verdicts["cpp-regression"] = i - 28;
    std::size_t others = 0;
    for (const auto& [name, number] : night.verdicts)
      others += number;
    night.verdicts["match"] = 2 * names().size() - others;
    if (i == 33) {
      night.verdicts.clear();
      for (const SessionReport& each : report.sessions)
        ++night.verdicts[golden::verdict_name(each.verdict())];
    }
    night.seconds = 80 + static_cast<double>(i % 5);
    night.exit = others > 2 ? 1 : 0;
    report.night->trend.push_back(std::move(night));
  }
}

std::vector<Cluster> clusters_since(const Report& report) {
  std::vector<Cluster> clusters = matrix::clusters(report);
  for (Cluster& cluster : clusters)
    cluster.since = "2026-11-20T02:00:10Z";
  return clusters;
}

// Knows one difference: usage that a client adds twice.
class KnowsUsage final : public golden::Known {
 public:
  std::optional<std::string> find(const std::string&,
                                  const golden::Difference& difference) const override {
    if (difference.path != "/data/usage/cached_input_tokens") return std::nullopt;
    return "usage-added-twice";
  }
  std::vector<golden::StaleEntry> missing(const std::string&,
                                          const std::set<std::string>&) const override {
    return {};
  }
};

Bend bend_of(std::size_t number) {
  Bend bend;
  if (number % 13 == 3) {
    bend.cpp = [](Transcript& cpp) {
      each(cpp, "codex.item.completed", "/item/exit_code", 1);
      each(cpp, "codex.item.completed", "/item/status", "failed");
    };
  } else if (number % 17 == 5) {
    bend.python = [](Transcript& python) {
      each(python, "codex.item.started", "/item/memory_citation", Value());
    };
  } else if (number == 27) {
    bend.cpp = [](Transcript& cpp) { each(cpp, "completed", "/result", "Done: 2 files."); };
    bend.python = [](Transcript& python) { each(python, "completed", "/result", "Read 2 files."); };
  } else if (number == 31) {
    bend.cpp = bend.python = [](Transcript& side) {
      side.lines.erase(side.lines.end() - 3);  // one log record fewer
    };
  } else if (number == 35 || number == 52) {
    bend.cpp = [](Transcript& cpp) {
      each(cpp, "codex.turn.completed", "/usage/cached_input_tokens", 256);
    };
  } else if (number == 44) {
    bend.cpp = [](Transcript& cpp) {
      for (harness::TranscriptLine& line : cpp.lines) {
        if (line.observation.name != "codex.item.completed") continue;
        set(line.observation.data, "/item/aggregated_output", std::string(3000, 'x') + "end");
        set(line.observation.data, "/item/changes", Array{"new.txt", "a.txt", "c.txt"});
      }
      harness::TranscriptLine extra = cpp.lines[3];
      cpp.lines.insert(cpp.lines.begin() + 4, extra);
    };
  }
  return bend;
}

}  // namespace

Report green_night() {
  Report report = base();
  const KnowsUsage known;
  for (std::size_t i = 0; i < names().size(); ++i) {
    report.sessions.push_back(session(names()[i], i == 35 ? bend_of(35) : Bend(), 2, &known));
    report.sessions.push_back(session(names()[i] + "-app-server", {}, 2));
  }
  report.night.emplace();
  report.night->before = "2026-11-22T02:00:09Z";
  report.night->clusters = clusters_since(report);
  for (Cluster& cluster : report.night->clusters)
    cluster.standing = Standing::kKnown;
  add_features(report, false);
  add_trend(report, false);
  return report;
}

Report red_night() {
  Report report = base();
  report.columns.push_back({.name = "agents@0.23.0",
                            .subject = "agents",
                            .package = "openai-agents",
                            .version = "0.23.0",
                            .further = true,
                            .unavailable = ""});
  report.columns.push_back({.name = "agents@0.20.0",
                            .subject = "agents",
                            .package = "openai-agents",
                            .version = "0.20.0",
                            .further = true,
                            .unavailable = "this release has no agents.testing.ScriptedModel"});
  const KnowsUsage known;
  std::size_t number = 0;
  for (const std::string& name : names()) {
    report.sessions.push_back(session(name, bend_of(number++), 4, &known));
    report.sessions.push_back(session(name + "-app-server", bend_of(number++), 9, &known));
  }
  SessionReport& further = report.sessions[18];
  SessionReport older = session(further.session, bend_of(5));
  for (golden::JudgedDifference& each : older.judgement.differences)
    each.subject = "agents@0.23.0";
  further.further["agents@0.23.0"] = {older.subjects["agents"], older.judgement, {}, false};
  SessionReport& absent = report.sessions[20];
  absent.judgement = {};
  absent.judgement.verdict = Verdict::kUnavailable;
  absent.judgement.causes = {Verdict::kUnavailable};
  absent.judgement.notes = {"agents could not run: the worker's Python is 3.11.1, not 3.11.2"};
  absent.subjects["agents"] = {.outcome = harness::Outcome::kUnavailable,
                               .reason = "another Python",
                               .scrubbed = {},
                               .extra = {}};
  report.unreadable = {{.message = "no JSON: Expecting value",
                        .file = "harness/sessions/odd/cut.tape.jsonl",
                        .line = 7,
                        .hint = "record it again"}};
  report.stale_entries = {{.id = "image-size",
                           .file = "matrix/known_differences.jsonl",
                           .line = 4,
                           .why = "matches no tape: its sessions are \"images/*\""}};
  report.night.emplace();
  matrix::Night& night = *report.night;
  night.before = "2026-11-22T02:00:09Z";
  night.clusters = clusters_since(report);
  const std::vector<Standing> standings = {Standing::kNew, Standing::kPersistent, Standing::kNew,
                                           Standing::kFlaky, Standing::kPersistent};
  for (std::size_t i = 0; i < night.clusters.size(); ++i) {
    night.clusters[i].standing = night.clusters[i].kind == Verdict::kKnownDifference
                                     ? Standing::kKnown
                                     : standings[i % standings.size()];
  }
  night.differences_new = 31;
  night.differences_persistent = 22;
  night.differences_fixed = 3;
  night.differences_known = 2;
  night.fixed = {night.clusters.front()};
  night.fixed.front().standing = Standing::kFixed;
  night.fixed.front().cause = {.id = "c5f21a90",
                               .where = "log/run openai.agents /data/template",
                               .what = "\"Codex tool done\" → \"Codex tool finished\""};
  night.changed = {{"approval-decline-app-server", "match", "cpp-regression"},
                   {"fork", "upstream-drift", "match"},
                   {"odd/old-tape", "match", "absent"},
                   {"odd/two-threads", "absent", "match"},
                   {"patch", "match", "conflict"}};
  night.inputs = {{"agents (openai-agents)", "0.23.2", "0.24.0"},
                  {"rules", "rules/1", "rules/2"},
                  {"golden odd/old-tape", "9f86d081884c7d659a2feaa0c55ad015", "absent"}};
  add_features(report, true);
  add_trend(report, true);
  night.matrix.regressions = {
      {"codex-sdk/item/commandExecution", "status", "cpp", "match", "differs"},
      {"codex-sdk/item/webSearch", "", "", "match", "gone"}};
  night.matrix.improvements = {{"codex-sdk/span/custom", "", "agents", "not-exercised", "match"}};
  report.matrix_regressions = night.matrix.regressions.size();
  return report;
}

Report large_night(std::size_t sessions) {
  const Report small = red_night();
  Report report = base();
  const SessionReport match = session("a", {}, 9);
  const SessionReport regression = session("a", bend_of(3), 9);
  const SessionReport drift = session("a-app-server", bend_of(5), 9);
  for (std::size_t i = 0; i < sessions; ++i) {
    SessionReport each = i % 30 != 7 ? match : i % 60 == 7 ? regression : drift;
    char name[64];
    std::snprintf(name, sizeof name, "corpus/part-%02zu/%s-%05zu", i % 40,
                  names()[i % names().size()].c_str(), i);
    each.session = name;
    each.path = "harness/sessions/" + each.session + ".tape.jsonl";
    report.sessions.push_back(std::move(each));
  }
  report.night = small.night;
  report.night->clusters = clusters_since(report);
  return report;
}

std::vector<std::string> hostile_texts() {
  return {"<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "'-alert(1)-'",
          "</script><script>alert(1)</script>",
          "<!--run--><!--/run-->",
          "--><svg onload=alert(1)>",
          "]]><![CDATA[",
          "javascript:alert(1)",
          "&lt;b&gt; &amp; &#60;",
          "http://example.org/x.png",
          "</title></style></textarea></template>",
          std::string("nul \0 end", 9),
          "\x1b[31mred\x1b]0;title\x07",
          "a\xe2\x80\xae"
          "b\xe2\x81\xa6"
          "c\xe2\x80\xa8"
          "d",
          "\xff\xfe not UTF-8 \xed\xa0\x80",
          "\xef\xbf\xbe\xef\xbf\xbf",
          "{{7*7}} ${7*7} %s %n",
          std::string(300, 'w'),
          "a/b~c/../../etc/passwd",
          "日本語 العربية עברית 👩‍👩‍👧",
          "`|*_[x](javascript:alert(1))",
          "\r\n\t"};
}

Report hostile_night(const std::vector<std::string>& texts) {
  constexpr std::size_t kMostColumns = 8;  // each of them is in every row of the matrix
  Report report = base();
  report.night.emplace();
  matrix::Night& night = *report.night;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string& evil = texts[i];
    // The name must be one of its own, and still carry the text.
    SessionReport each = session("x", {});
    each.session = evil + " " + std::to_string(i);
    each.path = "tapes/" + evil + ".tape.jsonl";
    each.subjects[evil].reason = evil;
    each.subjects["cpp"].scrubbed[evil] = 1;
    golden::Difference difference;
    difference.lane = "event/" + evil;
    difference.name = evil;
    difference.path = "/data/" + golden::pointer_segment(evil);
    difference.expected = Value(evil);
    difference.actual = Object{{evil, Value(std::nan(""))}};
    each.judgement.verdict = Verdict::kCppRegression;
    each.judgement.causes = {Verdict::kCppRegression};
    each.judgement.differences = {{.subject = "cpp " + evil,
                                   .against = evil,
                                   .difference = difference,
                                   .kind = Verdict::kCppRegression,
                                   .known = std::nullopt},
                                  {.subject = evil,
                                   .against = evil,
                                   .difference = difference,
                                   .kind = Verdict::kCppRegression,
                                   .known = evil}};
    each.judgement.notes = {evil};
    each.judgement.stale_entries = {{.id = evil, .file = evil, .line = 1, .why = evil}};
    each.judgement.lanes[evil];
    each.further[evil] = {each.subjects["cpp"], each.judgement, {}, false};
    const Value data = Object{{"name", evil}, {"data", Object{{evil, evil}, {"same", evil}}}};
    const std::string pointer = "/data/" + golden::pointer_segment(evil);
    each.sides = {
        {.column = evil,
         .against = evil,
         .lane = evil,
         .rows = {{.expected = data, .actual = data, .differing = {}, .cut = {}},
                  {.expected = data,
                   .actual = data,
                   .differing = {{.path = pointer, .in_expected = pointer, .in_actual = pointer}},
                   .cut = {pointer}},
                  {.expected = data, .actual = {}, .differing = {}, .cut = {}}}}};
    const Cluster cluster{.cause = {.id = evil, .where = evil, .what = evil},
                          .kind = Verdict::kCppRegression,
                          .column = evil,
                          .against = evil,
                          .differences = 1,
                          .sessions = {each.session, evil},
                          .standing = Standing::kPersistent,
                          .since = evil};
    night.clusters.push_back(cluster);
    night.fixed.push_back(cluster);
    night.changed.push_back({evil, evil, evil});
    night.inputs.push_back({evil, evil, evil});
    night.trend.push_back({.started = evil, .verdicts = {{evil, 1}, {"match", 2}}, .seconds = 1});
    const Cell cell{.state = CellState::kDiffers, .sessions = 1, .evidence = {evil}};
    const std::string& column = texts[i % kMostColumns];
    night.matrix.features.push_back({.id = evil,
                                     .area = evil,
                                     .kind = evil,
                                     .source = evil,
                                     .cells = {{column, cell}},
                                     .fields = {{evil, {{column, cell}}}}});
    night.matrix.figures[evil] = {};
    night.matrix.regressions.push_back({evil, evil, evil, evil, evil});
    night.matrix.improvements.push_back({evil, evil, evil, evil, evil});
    report.stale_entries.push_back({.id = evil, .file = evil, .line = 1, .why = evil});
    report.unreadable.push_back({.message = evil, .file = evil, .line = 1, .hint = evil});
    report.subjects[evil] = {evil, evil, evil};
    if (i < kMostColumns) {
      report.columns.push_back({.name = evil,
                                .subject = evil,
                                .package = evil,
                                .version = evil,
                                .further = true,
                                .unavailable = evil});
    }
    report.run.more.set(evil, evil);
    report.sessions.push_back(std::move(each));
  }
  night.before = texts.front();
  report.run.started = texts.front();
  report.run.id = texts.front();
  report.matrix_regressions = texts.size();
  return report;
}

}  // namespace codex::test
