// Differences that are known and accepted (matrix/known_differences.jsonl): one entry a line, with
// its exact difference, a reason and a link. Checked both ways: an entry takes out exactly its
// difference, and one whose difference does not occur any more is stale.
#ifndef MATRIX_KNOWN_DIFFERENCES_H_
#define MATRIX_KNOWN_DIFFERENCES_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/verdict.h"
#include "harness/model/result.h"

namespace codex::matrix {

struct KnownDifference {
  std::size_t line = 0;
  std::string id;
  std::string session;              // glob
  std::string lane;                 // glob
  std::optional<std::string> name;  // of the observation; absent: any
  std::string path;
  std::optional<json::Value> expected;  // absent: that side has no value there
  std::optional<json::Value> actual;
  std::string reason;
  std::string link;
  std::optional<std::string> expires;  // "YYYY-MM-DD", the last day on which the entry holds
};

class KnownDifferences final : public golden::Known {
 public:
  KnownDifferences() = default;  // nothing is known

  // `today` is "YYYY-MM-DD". Errors (exit 2) name file and line: an entry that cannot be read, has
  // no id, reason or link, an id twice, has expired, or two entries for one difference.
  static harness::Result<KnownDifferences> load(const std::string& path, const std::string& today);
  static harness::Result<KnownDifferences> parse(std::string_view text, const std::string& file,
                                                 const std::string& today);

  std::optional<std::string> find(const std::string& session,
                                  const golden::Difference& difference) const override;
  std::vector<golden::StaleEntry> missing(const std::string& session,
                                          const std::set<std::string>& occurred) const override;
  // Entries whose session pattern matches none of `sessions`, the whole corpus.
  std::vector<golden::StaleEntry> unmatched(const std::vector<std::string>& sessions) const;

  const std::vector<KnownDifference>& entries() const { return entries_; }

 private:
  std::string file_;
  std::vector<KnownDifference> entries_;
};

}  // namespace codex::matrix

#endif  // MATRIX_KNOWN_DIFFERENCES_H_
