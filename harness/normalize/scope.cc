#include "harness/normalize/scope.h"

#include <string_view>

namespace codex::harness {

void number_scope(const Identities& wire, std::string& lane) {
  const std::size_t slash = lane.find('/');
  if (slash == std::string::npos) return;
  const std::string_view scope = std::string_view(lane).substr(slash + 1);
  if (!scope.starts_with("turn:") && !scope.starts_with("thread:")) return;
  const std::size_t colon = scope.find(':');
  std::string id(scope.substr(colon + 1));
  if (wire.replace(id).empty()) return;
  // The whole of it is one placeholder of the scope's own kind: "<turn:2>".
  const std::string opening = "<" + std::string(scope.substr(0, colon + 1));
  if (!id.starts_with(opening) || id.find('>') != id.size() - 1) return;
  lane = lane.substr(0, slash + 1) + id.substr(1, id.size() - 2);
}

}  // namespace codex::harness
