#include "matrix/results_file.h"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "golden/json_text.h"
#include "harness/model/sha256.h"
#include "harness/subject/outcome.h"

namespace codex::matrix {
namespace {

using golden::Coverage;
using golden::Judgement;
using golden::LeafTally;
using golden::Shape;
using golden::ShapeTally;
using harness::Error;
using harness::Result;
using json::Array;
using json::Object;
using json::Value;

constexpr int kFormat = 1;
constexpr std::string_view kBegin = "{\"results\":";
constexpr const char* kAgain = "run that shard again";

Value number(std::size_t count) { return Value(static_cast<std::uint64_t>(count)); }

using ShapeNumbers = std::map<Shape, std::size_t>;

// ---- writing ----

Value text_list(const std::vector<std::string>& texts) { return Array(texts.begin(), texts.end()); }

Object counts(const std::map<std::string, std::size_t>& by_name) {
  Object object;
  for (const auto& [name, count] : by_name) object.append(name, number(count));
  return object;
}

Object texts(const std::map<std::string, std::string>& by_name) {
  Object object;
  for (const auto& [name, text] : by_name) object.append(name, text);
  return object;
}

Value tally(const LeafTally& leaves) {
  Array list{number(leaves.compared), number(leaves.masked), number(leaves.not_observed),
             number(leaves.differing), number(leaves.identity)};
  if (!leaves.by_rule.empty()) list.push_back(counts(leaves.by_rule));
  return list;
}

Value stale(const std::vector<golden::StaleEntry>& entries) {
  Array list;
  for (const golden::StaleEntry& entry : entries) {
    list.push_back(Array{entry.id, entry.file, number(entry.line), entry.why});
  }
  return list;
}

Value errors(const std::vector<Error>& all) {
  Array list;
  for (const Error& error : all) {
    list.push_back(Array{error.message, error.file, number(error.line), error.hint});
  }
  return list;
}

Value difference(const golden::JudgedDifference& judged) {
  const golden::Difference& found = judged.difference;
  Object place{{"line", number(found.place.line)}, {"path", found.place.path}};
  if (found.place.added) place.append("added", number(*found.place.added));
  Object object{{"subject", judged.subject}, {"against", judged.against},
                {"kind", golden::verdict_name(judged.kind)},
                {"lane", found.lane},        {"name", found.name},
                {"path", found.path},        {"place", std::move(place)}};
  if (found.expected) object.append("expected", *found.expected);
  if (found.actual) object.append("actual", *found.actual);
  if (found.key_order) object.append("key_order", true);
  if (found.origin == harness::Origin::kDriver) object.append("driver", true);
  if (judged.known) object.append("known", *judged.known);
  return object;
}

Value judgement(const Judgement& judged) {
  Array causes;
  for (const golden::Verdict cause : judged.causes) causes.push_back(golden::verdict_name(cause));
  Array differences;
  for (const auto& each : judged.differences) differences.push_back(difference(each));
  Object lanes;
  for (const auto& [lane, leaves] : judged.lanes) {
    lanes.append(lane, Array{tally(leaves.wire), tally(leaves.driver)});
  }
  Object object{{"verdict", golden::verdict_name(judged.verdict)}, {"causes", std::move(causes)}};
  if (!lanes.empty()) object.append("lanes", std::move(lanes));
  if (!differences.empty()) object.append("differences", std::move(differences));
  if (!judged.stale_entries.empty()) object.append("stale", stale(judged.stale_entries));
  if (!judged.notes.empty()) object.append("notes", text_list(judged.notes));
  return object;
}

Value coverage(const Coverage& covered, const ShapeNumbers& numbers) {
  Array list;
  for (const auto& [shape, leaves] : covered) {
    list.push_back(Array{number(numbers.at(shape)), number(leaves.compared), number(leaves.masked),
                         number(leaves.not_observed), number(leaves.differing),
                         number(leaves.known), number(leaves.driver)});
  }
  return list;
}

Value subject(const SubjectReport& report) {
  Object object{{"outcome", harness::outcome_name(report.outcome)},
                {"observations", number(report.observations)}};
  if (!report.reason.empty()) object.append("reason", report.reason);
  if (!report.scrubbed.empty()) object.append("scrubbed", counts(report.scrubbed));
  if (!report.extra.is_null()) object.append("extra", report.extra);
  return object;
}

Value session(const SessionReport& report, const ShapeNumbers& numbers) {
  Object subjects;
  for (const auto& [name, each] : report.subjects) subjects.append(name, subject(each));
  Object object{{"session", report.session},
                {"path", report.path},
                {"seconds", report.seconds},
                {"tape", report.tape_digest},
                {"golden", report.golden_digest},
                {"subjects", std::move(subjects)},
                {"judgement", judgement(report.judgement)}};
  Object covered;
  for (const auto& [column, each] : report.coverage) {
    covered.append(column, coverage(each, numbers));
  }
  if (!covered.empty()) object.append("coverage", std::move(covered));
  Object further;
  for (const auto& [column, each] : report.further) {
    further.append(column, Object{{"subject", subject(each.subject)},
                                  {"judgement", judgement(each.judgement)},
                                  {"coverage", coverage(each.coverage, numbers)}});
  }
  if (!further.empty()) object.append("further", std::move(further));
  Array sides;
  for (const golden::LaneSides& lane : report.sides) sides.push_back(golden::to_json(lane));
  if (!sides.empty()) object.append("sides", std::move(sides));
  return object;
}

Value header(const ShardResults& results) {
  const Report& report = results.report;
  Object subjects;
  for (const auto& [name, info] : report.subjects) {
    subjects.append(name, Array{info.package, info.version});
  }
  Array columns;
  for (const Column& column : report.columns) {
    columns.push_back(Object{{"name", column.name},
                             {"subject", column.subject},
                             {"package", column.package},
                             {"version", column.version},
                             {"further", column.further},
                             {"unavailable", column.unavailable}});
  }
  Array inventories;
  for (const Inventory& inventory : report.inventories) inventories.push_back(to_json(inventory));
  return Object{{"results", kFormat},
                {"tool", report.tool},
                {"rules", report.rules},
                {"shard", results.shard.text()},
                {"inputs", texts(results.inputs)},
                {"corpus", text_list(results.corpus)},
                {"whole_corpus", report.whole_corpus},
                {"covers_corpus", results.covers_corpus},
                {"run", Object{{"id", report.run.id},
                               {"started", report.run.started},
                               {"seconds", report.run.seconds},
                               {"jobs", number(report.run.jobs)},
                               {"more", report.run.more}}},
                {"subjects", std::move(subjects)},
                {"columns", std::move(columns)},
                {"inventories", std::move(inventories)},
                {"unreadable", errors(report.unreadable)}};
}

ShapeNumbers shapes_of(const Report& report) {
  ShapeNumbers numbers;
  const auto add = [&](const Coverage& covered) {
    for (const auto& [shape, leaves] : covered) numbers.emplace(shape, 0);
  };
  for (const SessionReport& each : report.sessions) {
    for (const auto& [column, covered] : each.coverage) add(covered);
    for (const auto& [column, further] : each.further) add(further.coverage);
  }
  std::size_t next = 0;
  for (auto& [shape, place] : numbers) place = next++;
  return numbers;
}

// ---- reading ----

// The first thing that is wrong in a line; everything after it reads as empty.
class Line {
 public:
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = what;
  }
  const std::string& fault() const { return fault_; }

