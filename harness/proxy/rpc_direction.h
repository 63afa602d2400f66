// Which way a JSON-RPC message of an app-server goes, where a stream has both without saying so.
#ifndef HARNESS_PROXY_RPC_DIRECTION_H_
#define HARNESS_PROXY_RPC_DIRECTION_H_

#include <set>
#include <string>
#include <string_view>

namespace codex::harness {

// Told by the protocol (codex 0.163.0): codex asks by ten methods, its client by all others and by
// one notification; an answer is that of the side that was asked under its id.
class RpcDirection {
 public:
  // Messages in their order. What is no message is codex's.
  bool from_client(std::string_view line);

 private:
  std::set<std::string> asked_by_codex_;  // ids, as JSON, that wait for their answer
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_RPC_DIRECTION_H_
