// codex-telemetry-py-worker: hosts one of the real Python clients. Speaks JSON lines on the Unix
// stream socket at descriptor 3: one line {"ready":{…}} or {"unavailable":"…"}, then what
// fork_server.h says. With --inventory it says {"ready":{…}}, then {"inventory":{…}}, what the
// client declares (matrix/inventory.h), and leaves.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/subject/fd_json.h"
#include "pybridge/adapter.h"
#include "pybridge/fork_server.h"
#include "pybridge/interpreter.h"
#include "pybridge/inventory.h"

namespace {

namespace fs = std::filesystem;
using codex::json::Object;
using codex::json::Value;

constexpr int kControl = 3;
constexpr int kUsage = 2;
constexpr int kUnavailable = 3;
constexpr int kOurBug = 70;

constexpr const char* kHelp =
    "usage: codex-telemetry-py-worker --subject NAME --venv DIR [--adapters DIR] [--inventory]\n"
    "Started by codex-telemetry-diff, which speaks to it through a socket at descriptor 3.\n";

struct Arguments {
  std::string subject;
  std::string venv;
  std::string adapters;
  bool inventory = false;
};

bool parse(const std::vector<std::string>& words, Arguments& arguments) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--inventory") {
      arguments.inventory = true;
      continue;
    }
    if (i + 1 == words.size()) return false;
    if (words[i] == "--subject") {
      arguments.subject = words[++i];
    } else if (words[i] == "--venv") {
      arguments.venv = words[++i];
    } else if (words[i] == "--adapters") {
      arguments.adapters = words[++i];
    } else {
      return false;
    }
  }
  constexpr std::string_view kName = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !arguments.venv.empty() && !arguments.subject.empty() &&
         arguments.subject.find_first_not_of(kName) == std::string::npos;
}

// Beside the program where it is installed so, else where the sources are.
std::string default_adapters() {
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "python";
  return !error && fs::is_directory(beside, error) ? beside.string() : CTD_PYTHON_ADAPTERS;
}

// No input, and no output but errors: what a client prints must not end up in a report.
bool standard_descriptors() {
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0) return false;
  // A missing stderr would be taken by whatever is opened next.
  if (::fcntl(STDERR_FILENO, F_GETFD) < 0 && ::dup2(null, STDERR_FILENO) < 0) return false;
  if (::dup2(null, STDIN_FILENO) < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return false;
  return null <= STDERR_FILENO || ::close(null) == 0;
}

// The worker starts like a program of its own, whatever the thread that spawned it had blocked.
void ordinary_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  // While the client is imported nobody looks at the socket; serve() takes this back.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// No session needs a secret, and a client that has none can't let it out.
void forget_secrets() {
  constexpr std::string_view kParts[] = {"API_KEY", "ACCESS_KEY", "TOKEN",
                                         "SECRET",  "PASSWORD",   "CREDENTIAL"};
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view name = *entry;
    name = name.substr(0, name.find('='));
    for (const auto part : kParts) {
      if (name.find(part) != std::string_view::npos) names.emplace_back(name);
    }
  }
  for (const auto& name : names) ::unsetenv(name.c_str());
}

int unavailable(const std::string& why) {
  codex::harness::write_line(kControl, Value(Object{{"unavailable", why}}));
  return kUnavailable;
}

int run(const Arguments& arguments) {
  const std::string adapters =
      arguments.adapters.empty() ? default_adapters() : arguments.adapters;
  if (const auto problem = codex::pybridge::start_interpreter({arguments.venv, adapters})) {
    return unavailable(*problem);
  }
  if (arguments.inventory) codex::pybridge::begin_inventory();
  const auto loaded = codex::pybridge::Adapter::load(arguments.subject, arguments.venv);
  if (const auto* problem = std::get_if<std::string>(&loaded)) return unavailable(*problem);
  const auto& adapter = std::get<codex::pybridge::Adapter>(loaded);
  if (!codex::harness::write_line(kControl, Value(Object{{"ready", adapter.info()}}))) return 0;
  if (arguments.inventory) {
    codex::harness::write_line(kControl, codex::pybridge::read_inventory(adapter));
    return 0;
  }
  return codex::pybridge::serve(adapter, kControl);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse({argv + 1, argv + argc}, arguments)) {
    std::fputs(kHelp, stderr);
    return kUsage;
  }
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(kControl, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) {
    std::fputs("codex-telemetry-py-worker: descriptor 3 is no stream socket\n", stderr);
    std::fputs(kHelp, stderr);
    return kUsage;
  }
  ::fcntl(kControl, F_SETFD, FD_CLOEXEC);
  if (!standard_descriptors()) return kOurBug;
  ordinary_signals();
  forget_secrets();
  int status = kOurBug;
  try {
    status = run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "codex-telemetry-py-worker: %s\n", error.what());
  }
  // Never through Py_Finalize, nor what clients left to be done at exit.
  ::_exit(status);
}
