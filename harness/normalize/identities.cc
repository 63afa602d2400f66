#include "harness/normalize/identities.h"

#include <algorithm>
#include <utility>

namespace codex::harness {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_token(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

constexpr std::size_t kShortestId = 8;

// How many characters of a token that follows a backslash belong to a JSON escape.
std::size_t escape_length(std::string_view token) {
  if (token.starts_with('u') && token.size() > 5) return 5;
  const bool short_form = !token.empty() && std::string_view("bfnrt").find(token[0]) != token.npos;
  return short_form ? 1 : 0;
}

}  // namespace

bool looks_like_id(std::string_view text) {
  return text.size() >= kShortestId && std::all_of(text.begin(), text.end(), is_token) &&
         std::any_of(text.begin(), text.end(), is_digit);
}

void Identities::add(std::string_view kind, std::string_view id) {
  if (!looks_like_id(id) || known_.contains(id)) return;
  auto count = counts_.find(kind);
  if (count == counts_.end()) count = counts_.emplace(std::string(kind), 0).first;
  add(kind, id, ++count->second);
}

void Identities::add(std::string_view kind, std::string_view id, std::size_t number) {
  std::string placeholder = "<";
  placeholder.append(kind).append(":").append(std::to_string(number)).append(">");
  known_.emplace(std::string(id), Identity{std::string(kind), std::move(placeholder)});
}

const Identities::Identity* Identities::known(std::string_view token) const {
  if (token.size() < kShortestId) return nullptr;
  const auto it = known_.find(token);
  return it == known_.end() ? nullptr : &it->second;
}

std::string Identities::replace(std::string& text) const {
  std::string kind;
  if (known_.empty() || text.size() < kShortestId) return kind;
  const std::string_view whole = text;
  std::string replaced;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < whole.size();) {
    if (!is_token(whole[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < whole.size() && is_token(whole[end])) ++end;
    std::size_t start = at;
    const Identity* identity = known(whole.substr(start, end - start));
    if (identity == nullptr && start > 0 && whole[start - 1] == '\\') {
      start += escape_length(whole.substr(start, end - start));
      identity = known(whole.substr(start, end - start));
    }
    if (identity != nullptr) {
      if (kind.empty()) kind = identity->kind;
      replaced.append(whole.substr(copied, start - copied)).append(identity->placeholder);
      copied = end;
    }
    at = end;
  }
  if (kind.empty()) return kind;
  replaced.append(whole.substr(copied));
  text = std::move(replaced);
  return kind;
}

void Identities::replace(json::Value& value, const OnReplace& on_replace) const {
  if (known_.empty()) return;
  walk_strings(value, Place{}, [&](std::string& text, const Place& place, bool) {
    std::string before = on_replace ? text : std::string();
    std::string kind = replace(text);
    if (!kind.empty() && on_replace) on_replace(place, {std::move(kind), std::move(before)});
  });
}

}  // namespace codex::harness
