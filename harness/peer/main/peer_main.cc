// codex-telemetry-peer: stands where a client expects the codex executable. It knows no tape: it
// says how it was started, and then does what the conductor orders (harness/peer/protocol.h).
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "harness/model/perturbation.h"
#include "harness/peer/main/actuator.h"
#include "harness/peer/protocol.h"
#include "harness/subject/fd.h"

namespace codex::harness {
namespace {

constexpr int kUsage = 2;

Fd connect_to(const char* path) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return Fd();
  }
  std::memcpy(address.sun_path, path, std::strlen(path));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (!socket || ::connect(socket.get(), generic, sizeof address) != 0) return Fd();
  return socket;
}

int run(int argc, char** argv) {
  const char* path = std::getenv(kPeerSocketVariable);
  if (path == nullptr) {
    std::fprintf(
        stderr,
        "codex-telemetry-peer plays the codex side of a tape to a client. It is started by "
        "that client, and told by the variable %s who conducts it; that is not set.\n",
        kPeerSocketVariable);
    return kUsage;
  }
  const Fd socket = connect_to(path);
  if (!socket) {
    std::fprintf(stderr, "codex-telemetry-peer: cannot reach its conductor at %s: %s\n", path,
                 std::strerror(errno));
    return kPeerAbandoned;
  }
  PeerMessage hello{.kind = PeerMessage::Kind::kHello, .pid = ::getpid()};
  if (argc > 1) hello.argv.assign(argv + 1, argv + argc);
  Actuator actuator(socket.get(), is_app_server(hello.argv), Pieces(perturbation()));
  if (!write_line(socket.get(), to_json(hello))) return kPeerAbandoned;
  actuator.run();
}

}  // namespace
}  // namespace codex::harness

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  return codex::harness::run(argc, argv);
}
