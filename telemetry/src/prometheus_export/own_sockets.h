// The server that prometheus-cpp comes with forgets, when it ends, the connections that it has
// accepted and no thread of it has taken up: they stay open, and their clients wait. So they are
// let go here, before and after its end.
#ifndef CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_OWN_SOCKETS_H_
#define CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_OWN_SOCKETS_H_

#include <chrono>
#include <set>

#include <netinet/in.h>
#include <sys/types.h>

namespace codex::telemetry {

// Belongs to one thread. Throws bad_alloc.
class OwnSockets {
 public:
  // Of this process, and bound to `at`; to its port, where the address is any.
  explicit OwnSockets(const sockaddr_in& at) : at_(at) {}

  // While the server runs: its clients are told the end of what they may ask, so that its threads
  // are done with them; then it accepts no more. What is being answered goes on. Waits for that,
  // at most so long.
  void drain(std::chrono::milliseconds limit);
  // When all threads of the server have ended: closes what drain() has met and nobody has closed.
  void close_rest() const;

 private:
  // Those that were accepted; false: there is none.
  bool let_go();
  void stop_accepting();

  const sockaddr_in at_;
  // By inode: a descriptor's number may be that of another socket by now.
  ino_t listener_ = 0;
  std::set<ino_t> met_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_OWN_SOCKETS_H_
