// A tape that is still being written: lines that can be moved, bent and taken away, before it is
// known whether they are a tape.
#ifndef HARNESS_FUZZ_DRAFT_H_
#define HARNESS_FUZZ_DRAFT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"
#include "harness/tape/line.h"
#include "harness/tape/tape.h"

namespace codex::harness::fuzz {

struct DraftLine {
  Action action = Action::kFromCodex;
  std::string text;               // the JSON of the action's key, as it stands
  std::optional<std::size_t> process = {};  // "p"

  // The value that is written there; nothing where it is no JSON that can be read.
  std::optional<json::Value> value() const;
  void set_value(const json::Value& value);
  // What codex writes, its LF included; empty where it writes nothing.
  std::string bytes() const;
  // Written as JSON text where it is one line of UTF-8 that can be, else as raw text or base64.
  void set_bytes(std::string_view bytes);

  bool is_output() const {
    return action == Action::kFromCodex || action == Action::kRaw || action == Action::kBase64;
  }
  bool operator==(const DraftLine&) const = default;
};

struct Draft {
  Transport transport = Transport::kExec;
  json::Object driver;  // what stands in the tape: without the defaults
  std::vector<DraftLine> lines;

  // A tape's file, with a header that says its transport and `title`.
  std::string text(std::string_view title = {}) const;
  bool operator==(const Draft&) const = default;
};

// Is it a tape that can be read, and that does not depend on who is faster: codex does nothing before
// the client has said a word, and waits when it has answered a turn/start?
bool is_playable(const Draft& draft);

// Of a tape's file. A raw log is no draft: it has no `>`.
Result<Draft> read_draft(std::string_view bytes, const std::string& path);

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_DRAFT_H_
