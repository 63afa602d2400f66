// The sockets of a conductor: listens for the peers of one session, carries what they say to the
// conductor and what it commands to them.
#ifndef HARNESS_SUBJECT_PEER_SERVER_H_
#define HARNESS_SUBJECT_PEER_SERVER_H_

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/result.h"
#include "harness/peer/conductor.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class PeerServer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit PeerServer(const Tape& tape) : conductor_(make_conductor(tape)) {}
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;
  // Closes the sockets, whereupon peers leave by themselves, and removes the folder.
  ~PeerServer();

  // Listens in a private folder of the system's temporary one.
  std::optional<Error> open();
  const std::string& socket_path() const { return path_; }

  // What to wait for before serve() has something to do.
  void add_to(std::vector<pollfd>& waiting) const;
  // Does what can be done without waiting. True if a peer said something.
  bool serve();
  // Hands out what the conductor has commanded since; serve() does it too.
  void hand_out_commands();
  // serve() until nobody has anything more to say right now.
  void drain();
  // Kills the peers that are still there: a client's stalled process is an orphan after it.
  void kill_peers();

  Conductor& conductor() { return *conductor_; }
  // A peer has been ordered to be silent until then; long past where none was.
  Clock::time_point silent_until() const { return silent_until_; }

 private:
  struct Peer {
    Conductor::PeerId id;
    Fd socket;
    LineReader lines;
    std::string unsent;
    pid_t pid;
    bool gone = false;
  };

  void accept_peers();
  bool listen_to(Peer& peer);
  bool tell_conductor(Peer& peer, const std::string& line);
  static bool flush(Peer& peer);

  std::unique_ptr<Conductor> conductor_;
  std::string folder_;
  std::string path_;
  Fd listener_;
  std::vector<Peer> peers_;
  Conductor::PeerId last_id_ = 0;
  Clock::time_point silent_until_;
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_PEER_SERVER_H_
