// A map that forgets its oldest entries when it grows too large.
#ifndef CODEX_TELEMETRY_SRC_RECENT_MAP_H_
#define CODEX_TELEMETRY_SRC_RECENT_MAP_H_

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace codex::telemetry {

template <typename Value>
class RecentMap {
 public:
  using Entry = std::pair<std::string, Value>;

  explicit RecentMap(std::size_t most) : most_(most) {}

  // Replaces, and makes it the newest.
  void set(const std::string& key, Value value) {
    take(key);
    entries_.emplace_back(key, std::move(value));
    by_key_.emplace(entries_.back().first, std::prev(entries_.end()));
    if (entries_.size() > most_) take(entries_.front().first);
  }
  const Value* find(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }
  std::optional<Value> take(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    const auto entry = found->second;
    by_key_.erase(found);
    std::optional<Value> value(std::move(entry->second));
    entries_.erase(entry);
    return value;
  }
  std::size_t size() const { return entries_.size(); }
  // From the oldest to the newest.
  const std::list<Entry>& entries() const { return entries_; }
  void clear() {
    by_key_.clear();
    entries_.clear();
  }

 private:
  const std::size_t most_;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_RECENT_MAP_H_
