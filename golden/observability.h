// What a subject can let its user see: declared data (harness/data/subjects.json), not code.
//
// A declaration never excuses a value that is there: it only says of something that the reference
// subject lacks that it could not have had it.
#ifndef GOLDEN_OBSERVABILITY_H_
#define GOLDEN_OBSERVABILITY_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::golden {

// Of the objects at `at` in observations of `channel` and `name`, the subject shows the keys
// `keys` only (kOnly), or everything but them (kDrop). Where several entries apply to an object,
// one kDrop, or all kOnly, hide a key.
struct FieldRule {
  enum class Mode { kOnly, kDrop };
  std::string channel;
  std::string name;                                       // glob
  std::vector<std::string> at;                            // path segments; "*" is any one
  std::vector<std::pair<std::string, json::Value>> when;  // members that the object must have
  Mode mode = Mode::kOnly;
  std::vector<std::string> keys;
};

class Observability {
 public:
  // Declares everything.
  Observability() = default;

  // Can the subject let its user see this lane at all?
  bool declares_lane(std::string_view lane) const;
  // Can it show an observation of that name on the channel?
  bool shows(std::string_view channel, std::string_view name) const;
  // The entries that concern such observations. Valid as long as this object.
  std::vector<const FieldRule*> fields(std::string_view channel, std::string_view name) const;

  // From the subject's entry in the data file.
  static harness::Result<Observability> from_json(const json::Value& subject);

 private:
  std::vector<std::string> lanes_ = {"*"};                              // globs
  std::map<std::string, std::vector<std::string>, std::less<>> names_;  // channel → globs
  std::vector<FieldRule> fields_;
};

// Subject name → what it declares. Errors name the file and the entry.
using Subjects = std::map<std::string, Observability, std::less<>>;
harness::Result<Subjects> load_subjects(const std::string& path);
harness::Result<Subjects> parse_subjects(std::string_view text, const std::string& file);

// Which of `fields` apply to the object at `path`. `actual` or `reference` is null where that side
// has no object here; `when` must hold on every side that has one: of an item whose type is wrong
// nothing is excused.
std::vector<const FieldRule*> applicable(std::span<const FieldRule* const> fields,
                                         std::span<const std::string> path,
                                         const json::Object* actual, const json::Object* reference);
bool hides(std::span<const FieldRule* const> applicable, std::string_view key);

}  // namespace codex::golden

#endif  // GOLDEN_OBSERVABILITY_H_
