#include "matrix/accepted.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "golden/json_text.h"
#include "harness/model/sha256.h"

namespace codex::matrix {
namespace {

using harness::Error;
using harness::Result;
using json::Array;
using json::Object;
using json::Value;

constexpr const char* kMend = "codex-telemetry-diff matrix --accept writes it anew";

std::string line(const Value& value) { return golden::line_text(golden::encode(value)) + "\n"; }

Object cells_json(const AcceptedCells& cells) {
  Object object;
  for (const auto& [column, state] : cells) object.append(column, cell_state_name(state));
  return object;
}

// "agents/log/…" → "agents"
std::string_view subject_of(std::string_view feature) {
  return feature.substr(0, feature.find('/'));
}

std::string feature_line(const std::string& id, const AcceptedFeature& feature) {
  Array fields;
  std::map<AcceptedCells, Array> other;
  for (const auto& [name, cells] : feature.fields) {
    (cells == feature.cells ? fields : other[cells]).push_back(name);
  }
  Object object{{"id", id}, {"cells", cells_json(feature.cells)}};
  if (!fields.empty()) object.append("fields", std::move(fields));
  Array groups;
  for (auto& [cells, names] : other)
    groups.push_back(Object{{"cells", cells_json(cells)}, {"fields", std::move(names)}});
  if (!groups.empty()) object.append("other", std::move(groups));
  return line(object);
}

std::string leaves_line(const std::string& session, const SessionLeaves& leaves) {
  const auto number = [](std::size_t count) { return Value(static_cast<std::uint64_t>(count)); };
  return line(Object{{"session", session},
                     {"leaves", Array{number(leaves.compared), number(leaves.masked),
                                      number(leaves.not_observed)}}});
}

// Reads the file's lines; the first thing that is wrong stays in `fault`.
class Reader {
 public:
  AcceptedCells cells(const Value& object) {
    AcceptedCells result;
    const Value* list = object.get("cells");
    if (list == nullptr || !list->is_object()) {
      fail("has no object \"cells\"");
      return result;
    }
    for (const auto& [column, name] : *list->object()) {
      const std::optional<CellState> state = cell_state_from(name.text());
      if (!state) fail("has the unknown state " + golden::shown(name));
      result[column] = state.value_or(CellState::kMatch);
    }
    return result;
  }
  void fields(const Value& object, const AcceptedCells& cells, AcceptedFeature& feature) {
    const Value* list = object.get("fields");
    if (list == nullptr) return;
    if (!list->is_array()) return fail("has \"fields\" that are no list");
    for (const Value& name : *list->array()) {
      if (!name.is_string()) return fail("has a field that is no text");
      if (!feature.fields.emplace(*name.string(), cells).second) {
        return fail("has the field " + golden::shown(name) + " twice");
      }
    }
  }
  AcceptedFeature feature(const Value& object) {
    AcceptedFeature feature;
    feature.cells = cells(object);
    fields(object, feature.cells, feature);
    if (const Value* groups = object.get("other"); groups != nullptr && groups->is_array()) {
      for (const Value& group : *groups->array()) fields(group, cells(group), feature);
    }
    return feature;
  }
  SessionLeaves leaves(const Value& object) {
    const Value* list = object.get("leaves");
    SessionLeaves leaves;
    if (list == nullptr || !list->is_array() || list->array()->size() != 3) {
      fail("has no list \"leaves\" of three numbers");
      return leaves;
    }
    std::size_t next = 0;
    for (std::size_t* count : {&leaves.compared, &leaves.masked, &leaves.not_observed}) {
      const std::int64_t number = (*list->array())[next++].as_int64().value_or(-1);
      if (number < 0) fail("has \"leaves\" that are no numbers");
      *count = static_cast<std::size_t>(std::max<std::int64_t>(number, 0));
    }
    return leaves;
  }
  void fail(std::string what) {
    if (fault.empty()) fault = std::move(what);
  }

  std::string fault;
};

}  // namespace

Result<AcceptedMatrix> AcceptedMatrix::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{.message = "cannot be read", .file = path};
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse(text, path);
}