  const Value* find(const Value& object, const char* key) {
    const Value* value = object.get(key);
    if (value == nullptr) fail("has no \"" + std::string(key) + "\"");
    return value;
  }
  const Object& object(const Value* value, const char* what) {
    static const Object none;
    if (value != nullptr && value->object() != nullptr) return *value->object();
    if (value != nullptr) fail("\"" + std::string(what) + "\" is no object");
    return none;
  }
  const Array& array(const Value* value, const char* what) {
    static const Array none;
    if (value != nullptr && value->array() != nullptr) return *value->array();
    if (value != nullptr) fail("\"" + std::string(what) + "\" is no list");
    return none;
  }
  std::string text(const Value* value, const char* what) {
    if (value != nullptr && value->string() != nullptr) return *value->string();
    if (value != nullptr) fail("\"" + std::string(what) + "\" is no text");
    return "";
  }
  std::size_t count(const Value* value, const char* what) {
    const std::optional<std::int64_t> found =
        value != nullptr ? value->as_int64() : std::optional<std::int64_t>(0);
    if (!found || *found < 0) fail("\"" + std::string(what) + "\" is no count");
    return found && *found >= 0 ? static_cast<std::size_t>(*found) : 0;
  }
  double real(const Value* value, const char* what) {
    if (value != nullptr && value->real() != nullptr) return *value->real();
    return static_cast<double>(count(value, what));
  }
  bool flag(const Value* value, const char* what) {
    if (value != nullptr && value->boolean() != nullptr) return *value->boolean();
    if (value != nullptr) fail("\"" + std::string(what) + "\" is neither true nor false");
    return false;
  }
  // Of a list: null and a fault where it is shorter.
  const Value* element(const Array& list, std::size_t index, const char* what) {
    if (index < list.size()) return &list[index];
    fail("\"" + std::string(what) + "\" is too short");
    return nullptr;
  }
  std::vector<std::string> text_list(const Value* value, const char* what) {
    std::vector<std::string> all;
    for (const Value& each : array(value, what)) all.push_back(text(&each, what));
    return all;
  }
  std::map<std::string, std::size_t> counts(const Value* value, const char* what) {
    std::map<std::string, std::size_t> all;
    for (const auto& [name, each] : object(value, what)) all[name] = count(&each, what);
    return all;
  }

