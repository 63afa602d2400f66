#include "hostile_labels.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

const std::vector<std::string>& hostile_labels() {
  static const std::vector<std::string> labels = [] {
    std::ifstream file(CTD_SOURCE_DIR "/tests/telemetry/hostile_labels.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const json::ParseResult parsed = json::parse(text);
    if (!parsed) throw std::runtime_error("hostile_labels.json can't be read");
    std::vector<std::string> made;
    for (const json::Value& each : *parsed.value().array()) {
      const json::Value* const bytes = each.get("bytes");
      std::string label(each.text());
      for (std::size_t i = 0; bytes != nullptr && i < bytes->array()->size(); ++i)
        label += static_cast<char>(*(*bytes->array())[i].as_int64());
      made.push_back(std::move(label));
    }
    return made;
  }();
  return labels;
}

}  // namespace codex::telemetry
