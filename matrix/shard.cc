#include "matrix/shard.h"

#include <charconv>
#include <vector>

#include "harness/model/sha256.h"

namespace codex::matrix {
namespace {

using harness::Error;
using harness::Result;

// Beyond any engine's limits; keeps products of it far from overflow.
constexpr std::size_t kMostShards = 1000000;

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kMostShards) {
    return std::nullopt;
  }
  return value;
}

struct Claim {
  ShardSource source;
  std::string words;  // "TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=8"
};

// The variables of one engine, read as numbers.
class Variables {
 public:
  Variables(std::string engine, const Environment& environment)
      : engine_(std::move(engine)), environment_(environment) {}

  bool has(const char* name) const { return environment_(name).has_value(); }

  // Notes an error where it is missing or no number.
  std::size_t get(const char* name, const char* hint) {
    const std::optional<std::string> text = environment_(name);
    if (!text) {
      fail(std::string(name) + " is not set", hint);
      return 0;
    }
    words_ += (words_.empty() ? "" : " ") + std::string(name) + "=" + *text;
    const std::optional<std::size_t> value = number(*text);
    if (!value) fail(std::string(name) + "=" + *text + " is no number of shards", hint);
    return value.value_or(0);
  }
  std::size_t get_or(const char* name, std::size_t fallback, const char* hint) {
    return has(name) ? get(name, hint) : fallback;
  }
  void fail(const std::string& message, const char* hint) {
    if (!error_) error_ = Error{engine_ + ": " + message, "", 0, hint};
  }

  // `index` is 0-based.
  Result<Claim> claim(std::size_t index, std::size_t count, const char* hint) {
    if (!error_ && index >= count) {
      fail("part " + std::to_string(index + 1) + " of " + std::to_string(count) + " does not exist (" +
               words_ + ")",
           hint);
    }
    if (error_) return *error_;
    return Claim{{{index + 1, count}, engine_, ""}, words_};
  }

 private:
  std::string engine_;
  const Environment& environment_;
  std::string words_;
  std::optional<Error> error_;
};

Result<Claim> slurm(const Environment& environment) {
  constexpr const char* kHint = "submit it with --array=0-7 or another whole range";
  Variables variables("Slurm", environment);
  const std::size_t id = variables.get("SLURM_ARRAY_TASK_ID", kHint);
  const std::size_t count = variables.get("SLURM_ARRAY_TASK_COUNT", kHint);
  const std::size_t first = variables.get("SLURM_ARRAY_TASK_MIN", kHint);
  const std::size_t step = variables.get_or("SLURM_ARRAY_TASK_STEP", 1, kHint);
  // A list such as 1,2,7 has numbers that are no places in it.
  const bool is_range = step > 0 && id >= first && (id - first) % step == 0;
  if (!is_range) variables.fail("the array is no range", kHint);
  if (is_range && variables.has("SLURM_ARRAY_TASK_MAX")) {
    const std::size_t last = variables.get("SLURM_ARRAY_TASK_MAX", kHint);
    if (last < first || (last - first) / step + 1 != count) {
      variables.fail("the array is no range", kHint);
    }
  }
  return variables.claim(is_range ? (id - first) / step : 0, count, kHint);
}

Result<Claim> kubernetes(const Environment& environment) {
  constexpr const char* kHint =
      "an Indexed Job sets JOB_COMPLETION_INDEX; set CTD_SHARDS to its `completions`";
  Variables variables("Kubernetes", environment);
  const std::size_t index = variables.get("JOB_COMPLETION_INDEX", kHint);
  const std::size_t count = variables.get("CTD_SHARDS", kHint);
  return variables.claim(index, count, kHint);
}

Result<Claim> bazel(const Environment& environment) {
  constexpr const char* kHint = "Bazel sets both where a test has a shard_count";
  Variables variables("Bazel", environment);
  const std::size_t index = variables.get("TEST_SHARD_INDEX", kHint);
  const std::size_t count = variables.get("TEST_TOTAL_SHARDS", kHint);
  // So Bazel says that a test is not sharded.
  if (index == 0 && count == 0) return variables.claim(0, 1, kHint);
  Result<Claim> claim = variables.claim(index, count, kHint);
  if (claim) claim->source.status_file = environment("TEST_SHARD_STATUS_FILE").value_or("");
  return claim;
}

bool any_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (environment(name)) return true;
  }
  return false;
}

}  // namespace

std::string Shard::text() const { return std::to_string(number) + "/" + std::to_string(count); }

std::size_t shard_of(std::string_view session, std::size_t count) {
  std::size_t best = 1;
  std::string greatest;
  for (std::size_t shard = 1; shard <= count; ++shard) {
    std::string hash = harness::sha256_hex(std::to_string(shard) + "/" + std::string(session));
    if (hash > greatest) {
      greatest = std::move(hash);
      best = shard;
    }
  }
  return best;
}

bool contains(const Shard& shard, std::string_view session) {
  return shard.count == 1 || shard_of(session, shard.count) == shard.number;
}

Result<Shard> parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const auto shard = number(std::string_view(text).substr(0, slash));
    const auto count = number(std::string_view(text).substr(slash + 1));
    if (shard && count && *shard >= 1 && *shard <= *count) return Shard{*shard, *count};
  }
  return Error{"`" + text + "` is no shard", "", 0, "K/N with K from 1 to N, such as 2/8"};
}

Result<ShardSource> find_shard(const std::string& given, const Environment& environment) {
  std::vector<Claim> claims;
  if (!given.empty()) {
    const auto shard = parse_shard(given);
    if (!shard) return shard.error();
    claims.push_back({{shard.value(), "--shard", ""}, "--shard " + given});
  }
  const auto add = [&](const Result<Claim>& claim) -> std::optional<Error> {
    if (!claim) return claim.error();
    claims.push_back(claim.value());
    return std::nullopt;
  };
  std::optional<Error> error;
  if (any_set(environment, {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"})) {
    error = add(slurm(environment));
  }
  if (!error && any_set(environment, {"JOB_COMPLETION_INDEX", "CTD_SHARDS"})) {
    error = add(kubernetes(environment));
  }
  if (!error && any_set(environment, {"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS"})) {
    error = add(bazel(environment));
  }
  if (error) return *error;
  if (claims.empty()) return ShardSource{};
  ShardSource source = claims.front().source;
  for (const Claim& claim : claims) {
    if (claim.source.shard != source.shard) {
      return Error{claims.front().words + " and " + claim.words + " are two different parts (" +
                       source.shard.text() + " and " + claim.source.shard.text() + ")",
                   "", 0, "leave one of them out"};
    }
    if (!claim.source.status_file.empty()) source.status_file = claim.source.status_file;
  }
  return source;
}

}  // namespace codex::matrix
