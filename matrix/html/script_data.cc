#include "matrix/html/script_data.h"

namespace codex::matrix::html {

std::string script_data(const std::string& id, const json::Value& value) {
  std::string text = "<script type=\"application/json\" id=\"" + id + "\">";
  for (const char c : json::dump(value, json::kCompact)) {
    switch (c) {
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      case '&':
        text += "\\u0026";
        break;
      default:
        text += c;
    }
  }
  return text + "</script>\n";
}

}  // namespace codex::matrix::html
