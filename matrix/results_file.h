// results.jsonl: what a run found, in a form that is read back. One shard's run or a whole one;
// `merge` makes of several what one run would have made.
//
// JSON lines, values encoded as json_text.h says: a header, the places that coverage has (once each,
// sessions name them by number), a line a session by name, a footer that tells how many sessions
// there are and the digest of all lines before, so that a file that was cut is an error.
//   {"results":1,"tool":…,"rules":…,"shard":"2/8","inputs":{…},"run":{…},"columns":[…],…}
//   {"shapes":[[CHANNEL,NAME,PATH],…]}
//   {"session":…,"subjects":{…},"judgement":{…},"coverage":{COLUMN:[[SHAPE,COUNT,…],…]},…}
//   {"sessions":N,"sha256":…}
#ifndef MATRIX_RESULTS_FILE_H_
#define MATRIX_RESULTS_FILE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/result.h"
#include "matrix/report.h"
#include "matrix/shard.h"

namespace codex::matrix {

struct ShardResults {
  Shard shard;
  // What every shard of one run must have read alike, name → digest: "corpus" (names and bytes of
  // all tapes, not only the shard's), "goldens", "known differences".
  std::map<std::string, std::string> inputs;
  // All sessions of the corpus, by name: those of other shards too, and those that this shard
  // could not read.
  std::vector<std::string> corpus;
  // The corpus is this project's own: known differences that match no tape are stale, and the
  // accepted matrix judges.
  bool covers_corpus = false;
  // Sessions of the shard, the run's facts, columns, inventories and what could not be read. What
  // assemble() makes of it (night, stale_entries, totals) is empty.
  Report report;
  std::string file;  // where it was read from, for messages; not in the file
};

std::string print_results(const ShardResults& results);

// `file` is for messages. Errors name the line, what is wrong (cut, edited, another format), and
// what to do. The result prints as the same text again.
harness::Result<ShardResults> parse_results(std::string_view text, const std::string& file);

}  // namespace codex::matrix

#endif  // MATRIX_RESULTS_FILE_H_
