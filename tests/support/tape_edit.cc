#include "tests/support/tape_edit.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/json_at.h"

namespace codex::test {

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << path << " cannot be read";
  return text.str();
}

std::string replaced(std::string text, std::string_view old, std::string_view fresh) {
  const std::size_t found = text.find(old);
  EXPECT_NE(found, std::string::npos) << old << " is nowhere in\n" << text;
  if (found == std::string::npos) return text;
  EXPECT_EQ(text.find(old, found + 1), std::string::npos) << old << " is there more than once";
  return text.replace(found, old.size(), fresh);
}

TapeEdit::TapeEdit(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::string line;
  std::getline(stream, line);
  header = parsed(line);
  EXPECT_NE(header.get("tape"), nullptr) << line;
  while (std::getline(stream, line)) lines.push_back(parsed(line));
}

void TapeEdit::drive(const json::Value& patch) {
  json::Object wrapped;
  wrapped.append("driver", patch);
  merge(header, json::Value(std::move(wrapped)));
}

std::vector<json::Value*> TapeEdit::calls() {
  std::vector<json::Value*> out;
  json::Value* steps = find_at(header, "/driver/steps");
  if (steps == nullptr || steps->array() == nullptr) return out;
  for (json::Value& step : *steps->array()) {
    json::Value* calls = find_at(step, "/calls");
    if (calls == nullptr) continue;
    for (json::Value& call : *calls->array()) out.push_back(&call);
  }
  return out;
}

std::vector<std::vector<json::Value>> TapeEdit::processes() const {
  std::vector<std::vector<json::Value>> out;
  for (json::Value line : lines) {
    if (line.get(">") != nullptr) out.emplace_back();
    const json::Value* number = line.get("p");
    const auto last = static_cast<std::int64_t>(out.size());
    const std::int64_t process = number == nullptr ? last : number->as_int64().value_or(last);
    line.object()->erase("p");
    out.at(static_cast<std::size_t>(process - 1)).push_back(std::move(line));
  }
  return out;
}

void TapeEdit::play(const std::vector<std::vector<json::Value>>& processes) {
  lines.clear();
  for (const std::vector<json::Value>& process : processes) {
    lines.insert(lines.end(), process.begin(), process.end());
  }
}

std::string TapeEdit::text() const {
  std::string out = json::dump(header, json::kCompactUnicode) + "\n";
  for (const json::Value& line : lines) out += json::dump(line, json::kCompactUnicode) + "\n";
  return out;
}

}  // namespace codex::test
