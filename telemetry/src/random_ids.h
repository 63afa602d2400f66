// Random identifiers, as trace contexts and spans need them.
#ifndef CODEX_TELEMETRY_SRC_RANDOM_IDS_H_
#define CODEX_TELEMETRY_SRC_RANDOM_IDS_H_

#include <cstddef>
#include <span>
#include <string>

namespace codex::telemetry {

// Fills `out` from a generator of the calling thread that the kernel's has seeded. Good for ids, not
// for keys. A forked child never repeats what its parent hands out.
void random_bytes(std::span<unsigned char> out);

// `bytes` random bytes as lower-case hex digits, never all zero.
std::string random_hex_id(std::size_t bytes);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_RANDOM_IDS_H_
