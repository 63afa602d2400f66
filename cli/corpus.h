// The corpus of a night: every tape, what cannot be read told apart from the rest.
#ifndef CLI_CORPUS_H_
#define CLI_CORPUS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/session_job.h"
#include "harness/model/result.h"
#include "harness/tape/tape.h"
#include "matrix/shard.h"

namespace codex::cli {

struct Corpus {
  std::optional<harness::Error> error;      // there is none: exit 2
  std::vector<std::string> sessions;        // all of them, by name
  std::vector<harness::Tape> tapes;         // of the shard, those that can be read
  std::vector<harness::Error> unreadable;   // of the shard
  std::map<std::string, std::string> digests;  // ShardResults::inputs
};
Corpus read_corpus(const JobOptions& options, const matrix::Shard& shard);

}  // namespace codex::cli

#endif  // CLI_CORPUS_H_
