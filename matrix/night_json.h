// What a night says, as parts of report.json. Clocks are apart: they go under `run`.
#ifndef MATRIX_NIGHT_JSON_H_
#define MATRIX_NIGHT_JSON_H_

#include "codex/telemetry/json.h"
#include "matrix/night.h"

namespace codex::matrix {

// [{"cause","kind","where","what","column","against","standing","differences","sessions":[…]}],
// in the night's order.
json::Value clusters_json(const Night& night);

// Against the last night: {"first":true|false,"differences":{"new",…},"fixed":[cluster…],
// "changed":[{"session","was","now"}],"inputs":[{"what","was","now"}]}. A session that vanished
// from the corpus is now "absent", one that is new was.
json::Value since_json(const Night& night);

// The parity matrix in short (matrix.json has the rows): figures, places, regressions,
// improvements.
json::Value matrix_json(const Night& night);

// {"before":RFC 3339 or null,"since":{CAUSE:RFC 3339},"trend":[{"started","seconds","exit",…}]}
json::Object clocks_json(const Night& night);

}  // namespace codex::matrix

#endif  // MATRIX_NIGHT_JSON_H_
