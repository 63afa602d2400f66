#include "tests/support/cli_report.h"

#include <utility>

#include <gtest/gtest.h>

#include "tests/support/json_at.h"

namespace codex::test {
namespace {

std::optional<json::Value> optional(const json::Value* value) {
  return value == nullptr ? std::nullopt : std::optional<json::Value>(*value);
}

std::string shown(const std::optional<json::Value>& value) {
  return value ? json::dump(*value, json::kCompact) : "nothing";
}

std::string text_at(const json::Value& value, std::string_view pointer) {
  return std::string(at(value, pointer).text());
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const ReportedDifference& difference) {
  return stream << difference.kind << ", " << difference.subject << " against "
                << difference.against << ": " << difference.lane << ' ' << difference.name << ' '
                << difference.path << ": expected " << shown(difference.expected) << ", actual "
                << shown(difference.actual);
}

CliReport::CliReport(std::string text) : text_(std::move(text)), whole_(parsed(text_)) {
  EXPECT_EQ(at(whole_, "/report"), json::Value(1)) << text_;
}

std::vector<std::string> CliReport::sessions() const {
  std::vector<std::string> names;
  const json::Array* sessions = at(whole_, "/sessions").array();
  if (sessions == nullptr) return names;
  for (const json::Value& each : *sessions) names.push_back(text_at(each, "/session"));
  return names;
}

const json::Value& CliReport::session(std::string_view name) const {
  if (const json::Array* sessions = at(whole_, "/sessions").array()) {
    for (const json::Value& each : *sessions) {
      if (at(each, "/session").text() == name) return each;
    }
  }
  static const json::Value nothing;
  ADD_FAILURE() << "no session " << name << " in\n" << text_;
  return nothing;
}

std::string CliReport::verdict(std::string_view session_name) const {
  return text_at(session(session_name), "/verdict");
}

std::string CliReport::outcome(std::string_view session_name, std::string_view subject) const {
  return text_at(session(session_name), "/subjects/" + std::string(subject) + "/outcome");
}

std::string CliReport::reason(std::string_view session_name, std::string_view subject) const {
  return text_at(session(session_name), "/subjects/" + std::string(subject) + "/reason");
}

std::vector<ReportedDifference> CliReport::differences(std::string_view session_name) const {
  std::vector<ReportedDifference> out;
  const json::Array* all = at(session(session_name), "/differences").array();
  if (all == nullptr) return out;
  for (const json::Value& each : *all) {
    out.push_back({.subject = text_at(each, "/subject"),
                   .against = text_at(each, "/against"),
                   .kind = text_at(each, "/kind"),
                   .lane = text_at(each, "/lane"),
                   .name = text_at(each, "/name"),
                   .path = text_at(each, "/path"),
                   .expected = optional(each.get("expected")),
                   .actual = optional(each.get("actual"))});
  }
  return out;
}

std::string CliReport::without_run() const {
  const std::string begin = "\n \"run\": {\n";
  const std::string end = "\n },";
  const std::size_t first = text_.find(begin);
  const std::size_t last = first == std::string::npos ? first : text_.find(end, first);
  EXPECT_NE(last, std::string::npos) << text_;
  if (last == std::string::npos) return text_;
  return text_.substr(0, first) + text_.substr(last + end.size());
}

}  // namespace codex::test
