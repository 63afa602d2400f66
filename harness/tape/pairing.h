// Which `>` of an exec tape a started process is.
#ifndef HARNESS_TAPE_PAIRING_H_
#define HARNESS_TAPE_PAIRING_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tape/tape.h"

namespace codex::harness {

// Equal, but for the name of the temporary file that openai-agents 0.24.0 makes for an output
// schema (output_schema_file.py: TMPDIR/codex-output-schema-XXXXXXXX/schema.json).
bool same_argv(const std::vector<std::string>& used, const std::vector<std::string>& taped);

// The index in tape.entries of the `>` that fits: of those that are not in `taken` (entry
// indices) and have an equal argv, the first with an equal stdin, else the first. A raw log's
// process accepts any argv; its index is kRawProcess. Nothing: the tape has no such process.
inline constexpr std::size_t kRawProcess = static_cast<std::size_t>(-1);
std::optional<std::size_t> pair_process(const Tape& tape, const std::vector<std::size_t>& taken,
                                        const std::vector<std::string>& argv,
                                        std::string_view standard_input);
// "FILE:LINE: the client started codex with …" for when nothing fits.
std::string unpaired_reason(const Tape& tape, const std::vector<std::size_t>& taken,
                            const std::vector<std::string>& argv);
// The line that unpaired_reason() names.
std::size_t unpaired_line(const Tape& tape, const std::vector<std::size_t>& taken);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_PAIRING_H_
