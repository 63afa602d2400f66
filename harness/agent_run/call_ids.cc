#include "harness/agent_run/call_ids.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
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
json::Value normalized(const std::string& arguments) {
  json::ParseResult parsed = json::parse(arguments);
  if (!parsed || !sort_keys(parsed.value())) return arguments;
  return std::move(parsed.value());
}

// _fingerprint encodes this, with a digest for the dots; the type follows the arguments.
constexpr std::string_view kBeforeArguments = R"({"approval_scope":"","arguments":)";
constexpr std::size_t kDigest = 64;

// Where a surrogate is escaped in a JSON text: how it is written there, "\\ud800"; else empty.
std::string_view surrogate_at(std::string_view text, std::size_t at) {
  const bool is_one = text.size() >= at + 6 && text.substr(at, 3) == "\\ud" && text[at + 3] >= '8';
  return is_one ? text.substr(at, 6) : std::string_view();
}

// What str.encode("utf-8") raises of the text that the fingerprint is made of, in which surrogates
// stand as themselves; `arguments` has them escaped, and characters as themselves.
std::optional<telemetry::ClientError> encode_error(std::string_view arguments) {
  std::size_t position = kBeforeArguments.size() + kDigest;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string_view surrogate = surrogate_at(arguments, at);
    if (!surrogate.empty()) {
      std::size_t more = 0;  // the error is of the whole run
      while (!surrogate_at(arguments, at + 6 * (more + 1)).empty()) ++more;
      const std::string place = std::to_string(position);
      const std::string what =
          more == 0 ? "character '" + std::string(surrogate) + "' in position " + place
                    : "characters in position " + place + "-" + std::to_string(position + more);
      return telemetry::ClientError{
          "UnicodeEncodeError", "'utf-8' codec can't encode " + what + ": surrogates not allowed"};
    }
    if ((static_cast<unsigned char>(arguments[at]) & 0xC0U) != 0x80) ++position;
    // What is escaped otherwise may be a backslash.
    if (arguments[at] == '\\') ++at, ++position;
  }
  return std::nullopt;
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
    std::string called = json::dump(normalized(call.arguments), json::kCompactUnicode);
    if (auto error = encode_error(called)) return *std::move(error);
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
