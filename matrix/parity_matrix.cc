#include "matrix/parity_matrix.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>

#include "matrix/accepted.h"
#include "matrix/place_index.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::Coverage;
using golden::ShapeTally;

constexpr std::size_t kMostEvidence = 8;
constexpr const char* kCpp = "cpp";

CellState state_of(const ShapeTally& tally) {
  if (tally.differing > 0) return CellState::kDiffers;
  if (tally.known > 0) return CellState::kKnownDifference;
  if (tally.compared + tally.masked > 0) return CellState::kMatch;
  return tally.not_observed > 0 ? CellState::kNotObserved : CellState::kNotExercised;
}

// The client that a session is about, or empty where only cpp ran.
std::string subject_of(const SessionReport& session) {
  for (const auto& [name, each] : session.subjects) {
    if (name != kCpp) return name;
  }
  for (const auto& [name, each] : session.coverage) {
    if (name != kCpp) return name;
  }
  return "";
}

// What sessions showed at one cell's places.
struct Shown {
  ShapeTally tally;
  std::map<std::string, ShapeTally> sessions;

  Cell cell() const {
    Cell cell;
    cell.state = state_of(tally);
    cell.sessions = sessions.size();
    std::vector<std::pair<int, std::string>> names;  // the worst first, then by name
    for (const auto& [name, each] : sessions)
      names.emplace_back(-static_cast<int>(state_of(each)), name);
    std::sort(names.begin(), names.end());
    for (std::size_t i = 0; i < std::min(names.size(), kMostEvidence); ++i)
      cell.evidence.push_back(names[i].second);
    return cell;
  }
};

// A column's cells of one inventory.
using Showings = std::map<Declared, Shown>;

// Of one subject: what its sessions reach, by column, at what one inventory declares.
class InventorySight {
 public:
  explicit InventorySight(const Inventory& inventory) : inventory_(inventory), index_(inventory) {}

  void see(const std::string& session, const Coverage& coverage, Showings& showings) {
    for (const auto& [shape, tally] : coverage) {
      for (const Declared& declared : index_.at(shape)) {
        Shown& shown = showings[declared];
        shown.tally += tally;
        shown.sessions[session] += tally;
      }
    }
  }
  const Inventory& inventory() const { return inventory_; }

 private:
  const Inventory& inventory_;
  PlaceIndex index_;
};

class MatrixMaker {
 public:
  MatrixMaker(const Report& report, const Areas& areas)
      : report_(report), areas_(areas), columns_(columns_of(report)) {}

  harness::Result<ParityMatrix> make() {
    for (const Column& column : columns_) {
      if (column.subject != kCpp) client(column);
    }
    for (auto& [id, feature] : features_) {
      const std::optional<std::string> area = areas_.area_of(id);
      if (!area) {
        return harness::Error{.message = "the feature " + id + " belongs to no area",
                              .file = "matrix/areas.json",
                              .hint = "add a glob that matches it"};
      }
      feature.feature.area = *area;
      for (auto& [name, field] : feature.fields)
        feature.feature.fields.push_back({.name = name, .cells = std::move(field)});
      result_.features.push_back(std::move(feature.feature));
    }
    sort();
    count();
    places();
    return std::move(result_);
  }

  const std::vector<Column>& columns() const { return columns_; }

 private:
  struct Draft {
    Feature feature;
    std::map<std::string, Cells> fields;
  };

  const Inventory* inventory_of(const Column& column) const {
    const auto found = std::find_if(
        report_.inventories.begin(), report_.inventories.end(), [&](const Inventory& each) {
          return each.subject == column.subject && each.version == column.version;
        });
    return found == report_.inventories.end() ? nullptr : &*found;
  }

