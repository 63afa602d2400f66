#include "tests/telemetry/agents_vectors.h"

#include <cstdlib>
#include <fstream>
#include <regex>
#include <vector>

#include <gtest/gtest.h>

namespace codex::telemetry {
namespace {

constexpr int kFailuresShown = 5;

std::vector<json::Value> read(const std::string& path) {
  std::vector<json::Value> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    json::ParseResult parsed = json::parse(line);
    EXPECT_TRUE(parsed) << path << ": " << line.substr(0, 200);
    if (!parsed) return {};
    lines.push_back(std::move(parsed.value()));
  }
  return lines;
}

// The lines of a file but its header, none when it is not what it says.
std::vector<json::Value> read_checked(const std::string& path, std::string_view version) {
  std::vector<json::Value> lines = read(path);
  EXPECT_FALSE(lines.empty()) << path << " is missing: run generate.py of its folder";
  if (lines.empty()) return {};
  const json::Value header = std::move(lines.front());
  lines.erase(lines.begin());
  EXPECT_EQ(member(header, "version").text(), version);
  EXPECT_EQ(member(header, "cases").as_int64(), static_cast<std::int64_t>(lines.size()))
      << path << " is cut";
  return ::testing::Test::HasFailure() ? std::vector<json::Value>() : lines;
}

void for_each(const std::vector<json::Value>& vectors, std::string_view kind, std::size_t least,
              const std::function<void(const json::Value&)>& check, std::string_view only) {
  std::size_t count = 0;
  int failures = 0;
  for (const json::Value& vector : vectors) {
    if (!only.empty() && member(vector, "kind").text() != only) continue;
    ++count;
    SCOPED_TRACE(json::dump(vector).substr(0, 3000));
    const auto parts_that_failed = [] {
      return ::testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
    };
    const int before = parts_that_failed();
    check(vector);
    if (parts_that_failed() != before && ++failures == kFailuresShown) {
      FAIL() << "and maybe more: gave up after " << failures << " of " << count << " cases";
    }
  }
  EXPECT_GE(count, least) << "too few cases of " << kind << " " << only;
}

}  // namespace

void for_each_agents_vector(std::string_view kind, std::size_t least,
                            const std::function<void(const json::Value&)>& check,
                            std::string_view only) {
  const std::string folder = CTD_SOURCE_DIR "/tests/telemetry/agents_vectors/";
  for_each(read_checked(folder + std::string(kind) + ".jsonl", "0.24.0"), kind, least, check, only);
}

void for_each_codex_vector(std::string_view kind, std::size_t least,
                           const std::function<void(const json::Value&)>& check) {
  const char* other = std::getenv("CTD_CODEX_VECTORS");
  const std::string folder =
      other == nullptr ? CTD_SOURCE_DIR "/tests/telemetry/codex_vectors" : other;
  for_each(read_checked(folder + "/" + std::string(kind) + ".jsonl", "0.163.0"), kind, least, check,
           {});
}

const json::Value& member(const json::Value& object, std::string_view key) {
  static const json::Value null;
  const json::Value* value = object.get(key);
  EXPECT_NE(value, nullptr) << key;
  return value == nullptr ? null : *value;
}

std::string raw_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // U+DC80..U+DCFF: ED B2 80 .. ED B3 BF
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    if (i + 2 < text.size() && at(i) == 0xED && (at(i + 1) == 0xB2 || at(i + 1) == 0xB3)) {
      bytes += static_cast<char>(((at(i + 1) & 3) << 6) | (at(i + 2) & 0x3F));
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::string Normalizer::operator()(const std::string& text) {
  static const std::regex id(R"(\b(trace_[0-9a-f]{32}|span_[0-9a-f]{24})\b)");
  static const std::regex time(R"("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")");
  static const std::regex address(R"(\b0x[0-9a-f]+\b)");
  std::string out;
  auto rest = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), id), end; it != end; ++it) {
    out.append(rest, (*it)[0].first);
    const std::string next = "<id:" + std::to_string(ids_.size() + 1) + ">";
    out += ids_.try_emplace(it->str(), next).first->second;
    rest = (*it)[0].second;
  }
  out.append(rest, text.cend());
  return std::regex_replace(std::regex_replace(out, time, "\"<time>\""), address, "<address>");
}

}  // namespace codex::telemetry
