#include "matrix/known_differences.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "golden/json_text.h"
#include "harness/normalize/pattern.h"
#include "matrix/glob_overlap.h"

namespace codex::matrix {
namespace {

using golden::StaleEntry;
using harness::Error;
using harness::Result;
using json::Value;

constexpr std::array<std::string_view, 10> kKeys = {
    "id", "session", "lane", "name", "path", "expected", "actual", "reason", "link", "expires"};

bool is_date(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return shape == 'd' ? c >= '0' && c <= '9' : c == shape;
  });
}

// Reads the members of one entry; the first thing that is wrong stays in `fault`.
class EntryReader {
 public:
  explicit EntryReader(const Value& value) : value_(value) {}

  KnownDifference read() {
    KnownDifference entry;
    for (const auto& [key, member] : *value_.object()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        fail("has the unknown key " + golden::shown(key));
      }
    }
    entry.id = text("id");
    entry.session = text("session");
    entry.lane = text("lane");
    entry.name = optional_text("name");
    entry.path = path();
    entry.expected = any("expected");
    entry.actual = any("actual");
    entry.reason = text("reason");
    entry.link = text("link");
    entry.expires = optional_text("expires");
    if (!entry.expected && !entry.actual) fail("has neither \"expected\" nor \"actual\"");
    if (entry.expires && !is_date(*entry.expires)) fail("\"expires\" is not YYYY-MM-DD");
    return entry;
  }

  std::string fault;

 private:
  void fail(std::string what) {
    if (fault.empty()) fault = std::move(what);
  }
  std::string text(const char* key) {
    const Value* member = value_.get(key);
    if (member == nullptr || member->text().empty()) fail("has no \"" + std::string(key) + "\"");
    return member == nullptr ? std::string() : std::string(member->text());
  }
  std::optional<std::string> optional_text(const char* key) {
    if (value_.get(key) == nullptr) return std::nullopt;
    return text(key);
  }
  std::string path() {
    const Value* member = value_.get("path");
    const bool right = member != nullptr && member->is_string() &&
                       (member->text().empty() || member->text().starts_with("/data"));
    if (!right) fail("\"path\" is neither \"\" nor a path from /data");
    return right ? *member->string() : std::string();
  }
  std::optional<Value> any(const char* key) {
    const Value* member = value_.get(key);
    if (member == nullptr) return std::nullopt;
    Result<Value> decoded = golden::decode(*member);
    if (!decoded) {
      fail("\"" + std::string(key) + "\": " + decoded.error().message);
      return std::nullopt;
    }
    return std::move(decoded.value());
  }

  const Value& value_;
};

// Is there a difference that both match?
bool overlap(const KnownDifference& a, const KnownDifference& b) {
  const bool names_meet = !a.name || !b.name || *a.name == *b.name;
  return names_meet && a.path == b.path && a.expected == b.expected && a.actual == b.actual &&
         globs_overlap(a.session, b.session) && globs_overlap(a.lane, b.lane);
}

StaleEntry stale(const KnownDifference& entry, const std::string& file, std::string why) {
  return {.id = entry.id, .file = file, .line = entry.line, .why = std::move(why)};
}

}  // namespace

Result<KnownDifferences> KnownDifferences::load(const std::string& path, const std::string& today) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{.message = "cannot be read", .file = path, .line = 0, .hint = ""};
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse(text, path, today);
}

Result<KnownDifferences> KnownDifferences::parse(std::string_view text, const std::string& file,
                                                 const std::string& today) {
  KnownDifferences result;
  result.file_ = file;
  std::size_t number = 0;
  const auto error = [&](std::string message, std::string hint) {
    return Error{.message = std::move(message), .file = file, .line = number, .hint = hint};
  };
  while (!text.empty()) {
    ++number;
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const json::ParseResult parsed = json::parse(line);
    if (!parsed) return error("no JSON: " + parsed.error().text(), "one entry a line");
    if (!parsed.value().is_object()) return error("an entry is a JSON object", "one entry a line");
    EntryReader reader(parsed.value());
    KnownDifference entry = reader.read();
    entry.line = number;
    if (!reader.fault.empty()) {
      return error("the entry " + reader.fault, "the head of the file says what an entry has");
    }
    if (entry.expires && *entry.expires < today) {
      return error("the entry " + golden::shown(entry.id) + " expired on " + *entry.expires,
                   "look at " + golden::shown(entry.link) + " and remove or renew the entry");
    }
    for (const KnownDifference& other : result.entries_) {
      const std::string where = " of line " + std::to_string(other.line);
      if (other.id == entry.id) {
        return error("the id " + golden::shown(entry.id) + " is that" + where, "choose another");
      }
      if (overlap(other, entry)) {
        return error("the entry matches differences" + where + " too", "narrow or merge them");
      }
    }
    result.entries_.push_back(std::move(entry));
  }
  return result;
}

std::optional<std::string> KnownDifferences::find(const std::string& session,
                                                  const golden::Difference& difference) const {
  for (const KnownDifference& entry : entries_) {
    if (entry.path == difference.path && (!entry.name || *entry.name == difference.name) &&
        entry.expected == difference.expected && entry.actual == difference.actual &&
        harness::matches_glob(entry.session, session) &&
        harness::matches_glob(entry.lane, difference.lane)) {
      return entry.id;
    }
  }
  return std::nullopt;
}

std::vector<StaleEntry> KnownDifferences::missing(const std::string& session,
                                                  const std::set<std::string>& occurred) const {
  std::vector<StaleEntry> result;
  for (const KnownDifference& entry : entries_) {
    if (harness::matches_glob(entry.session, session) && !occurred.contains(entry.id)) {
      result.push_back(stale(entry, file_, "did not occur in " + golden::shown(session)));
    }
  }
  return result;
}

std::vector<StaleEntry> KnownDifferences::unmatched(
    const std::vector<std::string>& sessions) const {
  std::vector<StaleEntry> result;
  for (const KnownDifference& entry : entries_) {
    const bool matches = std::any_of(
        sessions.begin(), sessions.end(),
        [&](const std::string& session) { return harness::matches_glob(entry.session, session); });
    if (!matches) {
      result.push_back(
          stale(entry, file_, "matches no tape: its sessions are " + golden::shown(entry.session)));
    }
  }
  return result;
}

}  // namespace codex::matrix
