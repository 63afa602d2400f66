// One POST at a time over libcurl, that ends when it is told to.
#ifndef CODEX_TELEMETRY_SRC_OTLP_HTTP_CLIENT_H_
#define CODEX_TELEMETRY_SRC_OTLP_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "codex/telemetry/otlp.h"

namespace codex::telemetry::otlp {

using SteadyTime = std::chrono::steady_clock::time_point;

struct HttpReply {
  enum class Kind {
    kAnswered,    // with a status and all headers; the body may have been cut or be missing
    kNoAnswer,    // no connection, reset, or silence: another try may help
    kImpossible,  // a bad URL, a certificate that is not to be trusted: it won't
    kAborted,     // as was asked
  };
  Kind kind = Kind::kNoAnswer;
  long status = 0;
  std::string body;         // at most as much as may be read
  std::string retry_after;  // the header's value
  std::string date;         // likewise: what the receiver's clock showed
  std::string_view error;   // curl's constant sentence; no part of the request is in it
};

// What the process needs once, before the first client and before anything is told of its end: so
// OpenSSL is there until all exporters have ended. Thread-safe. Throws bad_alloc.
void initialize_http();

// Belongs to one thread, but for wake().
class HttpClient {
 public:
  // `where` must live as long. Throws bad_alloc.
  HttpClient(const OtlpSignal& where, std::size_t max_response);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Takes at most `timeout`. `abort_at` is asked again after each wake().
  HttpReply post(std::string_view body, std::chrono::milliseconds timeout,
                 const std::function<SteadyTime()>& abort_at);
  void wake();  // from any thread

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

// As Content-Encoding: gzip has it. Throws bad_alloc.
std::string gzip(std::string_view text);

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_HTTP_CLIENT_H_