  // The rows that this client declares, and their cells: its own, and cpp's beside the client that
  // cpp is compared with.
  void client(const Column& column) {
    const Inventory* inventory = inventory_of(column);
    if (inventory == nullptr) return;
    InventorySight sight(*inventory);
    Showings own;
    Showings cpp;
    for (const SessionReport& session : report_.sessions) {
      const std::string subject = subject_of(session);
      if (!subject.empty() && subject != column.subject) continue;
      if (const Coverage* coverage = coverage_of(session, column)) {
        sight.see(session.session, *coverage, own);
      }
      const auto found = session.coverage.find(kCpp);
      if (!column.further && found != session.coverage.end()) {
        sight.see(session.session, found->second, cpp);
      }
    }
    fill(*inventory, column, own);
    if (column.further) return;
    for (const Column& each : columns_) {
      if (each.subject == kCpp) fill(*inventory, each, cpp);
    }
  }

  static const Coverage* coverage_of(const SessionReport& session, const Column& column) {
    if (column.further) {
      const auto found = session.further.find(column.name);
      return found == session.further.end() ? nullptr : &found->second.coverage;
    }
    const auto found = session.coverage.find(column.name);
    return found == session.coverage.end() ? nullptr : &found->second;
  }

  void fill(const Inventory& inventory, const Column& column, const Showings& showings) {
    const auto cell = [&](const Declared& declared) {
      if (!column.unavailable.empty()) return Cell{.state = CellState::kUnavailable, .sessions = 0, .evidence = {}};
      const auto found = showings.find(declared);
      return found == showings.end() ? Cell() : found->second.cell();
    };
    for (std::size_t i = 0; i < inventory.entries.size(); ++i) {
      const InventoryEntry& entry = inventory.entries[i];
      Draft& draft = features_[entry.id];
      if (draft.feature.id.empty()) {
        draft.feature.id = entry.id;
        draft.feature.kind = entry.kind;
        draft.feature.source = entry.source;
      }
      draft.feature.cells[column.name] = cell({.entry = i});
      for (std::size_t j = 0; j < entry.fields.size(); ++j) {
        draft.fields[entry.fields[j].name][column.name] = cell({.entry = i, .field = j});
      }
    }
  }

  void sort() {
    const std::vector<std::string>& order = areas_.names();
    const auto rank = [&](const Feature& feature) {
      return std::find(order.begin(), order.end(), feature.area) - order.begin();
    };
    std::stable_sort(
        result_.features.begin(), result_.features.end(),
        [&](const Feature& a, const Feature& b) { return rank(a) < rank(b); });
  }

  // The worst of what the first environment's columns reach; nothing where none does.
  std::optional<CellState> judged(const Cells& cells) const {
    std::optional<CellState> worst;
    for (const Column& column : columns_) {
      const auto found = cells.find(column.name);
      if (column.further || found == cells.end() || found->second.sessions == 0) continue;
      worst = worst ? std::max(*worst, found->second.state) : found->second.state;
    }
    return worst;
  }
  bool is_of_first(const Cells& cells) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const Column& column) {
      return !column.further && cells.contains(column.name);
    });
  }

  void count() {
    for (const Feature& feature : result_.features) {
      for (Figures* figures : {&result_.figures[feature.kind], &result_.figures["all"]}) {
        if (is_of_first(feature.cells)) {
          ++figures->entries;
          if (const auto state = judged(feature.cells)) {
            ++figures->exercised;
            if (*state != CellState::kNotObserved) ++figures->compared;
            if (*state == CellState::kMatch) ++figures->matched;
            if (*state == CellState::kKnownDifference) ++figures->known;
          }
        }
        for (const FeatureField& field : feature.fields) {
          if (!is_of_first(field.cells)) continue;
          ++figures->fields;
          const auto state = judged(field.cells);
          if (!state) continue;
          ++figures->fields_exercised;
          if (*state != CellState::kNotObserved) ++figures->fields_compared;
          if (*state == CellState::kMatch) ++figures->fields_matched;
        }
      }
    }
  }

  void places() {
    // Column, and the client that cpp was compared with.
    std::map<std::tuple<std::string, std::string, golden::Shape>, bool> reached;
    for (const SessionReport& session : report_.sessions) {
      for (const auto& [column, coverage] : session.coverage) {
        for (const auto& [shape, tally] : coverage) {
          if (tally.leaves() == tally.driver) continue;
          bool& known = reached[{column, subject_of(session), shape}];
          known = known || tally.known > 0;
        }
      }
    }
    result_.places = reached.size();
    for (const auto& [place, known] : reached)
      result_.places_known += known ? 1 : 0;
  }

  const Report& report_;
  const Areas& areas_;
  std::vector<Column> columns_;
  std::map<std::string, Draft> features_;
  ParityMatrix result_;
};

