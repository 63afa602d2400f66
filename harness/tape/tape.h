// A tape: a recorded wire, and so a scripted session. CONTRACT 3 defines the format.
#ifndef HARNESS_TAPE_TAPE_H_
#define HARNESS_TAPE_TAPE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::harness {

enum class Transport { kExec, kAppServer };

// Client to codex. exec: {"argv":[…],"stdin":"…"} (`stdin` may be absent: not expected).
// app-server: the JSON-RPC message.
struct ToCodex {
  json::Value message;
};

// Codex to client: exactly these bytes, the line's LF included where it has one.
struct FromCodex {
  std::string bytes;
};

// What happens to the process. Exactly one of the alternatives is meant, `stderr_text` may come
// with `exit` and `signal` or alone.
struct ProcessEvent {
  std::optional<int> exit = {};
  std::optional<int> signal = {};
  std::optional<double> sleep_ms = {};
  bool eof = false;    // stdout is closed, the process stays until its stdin ends
  bool stall = false;  // never another byte
  std::string stderr_text = {};
};

struct Entry {
  std::size_t line = 0;         // in the file, 1-based
  std::size_t process = 0;      // exec: 1-based number of the `>` it belongs to; app-server: 0
  std::optional<double> at_ms;  // the observer's clock in replay
  std::variant<ToCodex, FromCodex, ProcessEvent> what;
};

struct Tape {
  std::string name;   // path under the root, less its suffix
  std::string path;   // as given, for messages
  Transport transport = Transport::kExec;
  std::string title;
  bool raw = false;         // a raw `codex exec --json` log: `>` is not on the tape
  json::Value driver;       // with every default filled in (driver_defaults.json)
  json::Value recorded;     // provenance or null
  std::vector<Entry> entries;
  std::size_t processes = 0;  // exec: how many `>` the tape has (raw: 1)
  std::string digest;         // sha256 of the file's bytes, hex
};

// Reads one file. `root` is the folder that the session's name is relative to (empty: the file's
// own folder). Errors name file and line.
Result<Tape> read_tape(const std::string& path, const std::string& root);
// The same from memory; `path` decides by its name whether this is a raw log.
Result<Tape> parse_tape(std::string_view bytes, const std::string& path, const std::string& root);

struct TapeFile {
  std::string path;
  std::string root;
};
// Files and folders to tape files, sorted by session name: folders are searched for *.jsonl.
// A path that does not exist, or a selection that is empty, is an error.
Result<std::vector<TapeFile>> find_tapes(const std::vector<std::string>& paths);
std::string session_name(const std::string& path, const std::string& root);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_TAPE_H_
