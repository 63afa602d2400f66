// The text form of a transcript: goldens, `replay --transcripts`, the two sides of `diff`.
//
// JSON lines: a header, one observation a line, a footer that tells their number and digest. So a
// file that was cut is an error and never a short golden. Values are encoded as json_text.h says.
//   {"golden":1,"session":…,"subject":{"name":…,"package":…,"version":…},"outcome":…,
//    "tape":SHA256,"driver":SHA256,"rules":"rules/1","packages":{…}}
//   {"lane":…,"name":…,"origin":"wire"|"driver","data":…}
//   {"observations":N,"sha256":SHA256 of the observation lines, their LFs included}
#ifndef GOLDEN_TRANSCRIPT_FILE_H_
#define GOLDEN_TRANSCRIPT_FILE_H_

#include <map>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"
#include "harness/normalize/normalize.h"
#include "harness/tape/tape.h"

namespace codex::golden {

// Where a transcript comes from. When one of them is not today's, a golden is stale.
struct Provenance {
  std::string tape;                             // Tape::digest
  std::string driver;                           // driver_digest()
  std::string rules;                            // RuleSet::version()
  std::map<std::string, std::string> packages;  // name → version; told, but not compared
};

struct StoredTranscript {
  Provenance provenance;
  harness::Transcript transcript;  // `uses` and `scrubbed` are not stored
};

// sha256 of the driver with its keys sorted: the order in which a tape lists them says nothing.
std::string driver_digest(const json::Value& driver);
Provenance provenance_of(const harness::Tape& tape, const std::string& rules,
                         const std::map<std::string, std::string>& packages);

std::string print_transcript(const StoredTranscript& stored);

// `file` is for messages. Errors name the line, what is wrong (cut, edited, another format), and
// what to do.
harness::Result<StoredTranscript> parse_transcript(std::string_view text, const std::string& file);
// For `diff`: as above, and also bare observation lines ("origin" may be absent, blank lines are
// skipped, a footer is checked where there is one). A file with a header needs its footer.
harness::Result<StoredTranscript> parse_observations(std::string_view text,
                                                     const std::string& file);

}  // namespace codex::golden

#endif  // GOLDEN_TRANSCRIPT_FILE_H_