// Why a column's subject could not run in any of its sessions; empty where it ran in one.
std::string why_unavailable(const Report& report, const Column& column) {
  std::string reason;
  for (const SessionReport& session : report.sessions) {
    const SubjectReport* ran = nullptr;
    if (column.further) {
      const auto found = session.further.find(column.name);
      if (found != session.further.end()) ran = &found->second.subject;
    } else {
      const auto found = session.subjects.find(column.name);
      if (found != session.subjects.end()) ran = &found->second;
    }
    if (ran == nullptr) continue;
    if (ran->outcome != harness::Outcome::kUnavailable) return "";
    if (reason.empty()) reason = ran->reason.empty() ? "unavailable" : ran->reason;
  }
  return reason;
}

}  // namespace

const char* cell_state_name(CellState state) {
  switch (state) {
    case CellState::kMatch: return "match";
    case CellState::kKnownDifference: return "known-difference";
    case CellState::kNotObserved: return "not-observed";
    case CellState::kDiffers: return "differs";
    case CellState::kNotExercised: return "not-exercised";
    case CellState::kUnavailable: return "unavailable";
  }
  return "";
}

std::optional<CellState> cell_state_from(std::string_view name) {
  for (const CellState state : kCellStates) {
    if (name == cell_state_name(state)) return state;
  }
  return std::nullopt;
}

std::vector<Column> columns_of(const Report& report) {
  std::vector<Column> columns = report.columns;
  const auto explain = [&] {
    for (Column& column : columns) {
      if (column.unavailable.empty()) column.unavailable = why_unavailable(report, column);
    }
    return columns;
  };
  if (!columns.empty()) return explain();
  for (const auto& [name, info] : report.subjects) {
    columns.push_back({.name = name,
                       .subject = name,
                       .package = info.package,
                       .version = info.version,
                       .further = false,
                       .unavailable = ""});
  }
  // A client of which there was no session still declares what none reaches.
  for (const Inventory& inventory : report.inventories) {
    if (report.subjects.contains(inventory.subject)) continue;
    columns.push_back({.name = inventory.subject,
                       .subject = inventory.subject,
                       .package = inventory.package,
                       .version = inventory.version,
                       .further = false,
                       .unavailable = ""});
  }
  // cpp first: what is judged, then what it is judged by.
  std::stable_partition(columns.begin(), columns.end(),
                        [](const Column& column) { return column.subject == kCpp; });
  return explain();
}

namespace {

// A difference changes how many leaves there are: what differs is red already.
std::map<std::string, SessionLeaves> leaves_of(const Report& report) {
  std::map<std::string, SessionLeaves> all;
  for (const SessionReport& session : report.sessions) {
    golden::LeafTally sum;
    for (const auto& [lane, tallies] : session.judgement.lanes) sum += tallies.total();
    if (sum.differing > 0 || session.judgement.lanes.empty()) continue;
    all[session.session] = {sum.compared, sum.masked, sum.not_observed};
  }
  return all;
}

}  // namespace

harness::Result<ParityMatrix> compute_matrix(const Report& report, const Areas& areas,
                                             const AcceptedMatrix& accepted, bool whole_corpus) {
  MatrixMaker maker(report, areas);
  harness::Result<ParityMatrix> made = maker.make();
  if (made) made.value().leaves = leaves_of(report);
  if (!made || !whole_corpus) return made;
  std::set<std::string> with_inventory;
  for (const Inventory& inventory : report.inventories) with_inventory.insert(inventory.subject);
  std::vector<Column> judged;
  for (const Column& column : maker.columns()) {
    const bool is_known = column.subject == kCpp || with_inventory.contains(column.subject);
    if (is_known && column.unavailable.empty()) judged.push_back(column);
  }
  accepted.compare(made.value(), judged);
  return made;
}

}  // namespace codex::matrix
