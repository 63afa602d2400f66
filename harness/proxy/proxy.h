// A program run behind this process, as if it had been started in its place: what passes between
// it and its client goes through untouched and at once, signals and exit status too; and another
// process, which nobody waits for, is told of everything that passed.
#ifndef HARNESS_PROXY_PROXY_H_
#define HARNESS_PROXY_PROXY_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "harness/proxy/child.h"
#include "harness/proxy/feed.h"
#include "harness/subject/fd.h"

namespace codex::harness {

struct ProxyOptions {
  std::vector<std::string> argv;
  std::vector<std::string> environment;
  // The client's ends. An empty one of input and error is not forwarded: the child has this
  // process's own, as it must where that is a terminal.
  Fd input;
  Fd output;
  Fd error;
  // Run in a process of its own, to its end; gets the reading end of the feed. Empty: nobody
  // observes. That process has none of the client's descriptors but stderr, and only if
  // `observer_error`; a client sees the end of its stderr only when both have closed it.
  std::function<void(int feed)> observe;
  bool observer_error = false;
  std::vector<int> observer_keeps;  // further descriptors that stay open in that process
  // How long the exit is held up, at most, for the observing process to take in what is left and
  // to end. It goes on by itself after that.
  std::chrono::milliseconds patience{1500};
  std::size_t feed_limit = FeedWriter::kDefaultLimit;
};

struct ProxyEnd {
  ChildEnd child;
  // The observing process went before the session did, or has not ended in time.
  bool observer_lost = false;
  bool observer_late = false;
};

// To be called while there is no other thread. Comes back when the child has ended and all it has
// written was forwarded; if another process still holds the child's output, what that one writes
// goes on being forwarded behind the scenes. Stdin, stdout and stderr are /dev/null afterwards.
std::variant<ProxyEnd, SpawnError> run_proxy(ProxyOptions options);

// stdin, stdout and stderr of this process, as copies; input and error are left out where they are
// terminals and the child can have them (`needs_input`: it is to be seen, be it a terminal).
struct ClientEnds {
  Fd input;
  Fd output;
  Fd error;
};
ClientEnds own_ends(bool needs_input);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_PROXY_H_
