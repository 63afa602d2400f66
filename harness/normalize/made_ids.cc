#include "harness/normalize/made_ids.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace codex::harness {
namespace {

struct Form {
  std::string_view kind;
  std::string_view prefix;
  std::size_t digits;  // hexadecimal, lower case
};
// openai-agents: agents/tracing/provider.py, gen_trace_id, gen_span_id, gen_group_id.
constexpr Form kTrace{"trace", "trace_", 32};
constexpr Form kSpan{"span", "span_", 24};
constexpr Form kGroup{"group", "group_", 24};

bool has_form(std::string_view id, const Form& form) {
  if (!id.starts_with(form.prefix)) return false;
  const std::string_view digits = id.substr(form.prefix.size());
  return digits.size() == form.digits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::set<std::string, std::less<>> given_ids(const json::Value& driver) {
  std::set<std::string, std::less<>> given;
  const json::Value* config = driver.get("run_config");
  for (const char* key : {"trace_id", "group_id"}) {
    const json::Value* id = config == nullptr ? nullptr : config->get(key);
    if (id != nullptr && id->is_string()) given.insert(*id->string());
  }
  return given;
}

}  // namespace

void add_made_ids(const SpanForest& forest, const std::vector<Observation>& lines,
                  const json::Value& driver, Identities& identities) {
  const std::set<std::string, std::less<>> given = given_ids(driver);
  const auto add = [&](const std::vector<std::string>& ids, const Form& form) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (given.contains(ids[i]) || !has_form(ids[i], form)) continue;
      identities.add(form.kind, ids[i], i + 1);
    }
  };
  add(forest.traces, kTrace);
  add(forest.spans, kSpan);
  add(forest.groups, kGroup);
  for (const Observation& line : lines) {
    if (line.channel() != "wire") continue;
    const json::Value* id = line.data.get("id");
    if (id == nullptr || line.data.get("method") == nullptr) continue;
    identities.add("client-request", id->text());
  }
}

}  // namespace codex::harness
