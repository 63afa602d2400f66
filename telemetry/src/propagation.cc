#include "codex/telemetry/propagation.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace codex::telemetry {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kLongMember = 128;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool lower_case(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool key_character(char c) {
  return lower_case(c) || digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
}

bool all_key_characters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), key_character);
}

// "vendor", or "tenant@vendor".
bool valid_key(std::string_view key) {
  const std::size_t at = key.find('@');
  if (at == std::string_view::npos) {
    return !key.empty() && key.size() <= 256 && lower_case(key[0]) && all_key_characters(key);
  }
  const std::string_view tenant = key.substr(0, at);
  const std::string_view vendor = key.substr(at + 1);
  return !tenant.empty() && tenant.size() <= 241 && (lower_case(tenant[0]) || digit(tenant[0])) &&
         all_key_characters(tenant) && !vendor.empty() && vendor.size() <= 14 &&
         lower_case(vendor[0]) && all_key_characters(vendor);
}

// Of a member without the blanks around it.
bool valid_value(std::string_view value) {
  return !value.empty() && value.size() <= 256 &&
         std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

// The members with what stands around them, empty ones too: joined by commas they are the header.
std::vector<std::string_view> members_of(std::string_view header) {
  std::vector<std::string_view> members;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string_view::npos; begin = end + 1) {
    end = header.find(',', begin);
    members.push_back(header.substr(begin, end - begin));
  }
  return members;
}

bool valid_members(const std::vector<std::string_view>& members) {
  std::vector<std::string_view> keys;
  for (const std::string_view member : members) {
    const std::string_view text = trimmed(member);
    if (text.empty()) continue;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || keys.size() == kMaxTraceStateMembers) return false;
    const std::string_view key = text.substr(0, equals);
    if (!valid_key(key) || !valid_value(text.substr(equals + 1))) return false;
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return false;
    keys.push_back(key);
  }
  return !keys.empty();
}

// The digits after `prefix`, where they are exactly as many and not all zero.
std::optional<std::string_view> digits_after(std::string_view id, std::string_view prefix,
                                             std::size_t count) {
  if (id.size() != prefix.size() + count || !id.starts_with(prefix)) return std::nullopt;
  id.remove_prefix(prefix.size());
  if (id.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  return id;
}

bool all_zero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

// Empty for a context that no one could read: a host may have filled it with anything.
std::string sound_traceparent(const TraceContext& context) {
  std::string header = traceparent(context);
  if (!parse_traceparent(header)) header.clear();
  return header;
}

constexpr std::string_view kTracePrefix = "trace_";
constexpr std::string_view kSpanPrefix = "span_";

}  // namespace

std::string bounded_tracestate(std::string_view header) {
  std::vector<std::string_view> members = members_of(header);
  if (!valid_members(members)) return {};
  std::size_t size = header.size();
  for (const bool any : {false, true}) {
    for (std::size_t i = members.size(); size > kMaxTraceStateBytes && i-- > 0;) {
      if (!any && trimmed(members[i]).size() <= kLongMember) continue;
      size -= std::min(size, members[i].size() + 1);  // with its comma
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::string out;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out += ',';
    out += members[i];
  }
  return out.find('=') == std::string::npos ? std::string() : out;
}

std::optional<RemoteTrace> trace_context_from_environment(const Environment& environment) {
  const std::optional<std::string> parent = environment("TRACEPARENT");
  if (!parent || parent->size() > kMaxTraceParentBytes) return std::nullopt;
  auto context = parse_traceparent(trimmed(*parent));
  if (!context) return std::nullopt;
  return RemoteTrace{*std::move(context),
                     bounded_tracestate(environment("TRACESTATE").value_or(std::string()))};
}

std::vector<std::string> current_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

std::vector<std::string> environment_with(const TraceContext& context,
                                          std::vector<std::string> environment,
                                          std::string_view tracestate) {
  const std::string parent = sound_traceparent(context);
  if (parent.empty()) return environment;
  std::erase_if(environment, [](const std::string& variable) {
    return variable.starts_with("TRACEPARENT=") || variable.starts_with("TRACESTATE=");
  });
  environment.push_back("TRACEPARENT=" + parent);
  const std::string state = bounded_tracestate(tracestate);
  if (!state.empty()) environment.push_back("TRACESTATE=" + state);
  return environment;
}

json::Object with_trace(json::Object request, const TraceContext& context,
                        std::string_view tracestate) {
  if (request.find("id") == nullptr || request.find("method") == nullptr) return request;
  std::string parent = sound_traceparent(context);
  if (parent.empty()) return request;
  json::Object trace{{"traceparent", std::move(parent)}};
  std::string state = bounded_tracestate(tracestate);
  if (!state.empty()) trace.append("tracestate", std::move(state));
  request.set("trace", std::move(trace));
  return request;
}

std::optional<TraceContext> trace_context_of(const Span& span) {
  const auto trace_id = digits_after(span.trace_id(), kTracePrefix, 32);
  const auto span_digits = digits_after(span.id(), kSpanPrefix, 24);
  if (!trace_id || !span_digits) return std::nullopt;
  const std::string_view span_id = span_digits->substr(0, 16);
  if (all_zero(*trace_id) || all_zero(span_id)) return std::nullopt;
  return TraceContext{std::string(*trace_id), std::string(span_id), true};
}

std::optional<TraceContext> current_trace_context() {
  const TracingContext current = current_tracing();
  if (!current.span) return std::nullopt;
  return trace_context_of(*current.span);
}

std::string trace_id_for(const TraceContext& context) {
  if (sound_traceparent(context).empty()) return {};
  return std::string(kTracePrefix) + context.trace_id;
}

}  // namespace codex::telemetry
