// Reads what `codex exec --json` prints, and tells what happens as it happens.
//
//   codex exec --json "say hi" | observe_exec
//   observe_exec < my.exec.jsonl
#include <array>
#include <iostream>

#include <unistd.h>

#include <codex/telemetry/exec_observer.h>

#include "shown.h"

int main() {
  codex::telemetry::Hub hub;
  hub.attach("codex", [](const codex::telemetry::Event& event) {
    std::cout << examples::shown(event) << std::endl;
  });

  codex::telemetry::ExecObserver observer(hub);
  std::array<char, 65536> bytes;
  ssize_t count = 0;
  while ((count = ::read(STDIN_FILENO, bytes.data(), bytes.size())) > 0) {
    observer.standard_output({bytes.data(), static_cast<std::size_t>(count)});
  }
  observer.ended(std::nullopt);  // whose exit status this was, a pipe does not tell
  return count < 0 || observer.turn_failed() ? 1 : 0;
}
