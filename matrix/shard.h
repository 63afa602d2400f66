// A part of a corpus, for engines that run several parts at once.
#ifndef MATRIX_SHARD_H_
#define MATRIX_SHARD_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/result.h"

namespace codex::matrix {

struct Shard {
  std::size_t number = 1;  // 1 to count
  std::size_t count = 1;
  std::string text() const;  // "2/8"
  bool operator==(const Shard&) const = default;
};

// Of a session, by its name alone: the shard whose number gives the greatest hash with the name
// (rendezvous hashing, SHA-256). So a session that is added moves no other, and one more shard
// takes from each of the others only what is its own then. Pure, the same everywhere.
std::size_t shard_of(std::string_view session, std::size_t count);
bool contains(const Shard& shard, std::string_view session);

// "2/8". Errors say what is wrong with the text.
harness::Result<Shard> parse_shard(const std::string& text);

// Variable's value, or nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// Which part this process is to run, and who said so ("--shard", "Slurm", "Bazel", …).
struct ShardSource {
  Shard shard;
  std::string source;       // empty: nobody, all of it
  std::string status_file;  // Bazel's TEST_SHARD_STATUS_FILE, to be touched; or empty
};

// `given` is --shard's text, or empty. Else the variables of engines decide:
//   Slurm       SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT, SLURM_ARRAY_TASK_MIN, …_STEP
//   Kubernetes  JOB_COMPLETION_INDEX, and CTD_SHARDS with the job's `completions`
//   Bazel       TEST_SHARD_INDEX, TEST_TOTAL_SHARDS
// Two that mean different parts, or one with half its variables, are an error (exit 2), so that
// no part is run twice and another never.
harness::Result<ShardSource> find_shard(const std::string& given, const Environment& environment);

}  // namespace codex::matrix

#endif  // MATRIX_SHARD_H_
