#include "harness/agent_run/call_ids.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "codex/telemetry/json.h"

namespace codex::harness {
namespace {

constexpr const char* kModelBehavior = "agents.exceptions.ModelBehaviorError";

// False where Python's json would be told to refuse a constant: NaN, Infinity.
bool sort_keys(json::Value& value) {
  if (const double* real = value.real()) return std::isfinite(*real);
  if (json::Array* array = value.array()) {
    return std::all_of(array->begin(), array->end(), [](json::Value& each) { return sort_keys(each); });
  }
  json::Object* object = value.object();
  if (object == nullptr) return true;
  std::vector<json::Object::Member> members(object->begin(), object->end());
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  json::Object sorted;
  bool finite = true;
  for (auto& [key, each] : members) {
    finite = sort_keys(each) && finite;
    sorted.append(std::move(key), std::move(each));
  }
  *object = std::move(sorted);
  return finite;
}

// Two texts that say the same are the same call (_normalize_arguments).
std::string normalized(const std::string& arguments) {
  json::ParseResult parsed = json::parse(arguments);
  if (!parsed || !sort_keys(parsed.value())) return "text " + arguments;
  return "json " + json::dump(parsed.value());
}

telemetry::ClientError reused(const char* which, const char* where) {
  return {kModelBehavior, std::string("Model reused a ") + which +
                              "tool call ID for a different invocation" + where +
                              ". Use a unique call ID for each tool invocation."};
}

}  // namespace

CallIds::Checked CallIds::check(const std::vector<Call>& calls) {
  std::map<std::string, std::string> here;
  std::vector<bool> fresh;
  for (const Call& call : calls) {
    if (call.id.empty()) {
      return telemetry::ClientError{
          kModelBehavior, "Tool invocations require a non-empty string call ID before execution."};
    }
    std::string called = normalized(call.arguments);
    const auto before = seen_.find(call.id);
    if (before != seen_.end() && before->second != called) return reused("completed ", "");
    const auto beside = here.find(call.id);
    if (beside != here.end() && beside->second != called) return reused("", " in one response");
    fresh.push_back(before == seen_.end() && beside == here.end());
    here.emplace(call.id, std::move(called));
  }
  seen_.merge(here);
  return fresh;
}

}  // namespace codex::harness
