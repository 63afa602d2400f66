#include "matrix/html/lanes.h"

#include <set>

#include "golden/json_text.h"
#include "matrix/html/json_view.h"
#include "matrix/html/markup.h"

namespace codex::matrix::html {
namespace {

using golden::DifferingPlace;
using golden::LaneSides;
using golden::Row;

constexpr std::size_t kLongestEqual = 200;

std::string name_of(const Row& row) {
  const json::Value* name = (row.expected ? *row.expected : *row.actual).get("name");
  return name == nullptr ? "" : escaped(name->text());
}

const json::Value& data_of(const std::optional<json::Value>& side) {
  static const json::Value kNone;
  const json::Value* data = side ? side->get("data") : nullptr;
  return data == nullptr ? kNone : *data;
}

// A pointer into {"name":…,"data":…}, as one into its data.
std::string below_data(const std::string& pointer) {
  return pointer.starts_with("/data") ? pointer.substr(5) : pointer;
}

std::string side_html(const char* label, const std::string& who, const std::string& lines) {
  return std::string("<div class=\"side ") + label + "\"><p class=\"who\">" + label + ": " +
         escaped(who) + "</p><pre>" + lines + "</pre></div>\n";
}

std::string places(const Row& row) {
  std::string text = "<ul class=\"places\">";
  for (const DifferingPlace& place : row.differing)
    text += "<li>" + copyable(place.path) + "</li>";
  if (row.more > 0) text += "<li class=\"cut\">and " + count(row.more) + " more places</li>";
  text += "</ul>\n";
  return text;
}

std::string differing(const LaneSides& lane, const Row& row) {
  std::string expected;
  std::string actual;
  if (row.expected && row.actual) {
    std::set<std::string> in_expected;
    std::set<std::string> in_actual;
    for (const DifferingPlace& place : row.differing) {
      if (place.in_expected) in_expected.insert(below_data(*place.in_expected));
      if (place.in_actual) in_actual.insert(below_data(*place.in_actual));
    }
    expected = json_view(data_of(row.expected), in_expected, '-');
    actual = json_view(data_of(row.actual), in_actual, '+');
  } else {
    if (row.expected) expected = json_view_alone(data_of(row.expected), '-');
    if (row.actual) actual = json_view_alone(data_of(row.actual), '+');
    (row.expected ? actual : expected) = "<i>nothing</i>";
  }
  std::string text =
      "<li class=\"differs\">\n<p class=\"observation\"><code>" + name_of(row) + "</code>";
  if (!row.expected) text += " <span class=\"muted\">is extra</span>";
  if (!row.actual) text += " <span class=\"muted\">is missing</span>";
  text += "</p>\n";
  if (!row.differing.empty()) text += places(row);
  text += "<div class=\"sides\">\n" + side_html("expected", lane.against, expected) +
          side_html("actual", lane.column, actual) + "</div>\n";
  if (!row.cut.empty()) {
    text += "<p class=\"cut\">Too long to be shown whole:";
    for (std::size_t i = 0; i < row.cut.size() && i < 10; ++i)
      text += " " + code(row.cut[i].empty() ? "the observation" : row.cut[i]);
    text += row.cut.size() > 10 ? " and " + count(row.cut.size() - 10) + " more</p>\n" : "</p>\n";
  }
  return text + "</li>\n";
}

std::string row_html(const LaneSides& lane, const Row& row) {
  if (row.skipped > 0) {
    return "<li class=\"skipped\">" +
           counted_in(row.skipped, "equal observation", "equal observations") + "</li>\n";
  }
  if (row.differs()) return differing(lane, row);
  return "<li class=\"equal\"><code>" + name_of(row) + "</code> <code class=\"data\">" +
         escaped_prefix(golden::shown(data_of(row.actual)), kLongestEqual) + "</code></li>\n";
}

}  // namespace

std::string lanes(const SessionReport& session, std::size_t most) {
  std::string text;
  for (const LaneSides& lane : session.sides) {
    std::string rows;
    std::size_t left_out = lane.rows_left_out;
    for (const Row& row : lane.rows) {
      if (text.size() + rows.size() < most) {
        rows += row_html(lane, row);
      } else {
        left_out += row.skipped > 0 ? row.skipped : 1;
      }
    }
    text += "<details class=\"lane\" open>\n<summary><code>" + escaped(lane.lane) +
            "</code> <span class=\"muted\">" + escaped(lane.column) + " against " +
            escaped(lane.against) + "</span></summary>\n";
    if (!rows.empty()) text += "<ol class=\"rows\">\n" + rows + "</ol>\n";
    if (left_out > 0) {
      text += "<p class=\"cut\">" +
              counted_in(left_out, "more observation is", "more observations are") +
              " left out.</p>\n";
    }
    text += "</details>\n";
  }
  return text;
}

}  // namespace codex::matrix::html
