// From parsed lines to the entries of a tape, with every rule that spans lines.
#ifndef HARNESS_TAPE_ENTRIES_H_
#define HARNESS_TAPE_ENTRIES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/result.h"
#include "harness/tape/line.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Which transport a line tells, where it tells one: `>` with argv is exec, `>` or `<` with
// JSON-RPC is app-server.
std::optional<Transport> transport_of(const ParsedLine& line);

class EntryBuilder {
 public:
  explicit EntryBuilder(Transport transport) : transport_(transport) {}

  // Errors have neither file nor line.
  Result<Entry> add(ParsedLine line, std::size_t number);
  std::size_t processes() const { return is_exec() ? processes_.size() : 0; }

 private:
  // Lines after which nothing, or no output, may follow; 0 while it may.
  struct Process {
    std::size_t ended_line = 0;
    std::string_view ended_by;
    std::size_t eof_line = 0;
  };

  bool is_exec() const { return transport_ == Transport::kExec; }
  std::optional<Error> check_to_codex(const ParsedLine& line) const;
  Result<std::size_t> process_of(const ParsedLine& line) const;
  std::optional<Error> follow(const Entry& entry, bool is_output);

  Transport transport_;
  std::vector<Process> processes_;
  Process server_;  // app-server: the one process there is
};

}  // namespace codex::harness

#endif  // HARNESS_TAPE_ENTRIES_H_