Result<AcceptedMatrix> AcceptedMatrix::parse(std::string_view text, const std::string& file) {
  AcceptedMatrix result;
  std::size_t number = 0;
  const auto bad = [&](const std::string& what) {
    return Error{.message = what, .file = file, .line = number, .hint = kMend};
  };
  bool has_footer = false;
  std::string hashed;
  std::string last;
  std::string last_session;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad("the file is cut: its last line has no end");
    const std::string_view one = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    if (has_footer) return bad("something stands after the footer");
    const json::ParseResult parsed = json::parse(one.substr(0, end));
    if (!parsed) return bad(parsed.error().text());
    const Result<Value> decoded = golden::decode(parsed.value());
    if (!decoded) return bad(decoded.error().message);
    const Value& value = decoded.value();
    if (number == 1) {
      const Value* form = value.get("matrix");
      const Value* columns = value.get("columns");
      if (form == nullptr || form->as_int64() != 1) return bad("is no accepted matrix of form 1");
      if (columns == nullptr || !columns->is_array()) return bad("the header has no \"columns\"");
      for (const Value& column : *columns->array()) result.columns_.emplace_back(column.text());
    } else if (const Value* id = value.get("id"); id != nullptr) {
      Reader reader;
      AcceptedFeature feature = reader.feature(value);
      if (id->text() <= last) reader.fail("does not stand in its order, or twice");
      if (!reader.fault.empty()) return bad("the feature " + golden::shown(*id) + " " + reader.fault);
      last = id->text();
      result.features_.emplace(last, std::move(feature));
      hashed += one;
    } else if (const Value* session = value.get("session"); session != nullptr) {
      Reader reader;
      const SessionLeaves leaves = reader.leaves(value);
      if (session->text() <= last_session) reader.fail("does not stand in its order, or twice");
      if (!reader.fault.empty()) {
        return bad("the session " + golden::shown(*session) + " " + reader.fault);
      }
      last_session = session->text();
      result.leaves_.emplace(last_session, leaves);
      hashed += one;
    } else if (const Value* count = value.get("features"); count != nullptr) {
      has_footer = true;
      if (count->as_int64() != static_cast<std::int64_t>(result.features_.size())) {
        return bad("the footer tells another number of features than there are");
      }
      const Value* digest = value.get("sha256");
      if (digest == nullptr || digest->text() != harness::sha256_hex(hashed)) {
        return bad("the file was edited: its lines are not those that the footer was made of");
      }
    } else {
      return bad("neither a feature nor the footer");
    }
  }
  if (!has_footer) return bad(number == 0 ? "the file is empty" : "the file is cut: it has no footer");
  return result;
}

AcceptedMatrix AcceptedMatrix::of(const ParityMatrix& matrix, const AcceptedMatrix& before) {
  AcceptedMatrix result;
  std::set<std::string> columns(before.columns_.begin(), before.columns_.end());
  std::set<std::string_view> subjects;
  std::set<std::string> present;
  for (const Feature& feature : matrix.features) {
    for (const auto& [column, cell] : feature.cells) present.insert(column);
  }
  columns.insert(present.begin(), present.end());
  for (const Feature& feature : matrix.features) {
    subjects.insert(subject_of(feature.id));
    AcceptedFeature& accepted = result.features_[feature.id];
    const auto old = before.features_.find(feature.id);
    const auto take = [&](const Cells& cells, const AcceptedCells* was) {
      AcceptedCells taken;
      if (was != nullptr) {
        for (const auto& [column, state] : *was) {
          if (cells.contains(column) || !present.contains(column)) taken[column] = state;
        }
      }
      for (const auto& [column, cell] : cells) {
        if (cell.state != CellState::kUnavailable) taken[column] = cell.state;
      }
      return taken;
    };
    accepted.cells =
        take(feature.cells, old == before.features_.end() ? nullptr : &old->second.cells);
    for (const FeatureField& field : feature.fields) {
      const AcceptedCells* was = nullptr;
      if (old != before.features_.end()) {
        const auto found = old->second.fields.find(field.name);
        if (found != old->second.fields.end()) was = &found->second;
      }
      accepted.fields[field.name] = take(field.cells, was);
    }
  }
  result.leaves_ = matrix.leaves.empty() ? before.leaves_ : matrix.leaves;
  // What this run could not tell anything about stays.
  for (const auto& [id, feature] : before.features_) {
    if (!subjects.contains(subject_of(id))) result.features_.emplace(id, feature);
  }
  result.columns_.assign(columns.begin(), columns.end());
  std::stable_partition(result.columns_.begin(), result.columns_.end(),
                        [](const std::string& name) { return name == "cpp"; });
  return result;
}

std::string AcceptedMatrix::print() const {
  Array columns;
  for (const std::string& column : columns_) columns.push_back(column);
  std::string text;
  for (const auto& [id, feature] : features_) text += feature_line(id, feature);
  for (const auto& [session, leaves] : leaves_) text += leaves_line(session, leaves);
  const std::string digest = harness::sha256_hex(text);
  return line(Object{{"matrix", 1}, {"columns", std::move(columns)}}) + text +
         line(Object{{"features", static_cast<std::uint64_t>(features_.size())},
                     {"sha256", digest}});
}

golden::Status AcceptedMatrix::write(golden::Files& files, const std::string& path) const {
  const std::string fresh = path + ".new";
  const std::size_t slash = path.rfind('/');
  golden::Status status = files.remove(fresh);
  if (!status) status = files.write_new(fresh, print());
  if (!status) status = files.rename(fresh, path);
  if (!status) status = files.sync_folder(slash == std::string::npos ? "." : path.substr(0, slash));
  return status;
}