  LeafTally tally(const Value* value) {
    const Array& list = array(value, "lanes");
    LeafTally leaves;
    std::size_t next = 0;
    for (std::size_t* field : {&leaves.compared, &leaves.masked, &leaves.not_observed,
                               &leaves.differing, &leaves.identity}) {
      *field = count(element(list, next++, "lanes"), "lanes");
    }
    if (next < list.size()) leaves.by_rule = counts(&list[next], "lanes");
    return leaves;
  }
  std::vector<golden::StaleEntry> stale(const Value* value) {
    std::vector<golden::StaleEntry> entries;
    for (const Value& each : array(value, "stale")) {
      const Array& list = array(&each, "stale");
      entries.push_back({text(element(list, 0, "stale"), "stale"),
                         text(element(list, 1, "stale"), "stale"),
                         count(element(list, 2, "stale"), "stale"),
                         text(element(list, 3, "stale"), "stale")});
    }
    return entries;
  }
  std::vector<Error> errors(const Value* value) {
    std::vector<Error> all;
    for (const Value& each : array(value, "unreadable")) {
      const Array& list = array(&each, "unreadable");
      all.push_back({text(element(list, 0, "unreadable"), "unreadable"),
                     text(element(list, 1, "unreadable"), "unreadable"),
                     count(element(list, 2, "unreadable"), "unreadable"),
                     text(element(list, 3, "unreadable"), "unreadable")});
    }
    return all;
  }
  golden::Verdict verdict(const Value* value) {
    const std::string name = text(value, "verdict");
    const std::optional<golden::Verdict> found = golden::parse_verdict(name);
    if (!found) fail("has the unknown verdict \"" + name + "\"");
    return found.value_or(golden::Verdict::kMatch);
  }
  golden::JudgedDifference difference(const Value& value) {
    golden::JudgedDifference judged;
    golden::Difference& found = judged.difference;
    judged.subject = text(find(value, "subject"), "subject");
    judged.against = text(find(value, "against"), "against");
    judged.kind = verdict(find(value, "kind"));
    found.lane = text(find(value, "lane"), "lane");
    found.name = text(find(value, "name"), "name");
    found.path = text(find(value, "path"), "path");
    if (const Value* place = find(value, "place")) {
      found.place.line = count(find(*place, "line"), "line");
      found.place.path = text(find(*place, "path"), "path");
      if (const Value* added = place->get("added")) found.place.added = count(added, "added");
    }
    if (const Value* expected = value.get("expected")) found.expected = *expected;
    if (const Value* actual = value.get("actual")) found.actual = *actual;
    found.key_order = flag(value.get("key_order"), "key_order");
    if (flag(value.get("driver"), "driver")) found.origin = harness::Origin::kDriver;
    if (const Value* known = value.get("known")) judged.known = text(known, "known");
    return judged;
  }
  Judgement judgement(const Value* value) {
    Judgement judged;
    if (value == nullptr) return judged;
    judged.verdict = verdict(find(*value, "verdict"));
    for (const Value& cause : array(find(*value, "causes"), "causes")) {
      judged.causes.insert(verdict(&cause));
    }
    for (const auto& [lane, leaves] : object(value->get("lanes"), "lanes")) {
      const Array& both = array(&leaves, "lanes");
      judged.lanes[lane] = {tally(element(both, 0, "lanes")), tally(element(both, 1, "lanes"))};
    }
    for (const Value& each : array(value->get("differences"), "differences")) {
      judged.differences.push_back(difference(each));
    }
    judged.stale_entries = stale(value->get("stale"));
    judged.notes = text_list(value->get("notes"), "notes");
    return judged;
  }
  Coverage coverage(const Value* value, const std::vector<Shape>& shapes) {
    Coverage covered;
    for (const Value& each : array(value, "coverage")) {
      const Array& list = array(&each, "coverage");
      const std::size_t shape = count(element(list, 0, "coverage"), "coverage");
      if (shape >= shapes.size()) {
        fail("\"coverage\" names a shape that the file does not have");
        return {};
      }
      ShapeTally& leaves = covered[shapes[shape]];
      std::size_t next = 1;
      for (std::size_t* field : {&leaves.compared, &leaves.masked, &leaves.not_observed,
                                 &leaves.differing, &leaves.known, &leaves.driver}) {
        *field = count(element(list, next++, "coverage"), "coverage");
      }
    }
    return covered;
  }
  SubjectReport subject(const Value* value) {
    SubjectReport report;
    if (value == nullptr) return report;
    const std::string outcome = text(find(*value, "outcome"), "outcome");
    const auto found = harness::outcome_from_name(outcome);
    if (!found) fail("has the unknown outcome \"" + outcome + "\"");
    report.outcome = found.value_or(harness::Outcome::kUnavailable);
    report.observations = count(find(*value, "observations"), "observations");
    report.reason = text(value->get("reason"), "reason");
    report.scrubbed = counts(value->get("scrubbed"), "scrubbed");
    if (const Value* extra = value->get("extra")) report.extra = *extra;
    return report;
  }
  SessionReport session(const Value& value, const std::vector<Shape>& shapes) {
    SessionReport report;
    report.session = text(find(value, "session"), "session");
    report.path = text(find(value, "path"), "path");
    report.seconds = real(find(value, "seconds"), "seconds");
    report.tape_digest = text(find(value, "tape"), "tape");
    report.golden_digest = text(find(value, "golden"), "golden");
    for (const auto& [name, each] : object(find(value, "subjects"), "subjects")) {
      report.subjects[name] = subject(&each);
    }
    report.judgement = judgement(find(value, "judgement"));
    for (const auto& [column, each] : object(value.get("coverage"), "coverage")) {
      report.coverage[column] = coverage(&each, shapes);
    }
    for (const auto& [column, each] : object(value.get("further"), "further")) {
      FurtherReport& further = report.further[column];
      further.subject = subject(find(each, "subject"));
      further.judgement = judgement(find(each, "judgement"));
      further.coverage = coverage(find(each, "coverage"), shapes);
    }
    for (const Value& lane : array(value.get("sides"), "sides")) {
      auto sides = golden::lane_sides_from(lane);
      if (!sides) {
        fail(sides.error().message);
      } else {
        report.sides.push_back(std::move(sides.value()));
      }
    }
    return report;
  }
  void header(const Value& value, const std::string& file, ShardResults& results) {
    Report& report = results.report;
    report.tool = text(find(value, "tool"), "tool");
    report.rules = text(find(value, "rules"), "rules");
    report.whole_corpus = flag(find(value, "whole_corpus"), "whole_corpus");
    results.covers_corpus = flag(find(value, "covers_corpus"), "covers_corpus");
    const auto shard = parse_shard(text(find(value, "shard"), "shard"));
    if (!shard) {
      fail(shard.error().message);
    } else {
      results.shard = shard.value();
    }
    for (const auto& [name, digest] : object(find(value, "inputs"), "inputs")) {
      results.inputs[name] = text(&digest, "inputs");
    }
    results.corpus = text_list(find(value, "corpus"), "corpus");
    if (const Value* run = find(value, "run")) {
      report.run.id = text(find(*run, "id"), "id");
      report.run.started = text(find(*run, "started"), "started");
      report.run.seconds = real(find(*run, "seconds"), "seconds");
      report.run.jobs = count(find(*run, "jobs"), "jobs");
      report.run.more = object(find(*run, "more"), "more");
    }
    for (const auto& [name, info] : object(find(value, "subjects"), "subjects")) {
      const Array& both = array(&info, "subjects");
      report.subjects[name] = {name, text(element(both, 0, "subjects"), "subjects"),
                               text(element(both, 1, "subjects"), "subjects")};
    }
    for (const Value& each : array(find(value, "columns"), "columns")) {
      Column& column = report.columns.emplace_back();
      column.name = text(find(each, "name"), "name");
      column.subject = text(find(each, "subject"), "subject");
      column.package = text(find(each, "package"), "package");
      column.version = text(find(each, "version"), "version");
      column.further = flag(find(each, "further"), "further");
      column.unavailable = text(find(each, "unavailable"), "unavailable");
    }
    for (const Value& each : array(find(value, "inventories"), "inventories")) {
      auto inventory = inventory_from(each, file);
      if (!inventory) {
        fail(inventory.error().message);
      } else {
        report.inventories.push_back(std::move(inventory.value()));
      }
    }
    report.unreadable = errors(find(value, "unreadable"));
  }

