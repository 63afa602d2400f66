#include "harness/subject/peer_server.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "harness/peer/protocol.h"

namespace codex::harness {
namespace {

constexpr const char* kSocketName = "/peer";
// sockaddr_un holds 107 characters; less is asked for, so that no other system's limit is near.
constexpr std::size_t kLongestPath = 100;
constexpr int kBacklog = 64;

Error failure(const std::string& what, const std::string& path) {
  return {.message = what + ": " + std::generic_category().message(errno), .file = path};
}

std::string make_folder() {
  const char* set = std::getenv("TMPDIR");
  constexpr const char* kName = "/ctd-XXXXXX";
  std::string folder = std::string(set != nullptr && *set != '\0' ? set : "/tmp") + kName;
  if (folder.size() + std::strlen(kSocketName) >= kLongestPath)
    folder = std::string("/tmp") + kName;
  return ::mkdtemp(folder.data()) != nullptr ? folder : std::string();
}

// Who is at the other end, told by the kernel; 0 if it does not know (another PID namespace).
pid_t pid_behind(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.pid
                                                                                 : 0;
}

}  // namespace

PeerServer::~PeerServer() {
  peers_.clear();
  listener_.reset();
  if (folder_.empty()) return;
  ::unlink(path_.c_str());
  ::rmdir(folder_.c_str());
}

std::optional<Error> PeerServer::open() {
  folder_ = make_folder();
  if (folder_.empty()) return failure("no private folder could be made", "TMPDIR or /tmp");
  path_ = folder_ + kSocketName;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (!listener_ || ::bind(listener_.get(), generic, sizeof address) != 0 ||
      ::listen(listener_.get(), kBacklog) != 0) {
    return failure("no socket for the peer", path_);
  }
  return std::nullopt;
}

void PeerServer::add_to(std::vector<pollfd>& waiting) const {
  waiting.push_back({listener_.get(), POLLIN, 0});
  for (const Peer& peer : peers_) {
    const int events = POLLIN | (peer.unsent.empty() ? 0 : POLLOUT);
    waiting.push_back({peer.socket.get(), static_cast<short>(events), 0});
  }
}

bool PeerServer::serve() {
  accept_peers();
  bool heard = false;
  for (Peer& peer : peers_) {
    heard = listen_to(peer) || heard;
    hand_out_commands();
  }
  for (Peer& peer : peers_) {
    if (!flush(peer)) peer.gone = true;
  }
  for (const Peer& peer : peers_) {
    if (!peer.gone) continue;
    conductor_->gone(peer.id);
    heard = true;
  }
  std::erase_if(peers_, [](const Peer& peer) { return peer.gone; });
  hand_out_commands();
  return heard;
}

void PeerServer::drain() {
  for (;;) {
    serve();
    std::vector<pollfd> waiting;
    add_to(waiting);
    if (::poll(waiting.data(), waiting.size(), 0) <= 0) return;
  }
}

void PeerServer::accept_peers() {
  for (;;) {
    Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket && errno == EINTR) continue;
    if (!socket) return;
    const int fd = socket.get();
    peers_.push_back({.id = ++last_id_,
                      .socket = std::move(socket),
                      .lines = LineReader(fd),
                      .unsent = {},
                      .pid = pid_behind(fd)});
  }
}

bool PeerServer::listen_to(Peer& peer) {
  bool heard = false;
  const bool open = peer.lines.fill();
  while (const std::optional<std::string> line = peer.lines.next()) {
    heard = true;
    if (!tell_conductor(peer, *line)) peer.gone = true;
  }
  peer.gone = peer.gone || !open;
  return heard;
}

bool PeerServer::tell_conductor(Peer& peer, const std::string& line) {
  std::optional<PeerMessage> message = parse_peer_message(line);
  if (!message) return false;
  switch (message->kind) {
    case PeerMessage::Kind::kHello:
      if (peer.pid == 0) peer.pid = static_cast<pid_t>(message->pid);
      conductor_->started(peer.id, std::move(message->argv));
      break;
    case PeerMessage::Kind::kLine:
      conductor_->received(peer.id, std::move(message->input));
      break;
    case PeerMessage::Kind::kStdin:
      conductor_->input_ended(peer.id, std::move(message->input));
      break;
    case PeerMessage::Kind::kAck:
      conductor_->acknowledged(peer.id);
      break;
  }
  return true;
}

void PeerServer::hand_out_commands() {
  for (auto& [id, order] : conductor_->take_commands()) {
    const auto peer = std::find_if(peers_.begin(), peers_.end(), [wanted = id](const Peer& each) {
      return each.id == wanted;
    });
    if (peer == peers_.end()) continue;
    if (order.kind == Order::Kind::kSleep) {
      const std::chrono::duration<double, std::milli> time(order.sleep_ms);
      silent_until_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    }
    json::dump_to(peer->unsent, to_json(order), json::kCompact);
    peer->unsent += '\n';
    if (!flush(*peer)) peer->gone = true;
  }
}

// False when the peer is gone; what its socket does not take now stays unsent.
bool PeerServer::flush(Peer& peer) {
  while (!peer.unsent.empty()) {
    const ssize_t sent = ::send(peer.socket.get(), peer.unsent.data(), peer.unsent.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      peer.unsent.erase(0, static_cast<std::size_t>(sent));
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
  return true;
}

void PeerServer::kill_peers() {
  // As long as its connection is open, the number is that of the peer and of nobody else.
  for (const Peer& peer : peers_) {
    if (!peer.gone && peer.pid > 1) ::kill(peer.pid, SIGKILL);
  }
}

}  // namespace codex::harness
