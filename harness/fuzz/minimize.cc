#include "harness/fuzz/minimize.h"

#include <algorithm>
#include <string>
#include <utility>

#include "harness/fuzz/places.h"

namespace codex::harness::fuzz {
namespace {

// One thing less: each gives a smaller draft, so that a chain of them ends.
using Step = std::function<void(Draft&)>;

void drop_lines(Draft& draft, std::size_t from, std::size_t count) {
  const auto begin = draft.lines.begin() + static_cast<std::ptrdiff_t>(from);
  draft.lines.erase(begin, begin + static_cast<std::ptrdiff_t>(
                                       std::min(count, draft.lines.size() - from)));
}

// Smaller values of the same kind, the smallest first.
std::vector<json::Value> smaller(const json::Value& value) {
  std::vector<json::Value> all;
  if (const std::string* text = value.string()) {
    const std::size_t length = json::length(*text);
    if (length == 0) return all;
    all.emplace_back("");
    if (length > 1) {
      const std::string half(json::prefix(*text, length / 2));
      all.emplace_back(half);
      all.emplace_back(text->substr(half.size()));
      all.emplace_back(std::string(json::prefix(*text, length - 1)));
      all.emplace_back(text->substr(json::prefix(*text, 1).size()));
    }
  } else if (value.is_number()) {
    // Every number but these two has a longer way to be written, or none that is shorter.
    if (value != json::Value(0)) all.emplace_back(0);
    if (value != json::Value(0) && value != json::Value(1)) all.emplace_back(1);
  } else if (const json::Array* array = value.array(); array != nullptr && !array->empty()) {
    all.emplace_back(json::Array{});
  } else if (const json::Object* object = value.object(); object != nullptr && !object->empty()) {
    all.emplace_back(json::Object{});
  }
  return all;
}

// Where fields and values are: the driver, and what is written in each line.
std::size_t documents(const Draft& draft) { return draft.lines.size() + 1; }

std::optional<json::Value> document(const Draft& draft, std::size_t index) {
  if (index == 0) return json::Value(draft.driver);
  const DraftLine& line = draft.lines[index - 1];
  if (line.action == Action::kRaw || line.action == Action::kBase64) return std::nullopt;
  // What a process is started with is the client's. Where its stdin is not said, codex may end before
  // the client has written it, or after.
  if (draft.transport == Transport::kExec && line.action == Action::kToCodex) return std::nullopt;
  return line.value();
}

void set_document(Draft& draft, std::size_t index, json::Value value) {
  if (index == 0) {
    if (value.object() != nullptr) draft.driver = std::move(*value.object());
  } else {
    draft.lines[index - 1].set_value(value);
  }
}

std::vector<Step> fewer_fields(const Draft& draft) {
  std::vector<Step> steps;
  for (std::size_t index = 0; index < documents(draft); ++index) {
    const auto value = document(draft, index);
    if (!value) continue;
    for (const Path& path : places(*value)) {
      if (path.empty()) continue;
      steps.emplace_back([index, path](Draft& each) {
        auto changed = *document(each, index);
        erase_at(changed, path);
        set_document(each, index, std::move(changed));
      });
    }
  }
  for (std::size_t i = 0; i < draft.lines.size(); ++i) {
    if (!draft.lines[i].process) continue;
    steps.emplace_back([i](Draft& each) { each.lines[i].process.reset(); });
  }
  return steps;
}

std::vector<Step> smaller_values(const Draft& draft) {
  std::vector<Step> steps;
  for (std::size_t index = 0; index < documents(draft); ++index) {
    auto value = document(draft, index);
    if (!value) continue;
    for (const Path& path : places(*value)) {
      for (json::Value& less : smaller(at(*value, path))) {
        steps.emplace_back([index, path, less = std::move(less)](Draft& each) {
          auto changed = *document(each, index);
          at(changed, path) = less;
          set_document(each, index, std::move(changed));
        });
      }
    }
  }
  return steps;
}

// Of output that is no JSON: fewer bytes.
std::vector<Step> fewer_bytes(const Draft& draft) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < draft.lines.size(); ++i) {
    const DraftLine& line = draft.lines[i];
    if (line.action != Action::kRaw && line.action != Action::kBase64) continue;
    const std::size_t size = line.bytes().size();
    for (std::size_t chunk = std::max<std::size_t>(size / 2, 1);; chunk /= 2) {
      for (std::size_t from = 0; from < size; from += chunk) {
        if (chunk == size) break;
        steps.emplace_back([i, from, chunk](Draft& each) {
          std::string bytes = each.lines[i].bytes();
          each.lines[i].set_bytes(bytes.erase(from, chunk));
        });
      }
      if (chunk <= 1) break;
    }
  }
  return steps;
}

class Minimizer {
 public:
  Minimizer(Draft draft, const Oracle& oracle, const MinimizeLimits& limits)
      : draft_(std::move(draft)), oracle_(oracle), limits_(limits) {}

  Minimized run() {
    bool less = true;
    while (less && !is_over()) {
      less = lines();
      less = pass(fewer_fields) || less;
      less = pass(fewer_bytes) || less;
      less = pass(smaller_values) || less;
    }
    return {std::move(draft_), tries_, !is_over()};
  }

 private:
  bool is_over() const { return tries_ >= limits_.most_tries; }

  // Runs of lines, long ones first.
  bool lines() {
    bool less = false;
    for (std::size_t size = std::max<std::size_t>(draft_.lines.size() / 2, 1); !is_over();
         size /= 2) {
      less = pass([size](const Draft& draft) {
               std::vector<Step> steps;
               for (std::size_t from = 0; from < draft.lines.size(); from += size) {
                 steps.emplace_back([from, size](Draft& each) { drop_lines(each, from, size); });
               }
               return steps;
             }) ||
             less;
      if (size == 1) break;
    }
    return less;
  }

  // All steps once, each from what the ones before it have left. After one that holds the next
  // stands at the same place.
  template <typename Steps>
  bool pass(const Steps& steps_of) {
    bool less = false;
    std::vector<Step> steps = steps_of(draft_);
    std::size_t at = 0;
    while (at < steps.size() && !is_over()) {
      std::vector<Draft> candidates;
      std::vector<std::size_t> indices;
      const std::size_t most = std::min(limits_.at_once, limits_.most_tries - tries_);
      std::size_t next = at;
      for (; next < steps.size() && candidates.size() < std::max<std::size_t>(most, 1); ++next) {
        Draft candidate = draft_;
        steps[next](candidate);
        if (candidate == draft_ || !is_playable(candidate)) continue;
        candidates.push_back(std::move(candidate));
        indices.push_back(next);
      }
      if (candidates.empty()) break;
      const auto holds = oracle_(candidates);
      // As if one had been asked after the other.
      tries_ += holds ? *holds + 1 : candidates.size();
      if (!holds) {
        at = next;
        continue;
      }
      draft_ = std::move(candidates[*holds]);
      less = true;
      at = indices[*holds];
      steps = steps_of(draft_);
    }
    return less;
  }

  Draft draft_;
  const Oracle& oracle_;
  const MinimizeLimits limits_;
  std::size_t tries_ = 0;
};

}  // namespace

Minimized minimize(Draft draft, const Oracle& oracle, const MinimizeLimits& limits) {
  return Minimizer(std::move(draft), oracle, limits).run();
}

}  // namespace codex::harness::fuzz
