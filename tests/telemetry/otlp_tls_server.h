// An HTTPS server on loopback that asks its clients for a certificate, and the files that go with
// it.
#ifndef CODEX_TESTS_TELEMETRY_OTLP_TLS_SERVER_H_
#define CODEX_TESTS_TELEMETRY_OTLP_TLS_SERVER_H_

#include <atomic>
#include <memory>
#include <string>

#include "tests/support/temp_folder.h"

namespace codex::test {

// Answers each request whose client it trusts with status 200 and "{}", one connection at a time.
class TlsServer {
 public:
  TlsServer();
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const;  // "https://localhost:PORT"
  int requests() const;
  // PEM files of one certificate, which is its own authority, the server's and the client's.
  std::string certificate() const;
  std::string key() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace codex::test

#endif  // CODEX_TESTS_TELEMETRY_OTLP_TLS_SERVER_H_
