#include "cli/interrupt.h"

#include <csignal>

namespace codex::cli {
namespace {

extern "C" void on_signal(int) { interrupted() = true; }

}  // namespace

std::atomic<bool>& interrupted() {
  static std::atomic<bool> flag{false};
  return flag;
}

void handle_interrupts() {
  interrupted();  // made before a signal can come
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace codex::cli