 private:
  std::string fault_;
};

class File {
 public:
  File(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  Result<ShardResults> read() {
    ShardResults results;
    results.file = file_;
    std::optional<Value> line = next();
    if (!line && !error_ && text_.starts_with(kBegin)) return broken();
    if (!line || line->get("results") == nullptr) {
      error_.reset();  // whatever it is, it is none of ours
      return wrong("is no results file of nightly", "give the folders that `nightly -o` wrote");
    }
    if (*line->get("results") != Value(kFormat)) {
      return wrong("has format " + golden::shown(*line->get("results")) + "; this program reads " +
                       std::to_string(kFormat),
                   "run all shards and merge with one version of the program");
    }
    Line reader;
    reader.header(*line, file_, results);
    if (!reader.fault().empty()) return wrong(reader.fault(), kAgain);

    line = next();
    if (!line) return broken();
    std::vector<Shape> shapes;
    for (const Value& each : reader.array(reader.find(*line, "shapes"), "shapes")) {
      const std::vector<std::string> parts = reader.text_list(&each, "shapes");
      if (parts.size() != 3) reader.fail("\"shapes\" has one that is not of three parts");
      if (!reader.fault().empty()) break;
      shapes.push_back({parts[0], parts[1], parts[2]});
    }
    if (!reader.fault().empty()) return wrong(reader.fault(), kAgain);

    for (;;) {
      const std::size_t begin = position_;
      line = next();
      if (!line) return broken();
      if (line->get("sessions") != nullptr) {
        const std::size_t sessions = reader.count(line->get("sessions"), "sessions");
        if (sessions != results.report.sessions.size() ||
            reader.text(line->get("sha256"), "sha256") !=
                harness::sha256_hex(text_.substr(0, begin))) {
          return wrong("does not belong to the lines before it: something was edited or lost", kAgain);
        }
        if (position_ != text_.size()) {
          ++line_;
          return wrong("comes after the footer", kAgain);
        }
        return results;
      }
      results.report.sessions.push_back(reader.session(*line, shapes));
      if (!reader.fault().empty()) return wrong(reader.fault(), kAgain);
    }
  }

 private:
  // Nothing at the end and where a line is broken: then `error_` says why.
  std::optional<Value> next() {
    if (position_ == text_.size()) return std::nullopt;
    ++line_;
    const std::size_t end = text_.find('\n', position_);
    if (end == std::string_view::npos) return std::nullopt;  // cut within a line
    const auto parsed = json::parse(text_.substr(position_, end - position_));
    position_ = end + 1;
    if (!parsed) {
      error_ = parsed.error().text();
      return std::nullopt;
    }
    auto decoded = golden::decode(parsed.value());
    if (!decoded) {
      error_ = decoded.error().message;
      return std::nullopt;
    }
    return std::move(decoded.value());
  }
  Error wrong(const std::string& what, const char* hint) const {
    return {what, file_, line_ == 0 ? 1 : line_, hint};
  }
  Error broken() const {
    if (error_) return wrong("is broken: " + *error_, kAgain);
    return wrong("ends here without its footer: the file was cut", kAgain);
  }

  const std::string_view text_;
  const std::string file_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;
  std::optional<std::string> error_;
};

}  // namespace

std::string print_results(const ShardResults& results) {
  std::string text = golden::shown(header(results)) + "\n";
  const ShapeNumbers numbers = shapes_of(results.report);
  Array shapes;
  for (const auto& [shape, place] : numbers) {
    shapes.push_back(Array{shape.channel, shape.name, shape.path});
  }
  text += golden::shown(Object{{"shapes", std::move(shapes)}}) + "\n";
  for (const SessionReport* each : sorted_sessions(results.report)) {
    text += golden::shown(session(*each, numbers)) + "\n";
  }
  const std::string digest = harness::sha256_hex(text);
  text += golden::shown(
              Object{{"sessions", number(results.report.sessions.size())}, {"sha256", digest}}) +
          "\n";
  return text;
}

Result<ShardResults> parse_results(std::string_view text, const std::string& file) {
  return File(text, file).read();
}

}  // namespace codex::matrix
