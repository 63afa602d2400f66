#include "harness/subject/environment.h"

#include <cstdlib>

namespace codex::harness {

std::vector<std::string> worker_environment(const json::Value& extra) {
  json::Object variables;
  const char* path = std::getenv("PATH");
  variables.set("PATH", path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  variables.set("LANG", "C.UTF-8");
  for (const char* name : {"HOME", "TZ", "CODEX_TELEMETRY_DATA_DIR"}) {
    if (const char* value = std::getenv(name)) variables.set(name, value);
  }
  if (const json::Object* more = extra.object()) {
    for (const auto& [name, value] : *more)
      variables.set(name, value);
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) {
    environment.push_back(name + "=" + std::string(value.text()));
  }
  return environment;
}

}  // namespace codex::harness