bool AcceptedMatrix::has_column(const std::string& name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

namespace {

// Tells what is better and what is worse, of one feature.
class Comparer {
 public:
  Comparer(ParityMatrix& matrix, const std::set<std::string>& judged)
      : matrix_(matrix), judged_(judged) {}

  void gone(const std::string& id, const std::string& field, const AcceptedCells& was) {
    if (std::none_of(was.begin(), was.end(),
                     [&](const auto& cell) { return judged_.contains(cell.first); })) {
      return;
    }
    matrix_.regressions.push_back(
        {.feature = id, .field = field, .column = "", .was = worst(was), .now = "gone"});
  }
  void fresh(const std::string& id, const std::string& field, const Cells& cells) {
    AcceptedCells now;
    for (const auto& [column, cell] : cells) now[column] = cell.state;
    matrix_.improvements.push_back(
        {.feature = id, .field = field, .column = "", .was = "absent", .now = worst(now)});
  }
  void cells(const std::string& id, const std::string& field, const AcceptedCells& was,
             const Cells& now) {
    for (const auto& [column, state] : was) {
      if (!judged_.contains(column)) continue;
      const auto found = now.find(column);
      if (found == now.end()) {
        matrix_.regressions.push_back({.feature = id,
                                       .field = field,
                                       .column = column,
                                       .was = cell_state_name(state),
                                       .now = "gone"});
      } else if (found->second.state != state) {
        (found->second.state > state ? matrix_.regressions : matrix_.improvements)
            .push_back({.feature = id,
                        .field = field,
                        .column = column,
                        .was = cell_state_name(state),
                        .now = cell_state_name(found->second.state)});
      }
    }
  }

 private:
  static std::string worst(const AcceptedCells& cells) {
    CellState state = CellState::kMatch;
    for (const auto& [column, each] : cells) state = std::max(state, each);
    return cell_state_name(state);
  }
  ParityMatrix& matrix_;
  const std::set<std::string>& judged_;
};

std::string share(std::size_t part, const SessionLeaves& leaves) {
  return std::to_string(part) + " of " + std::to_string(leaves.all());
}

void compare_leaves(const std::map<std::string, SessionLeaves>& accepted, ParityMatrix& matrix) {
  if (accepted.empty()) return;  // nothing is accepted yet
  for (const auto& each : matrix.leaves) {
    // Not by a structured binding, which a lambda cannot capture everywhere.
    const std::string& session = each.first;
    const SessionLeaves& now = each.second;
    const auto was = accepted.find(session);
    const auto tell = [&](const char* field, std::size_t then, std::size_t today) {
      if (was == accepted.end()) {
        if (today == 0) return;
        matrix.improvements.push_back({.feature = "session " + session, .field = field,
                                       .column = "", .was = "absent", .now = share(today, now)});
      } else if (today * was->second.all() > then * now.all()) {
        matrix.regressions.push_back({.feature = "session " + session, .field = field,
                                      .column = "", .was = share(then, was->second),
                                      .now = share(today, now)});
      }
    };
    const SessionLeaves then = was == accepted.end() ? SessionLeaves() : was->second;
    tell("masked leaves", then.masked, now.masked);
    tell("unseen leaves", then.not_observed, now.not_observed);
  }
}

}  // namespace

void AcceptedMatrix::compare(ParityMatrix& matrix, const std::vector<Column>& judged) const {
  if (columns_.empty()) return;  // nothing is accepted yet
  compare_leaves(leaves_, matrix);
  std::set<std::string> columns;
  std::set<std::string_view> subjects;
  for (const Column& column : judged) {
    if (has_column(column.name)) columns.insert(column.name);
    if (!column.further) subjects.insert(column.subject);
  }
  Comparer compare(matrix, columns);
  std::map<std::string_view, const Feature*> now;
  for (const Feature& feature : matrix.features) now.emplace(feature.id, &feature);
  for (const auto& [id, was] : features_) {
    if (!subjects.contains(subject_of(id))) continue;
    const auto found = now.find(id);
    if (found == now.end()) {
      compare.gone(id, "", was.cells);
      continue;
    }
    const Feature& feature = *found->second;
    compare.cells(id, "", was.cells, feature.cells);
    std::map<std::string_view, const FeatureField*> fields;
    for (const FeatureField& field : feature.fields) fields.emplace(field.name, &field);
    for (const auto& [name, cells] : was.fields) {
      const auto field = fields.find(name);
      if (field == fields.end()) {
        compare.gone(id, name, cells);
      } else {
        compare.cells(id, name, cells, field->second->cells);
      }
    }
    for (const FeatureField& field : feature.fields) {
      if (!was.fields.contains(field.name)) compare.fresh(id, field.name, field.cells);
    }
  }
  for (const Feature& feature : matrix.features) {
    if (!features_.contains(feature.id)) compare.fresh(feature.id, "", feature.cells);
  }
}

}  // namespace codex::matrix
