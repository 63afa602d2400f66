// Asks a Python worker what its client declares.
#ifndef HARNESS_SUBJECT_HOST_INVENTORY_H_
#define HARNESS_SUBJECT_HOST_INVENTORY_H_

#include <atomic>
#include <chrono>
#include <string>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"

namespace codex::harness {

struct InventoryRequest {
  std::string subject;      // agents, codex-sdk
  std::string worker_path;  // codex-telemetry-py-worker
  std::string venv;         // the environment with the client
  std::chrono::seconds timeout{120};
  const std::atomic<bool>* stop = nullptr;  // once it is true, the worker is killed: an error
};

// {"inventory":1,"subject","package","version","entries":[…]}, as pybridge/inventory.h says. The
// error has why the client can't be had, or the end of what the worker said.
Result<json::Value> read_host_inventory(const InventoryRequest& request);

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_HOST_INVENTORY_H_
