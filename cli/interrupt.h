// Ctrl-C: sessions end in order, nothing is left half written or running.
#ifndef CLI_INTERRUPT_H_
#define CLI_INTERRUPT_H_

#include <atomic>

namespace codex::cli {

// Set by SIGINT and SIGTERM once handle_interrupts() was called. A second signal ends at once.
std::atomic<bool>& interrupted();
void handle_interrupts();

}  // namespace codex::cli

#endif  // CLI_INTERRUPT_H_
