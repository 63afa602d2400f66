// A codex-telemetry-peer whose pipes and whose conductor a test holds in its hands.
#ifndef TESTS_SUPPORT_PEER_PROCESS_H_
#define TESTS_SUPPORT_PEER_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/peer/protocol.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "tests/support/temp_folder.h"

namespace codex::test {

class PeerProcess {
 public:
  // Starts the program at `path`, and accepts its connection.
  PeerProcess(const std::string& path, const std::vector<std::string>& argv);
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;
  ~PeerProcess();

  // Nothing when the peer is gone; waits for it.
  std::optional<harness::PeerMessage> hear();
  void order(const harness::Order& order);
  void hang_up() { conductor_.reset(); }
  // The wait status of waitpid.
  int wait();

  harness::Fd input;  // the client's ends of its pipes
  harness::Fd output;
  harness::Fd errors;

 private:
  TempFolder folder_;
  harness::Fd conductor_;
  harness::LineReader lines_{-1};
  pid_t pid_ = 0;
};

// What can be read now, waiting for the first byte; "" at the end.
std::string read_some(const harness::Fd& fd);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_PEER_PROCESS_H_
