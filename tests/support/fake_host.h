// Where the made-up workers are, and the real peer. Only the programs of the tests know that, so
// this is a header alone.
#ifndef TESTS_SUPPORT_FAKE_HOST_H_
#define TESTS_SUPPORT_FAKE_HOST_H_

#include <string>

#include "harness/subject/hosted_subject.h"

namespace codex::test {

// `worker` is one of tests/support/fake_workers.
inline harness::HostOptions fake_host(const std::string& worker) {
  harness::HostOptions options;
  options.subject = "agents";
  options.worker_path = CTD_SOURCE_DIR "/tests/support/fake_workers/" + worker + ".py";
  options.venv = "no-such-venv";
  options.peer_path = CTD_BIN_DIR "/codex-telemetry-peer";
  return options;
}

}  // namespace codex::test

#endif  // TESTS_SUPPORT_FAKE_HOST_H_
