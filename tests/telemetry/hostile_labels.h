// Label values of the kind that naughty-strings lists collect, and some made for StatsD and
// Prometheus. Not in the lists: those of 64 bytes and more, which are cut.
#ifndef CODEX_TESTS_TELEMETRY_HOSTILE_LABELS_H_
#define CODEX_TESTS_TELEMETRY_HOSTILE_LABELS_H_

#include <string>
#include <vector>

namespace codex::telemetry {

// From hostile_labels.json: strings, or {"bytes": [...]} for what is no UTF-8.
const std::vector<std::string>& hostile_labels();

}  // namespace codex::telemetry

#endif  // CODEX_TESTS_TELEMETRY_HOSTILE_LABELS_H_
