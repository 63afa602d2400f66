// An HTTP server on loopback that answers as badly as it is told to.
#ifndef TESTS_SUPPORT_FAILURE_SERVER_H_
#define TESTS_SUPPORT_FAILURE_SERVER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace codex::test {

struct HttpRequest {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// What becomes of one request.
struct Answer {
  enum class Way {
    kWhole,    // as it stands
    kHalf,     // the headers promise more than comes before the end
    kCut,      // ends within the headers
    kDribble,  // a byte now and then, never an end
    kSilence,  // never a byte
    kReset,    // the connection is reset
    kGarbage,  // no HTTP
    kEndless,  // a body that goes on and on
  };
  int status = 200;
  std::string body = "{}";
  std::map<std::string, std::string> headers;
  Way way = Way::kWhole;
};
Answer status(int code, std::map<std::string, std::string> headers = {});
Answer badly(Answer::Way way, int code = 200);

// Thread-safe. Ends with all that it was told to drag out.
class FailureServer {
 public:
  // `answer` is called for each request, on its connection's thread; `number` counts from 0.
  using Script = std::function<Answer(const HttpRequest& request, std::size_t number)>;
  explicit FailureServer(Script script = [](const HttpRequest&, std::size_t) { return Answer(); });
  ~FailureServer();
  FailureServer(const FailureServer&) = delete;
  FailureServer& operator=(const FailureServer&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT"
  std::vector<HttpRequest> requests() const;
  // From now on requests are only given to the script.
  void forget_requests();
  // Waits until so many have come.
  void wait_for(std::size_t requests) const;

 private:
  void accept_all();
  void serve(int connection);
  bool read_request(int connection, std::string& buffer, HttpRequest& request) const;
  bool write_answer(int connection, const Answer& answer);
  bool pause();  // false: it ends

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool ending_ = false;
  bool forgets_ = false;
  std::size_t count_ = 0;
  std::vector<HttpRequest> requests_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// "http://127.0.0.1:PORT" where nobody listens.
std::string dead_url();

}  // namespace codex::test

#endif  // TESTS_SUPPORT_FAILURE_SERVER_H_
