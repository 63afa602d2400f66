// How the tool was called, so that the commands that it prints can be pasted where it was called.
#ifndef MATRIX_INVOCATION_H_
#define MATRIX_INVOCATION_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace codex::matrix {

// What the user gave; empty where the default was meant.
struct Invocation {
  std::string program = "codex-telemetry-diff";
  std::vector<std::string> paths;     // of tapes
  std::vector<std::string> sessions;  // --session
  std::vector<std::string> subjects;  // --subject
  std::string golden;                 // --golden
  bool no_golden = false;
  std::vector<std::string> python;             // --python, the first environment first
  std::map<std::string, std::string> further;  // column of a further environment → its --python
  std::string timeout;                         // --timeout
  std::string results;                         // folder of the results file that was written
};

// One command for a POSIX shell, built word by word.
class CommandLine {
 public:
  // `command`: "golden review"; as it is.
  CommandLine(const Invocation& invocation, std::string_view command);

  CommandLine& path(const std::string& path);
  CommandLine& flag(std::string_view name);
  // Nothing where the value is empty.
  CommandLine& option(std::string_view name, const std::string& value);
  CommandLine& options(std::string_view name, const std::vector<std::string>& values);

  // The same tapes.
  CommandLine& selection();
  // This session alone, whose tape is there.
  CommandLine& session(const std::string& name, const std::string& tape);
  // The same goldens, or none.
  CommandLine& goldens();
  // The same environments; the first alone; that of a column.
  CommandLine& environments();
  CommandLine& environment();
  CommandLine& environment_of(const std::string& column);
  // The same subjects; less cpp, of which no golden is made.
  CommandLine& subjects();
  CommandLine& references();
  CommandLine& timeout();

  const std::string& text() const { return text_; }

 private:
  const Invocation& invocation_;
  std::string text_;
};

}  // namespace codex::matrix

#endif  // MATRIX_INVOCATION_H_
