#include "matrix/html/markup.h"

#include "matrix/printable.h"

namespace codex::matrix::html {
namespace {

using golden::Verdict;

std::string as_html(const std::string& printable_text) {
  std::string out;
  out.reserve(printable_text.size());
  for (const char c : printable_text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string tag(const std::string& class_name, const char* glyph, std::string_view word) {
  return "<span class=\"tag " + class_name + "\"><span class=\"sign\" aria-hidden=\"true\">" +
         glyph + "</span> " + escaped(word) + "</span>";
}

}  // namespace

std::string escaped(std::string_view text) {
  return as_html(printable(text));
}

std::string escaped_prefix(std::string_view text, std::size_t longest) {
  const std::string safe = printable(text);
  const std::string_view part = json::prefix(safe, longest);
  return as_html(std::string(part)) + (part.size() < safe.size() ? "…" : "");
}

std::string code(std::string_view text) {
  return "<code>" + escaped(text) + "</code>";
}

std::string copyable(std::string_view text) {
  return "<code class=\"copy\">" + escaped(text) + "</code>";
}

std::string count(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string counted_in(std::size_t number, const std::string& one, const std::string& many) {
  return count(number) + " " + (number == 1 ? one : many);
}

const char* sign(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMatch:
      return "✓";
    case Verdict::kKnownDifference:
      return "≈";
    case Verdict::kUnavailable:
      return "⊘";
    case Verdict::kGoldenMissing:
      return "∅";
    case Verdict::kStaleKnownDifference:
      return "∗";
    case Verdict::kDifference:
      return "≠";
    case Verdict::kGoldenStale:
      return "↻";
    case Verdict::kUpstreamDrift:
      return "↑";
    case Verdict::kCppRegression:
      return "✗";
    case Verdict::kConflict:
      return "⇄";
  }
  return "";
}

const char* sign(CellState state) {
  switch (state) {
    case CellState::kMatch:
      return "✓";
    case CellState::kKnownDifference:
      return "≈";
    case CellState::kNotObserved:
      return "○";
    case CellState::kDiffers:
      return "✗";
    case CellState::kNotExercised:
      return "·";
    case CellState::kUnavailable:
      return "⊘";
  }
  return "";
}

std::string tag(Verdict verdict) {
  const std::string name = golden::verdict_name(verdict);
  return tag("v-" + name, sign(verdict), name);
}

std::string tag(std::string_view verdict_name) {
  const std::optional<Verdict> verdict = golden::parse_verdict(verdict_name);
  return verdict ? tag(*verdict) : tag("v-none", "–", verdict_name);
}

std::string tag(Standing standing) {
  const char* glyph = "";
  switch (standing) {
    case Standing::kNew:
      glyph = "★";
      break;
    case Standing::kPersistent:
      glyph = "→";
      break;
    case Standing::kFlaky:
      glyph = "~";
      break;
    case Standing::kKnown:
      glyph = "≈";
      break;
    case Standing::kFixed:
      glyph = "✓";
      break;
  }
  const std::string name = standing_name(standing);
  return tag("s-" + name, glyph, name);
}

std::string tag(CellState state) {
  const std::string name = cell_state_name(state);
  return tag("c-" + name, sign(state), name);
}

const char* whose_doing(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMatch:
      return "nobody";
    case Verdict::kKnownDifference:
      return "known and accepted";
    case Verdict::kUnavailable:
      return "the environment";
    case Verdict::kGoldenMissing:
      return "no golden yet";
    case Verdict::kStaleKnownDifference:
      return "the list of known differences";
    case Verdict::kDifference:
      return "C++ or Python: no golden to judge by";
    case Verdict::kGoldenStale:
      return "the golden is old";
    case Verdict::kUpstreamDrift:
      return "the Python client";
    case Verdict::kCppRegression:
      return "the C++ telemetry";
    case Verdict::kConflict:
      return "both, each in its own way";
  }
  return "";
}

bool is_red(Verdict verdict) {
  return verdict != Verdict::kMatch && verdict != Verdict::kKnownDifference &&
         verdict != Verdict::kUnavailable;
}

std::string of_run(const std::string& html) {
  return "<!--run-->" + html + "<!--/run-->";
}

std::string section(const std::string& id, const std::string& title) {
  return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "-title\">\n<h2 id=\"" + id +
         "-title\">" + title + "</h2>\n";
}

std::string end_section() {
  return "</section>\n";
}

}  // namespace codex::matrix::html
