#include "golden/cause.h"

#include <algorithm>
#include <string_view>

#include "golden/json_text.h"
#include "harness/model/sha256.h"

namespace codex::golden {
namespace {

constexpr std::size_t kIdDigits = 8;

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string lane_kind(const std::string& lane) { return lane.substr(0, lane.find(':')); }

bool is_span(const std::string& lane) { return lane.starts_with("span/"); }

// The path below the export of a span, whether of its start or its end; else as it is.
std::string_view below_export(std::string_view path) {
  for (const std::string_view exported : {"/data/start/", "/data/end/"}) {
    if (path.starts_with(exported)) return path.substr(exported.size() - 1);
  }
  return path;
}

std::string pattern_of(std::string_view path) {
  std::string pattern;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    pattern += '/';
    pattern += is_number(segment) ? std::string_view("*") : segment;
    path.remove_prefix(end);
  }
  return pattern;
}

std::string change_of(const Difference& difference) {
  const std::string thing = difference.path.empty() ? "observation" : "value";
  if (difference.key_order) return "keys in another order";
  if (!difference.expected) return "new " + thing;
  if (!difference.actual) return thing + " gone";
  return shown(*difference.expected) + " → " + shown(*difference.actual);
}

Cause made(std::string where, std::string what) {
  Cause cause{.id = "c" + harness::sha256_hex(where + '\n' + what).substr(0, kIdDigits),
              .where = std::move(where),
              .what = std::move(what)};
  return cause;
}

}  // namespace

Cause cause_of(const Difference& difference) {
  std::string where = lane_kind(difference.lane) + ' ' + difference.name;
  if (!difference.path.empty()) {
    const std::string_view path = difference.path;
    const std::string_view below = is_span(difference.lane) ? below_export(path) : path;
    where += below.size() < path.size() ? " /data/*" : " ";
    where += pattern_of(below);
  }
  return made(std::move(where), change_of(difference));
}

Cause new_session() { return made("session", "no golden yet"); }

Cause new_provenance() {
  return made("header", "the tape, its driver, the rules or the client's version; no observation");
}

Cause could_not_run(const std::string& subject, const std::string& reason) {
  return made("subject " + subject, "could not run: " + reason);
}

Cause stale_known_difference(const std::string& id) {
  return made("known difference " + id, "does not occur any more");
}

}  // namespace codex::golden
