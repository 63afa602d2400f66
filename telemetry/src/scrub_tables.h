// The tables of registry/scrub_rules.json.
#ifndef CODEX_TELEMETRY_SRC_SCRUB_TABLES_H_
#define CODEX_TELEMETRY_SRC_SCRUB_TABLES_H_

#include "scrub_rules.h"

namespace codex::telemetry::scrub_tables {

#include "scrub_rules.inc"

}  // namespace codex::telemetry::scrub_tables

#endif  // CODEX_TELEMETRY_SRC_SCRUB_TABLES_H_
