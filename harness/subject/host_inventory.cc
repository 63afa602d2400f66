#include "harness/subject/host_inventory.h"

#include <poll.h>

#include <optional>

#include "harness/subject/environment.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "harness/subject/process.h"
#include "harness/subject/timeout.h"

namespace codex::harness {
namespace {

// From the end of its socket to the end of its process.
constexpr int kLeaveTimeoutMs = 1000;

}  // namespace

Result<json::Value> read_host_inventory(const InventoryRequest& request) {
  auto [ours, theirs] = socket_pair();
  if (!ours) return Error{.message = "no socket could be made for the worker"};
  Result<Process> process = Process::spawn({.argv = {request.worker_path, "--subject",
                                                     request.subject, "--venv", request.venv,
                                                     "--inventory"},
                                            .environment = worker_environment(json::Object()),
                                            .socket = theirs.get(),
                                            .capture_stderr = false});
  theirs.reset();
  if (!process) return process.error();
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  LineReader lines(ours.get());
  bool open = true;
  std::string reason;
  std::optional<json::Value> found;
  while (open) {
    pollfd waiting{ours.get(), POLLIN, 0};
    const int ready = ::poll(
        &waiting, 1, poll_time(deadline - std::chrono::steady_clock::now(), request.stop));
    if (is_stopped(request.stop)) {
      process->kill_group();
      return Error{.message = "reading what the client of `" + request.subject +
                              "` declares was interrupted"};
    }
    if (ready == 0 && std::chrono::steady_clock::now() >= deadline) {
      process->kill_group();
      return Error{.message = "reading what the client of `" + request.subject +
                              "` declares took longer than " +
                              std::to_string(request.timeout.count()) + " s"};
    }
    if (ready <= 0) continue;
    open = lines.fill();
    while (const std::optional<std::string> line = lines.next()) {
      json::ParseResult parsed = json::parse(*line);
      if (!parsed) continue;
      if (const json::Value* value = parsed.value().get("inventory")) found = *value;
      for (const char* key : {"unavailable", "error"}) {
        if (const json::Value* value = parsed.value().get(key)) reason = value->text();
      }
    }
  }
  std::optional<ProcessExit> left = process->wait(kLeaveTimeoutMs);
  if (!left) left = process->kill_group();
  if (found) return std::move(*found);
  if (reason.empty()) reason = "the worker " + left->text();
  return Error{.message = "what the client of `" + request.subject +
                          "` declares could not be read: " + reason};
}

}  // namespace codex::harness
