// A tape of the corpus, with changes.
#ifndef TESTS_SUPPORT_TAPE_EDIT_H_
#define TESTS_SUPPORT_TAPE_EDIT_H_

#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::test {

// The whole file; fails the test where it can't be read.
std::string file_text(const std::string& path);
// `text` with the one place where it has `old` replaced; fails the test where there is not one.
std::string replaced(std::string text, std::string_view old, std::string_view fresh);

class TapeEdit {
 public:
  explicit TapeEdit(std::string_view text);

  json::Value header;
  std::vector<json::Value> lines;  // after the header

  // Merged into the driver (json_at.h).
  void drive(const json::Value& patch);
  // The codex calls of the driver's steps, in order.
  std::vector<json::Value*> calls();
  // Each process's `>` and what belongs to it, in the tape's order, without `p`.
  std::vector<std::vector<json::Value>> processes() const;
  // The tape as these processes instead, one after the other.
  void play(const std::vector<std::vector<json::Value>>& processes);

  std::string text() const;
};

}  // namespace codex::test

#endif  // TESTS_SUPPORT_TAPE_EDIT_H_
