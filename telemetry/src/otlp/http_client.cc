#include "http_client.h"

#include <algorithm>
#include <fcntl.h>
#include <new>
#include <optional>
#include <strings.h>

#include <curl/curl.h>
#include <sys/socket.h>

namespace codex::telemetry::otlp {
namespace {

struct Answer {
  HttpReply reply;
  std::size_t max_body = 0;
  bool headers_done = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The value of the header of that name ("date:"), if the line is one.
std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || ::strncasecmp(line.data(), name.data(), name.size()) != 0)
    return std::nullopt;
  return trimmed(line.substr(name.size()));
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* to) {
  Answer& answer = *static_cast<Answer*>(to);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {  // an interim answer may have come before
    answer.headers_done = false;
    answer.reply.retry_after.clear();
    answer.reply.date.clear();
  } else if (trimmed(line).empty()) {
    answer.headers_done = true;
  } else if (const auto wait = header_value(line, "retry-after:")) {
    answer.reply.retry_after = *wait;
  } else if (const auto date = header_value(line, "date:")) {
    answer.reply.date = *date;
  }
  return line.size();
}

// A count other than the one given ends the transfer.
std::size_t on_body(char* data, std::size_t size, std::size_t count, void* to) {
  Answer& answer = *static_cast<Answer*>(to);
  const std::size_t room = answer.max_body - answer.reply.body.size();
  answer.reply.body.append(data, std::min(room, size * count));
  return size * count <= room ? size * count : 0;
}

// A process that the host starts does not inherit it.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool hopeless(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct HttpClient::State {
  const OtlpSignal& where;
  const std::size_t max_response;
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;

  State(const OtlpSignal& to, std::size_t response) : where(to), max_response(response) {}
  ~State() {
    if (easy != nullptr) curl_easy_cleanup(easy);
    if (multi != nullptr) curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
  }
  void header(const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers = longer;
  }
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy, option, value);
  }
  void set_file(CURLoption option, const std::string& path) {
    if (!path.empty()) set(option, path.c_str());
  }
};

void initialize_http() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);  // never cleaned up
  if (done != CURLE_OK) throw std::bad_alloc();
}

HttpClient::HttpClient(const OtlpSignal& where, std::size_t max_response)
    : state_(std::make_unique<State>(where, max_response)) {
  initialize_http();
  State& state = *state_;
  state.multi = curl_multi_init();
  state.easy = curl_easy_init();
  if (state.multi == nullptr || state.easy == nullptr) throw std::bad_alloc();
  for (const auto& [name, value] : where.headers)
    state.header(value.empty() ? name + ";" : name + ": " + value);
  state.header("Content-Type: application/json");
  state.header("Expect:");  // it would cost a second with those who do not know it
  if (where.gzip) state.header("Content-Encoding: gzip");
  state.set(CURLOPT_URL, where.url.c_str());
  state.set(CURLOPT_HTTPHEADER, state.headers);
  state.set(CURLOPT_USERAGENT, "OTel-OTLP-Exporter-codex-telemetry/" CODEX_TELEMETRY_VERSION);
  state.set(CURLOPT_PROTOCOLS_STR, "http,https");
  state.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  state.set(CURLOPT_NOSIGNAL, 1L);
  state.set(CURLOPT_QUICK_EXIT, 1L);  // a name server that is silent holds up no shutdown
  state.set(CURLOPT_POST, 1L);
  state.set(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  state.set(CURLOPT_HEADERFUNCTION, on_header);
  state.set(CURLOPT_WRITEFUNCTION, on_body);
  state.set_file(CURLOPT_CAINFO, where.certificate);
  state.set_file(CURLOPT_SSLCERT, where.client_certificate);
  state.set_file(CURLOPT_SSLKEY, where.client_key);
}

HttpClient::~HttpClient() = default;

void HttpClient::wake() {
  curl_multi_wakeup(state_->multi);
}

HttpReply HttpClient::post(std::string_view body, std::chrono::milliseconds timeout,
                           const std::function<SteadyTime()>& abort_at) {
  using namespace std::chrono;
  State& state = *state_;
  Answer answer;
  answer.max_body = state.max_response;
  state.set(CURLOPT_POSTFIELDS, body.data());
  state.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  state.set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, timeout.count())));
  state.set(CURLOPT_HEADERDATA, &answer);
  state.set(CURLOPT_WRITEDATA, &answer);
  curl_multi_add_handle(state.multi, state.easy);
  HttpReply& reply = answer.reply;
  bool done = false;
  while (!done) {
    int running = 0;
    curl_multi_perform(state.multi, &running);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(state.multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      curl_easy_getinfo(state.easy, CURLINFO_RESPONSE_CODE, &reply.status);
      if (reply.status >= 200 && answer.headers_done) {
        reply.kind = HttpReply::Kind::kAnswered;
      } else {
        reply.kind = hopeless(code) ? HttpReply::Kind::kImpossible : HttpReply::Kind::kNoAnswer;
        reply.error = curl_easy_strerror(code);
      }
      done = true;
    }
    if (done) break;
    const SteadyTime limit = abort_at();
    const SteadyTime now = steady_clock::now();
    if (now >= limit) {
      reply.kind = HttpReply::Kind::kAborted;
      break;
    }
    const auto wait = std::min<steady_clock::duration>(limit - now, seconds(1));
    curl_multi_poll(state.multi, nullptr, 0, static_cast<int>(ceil<milliseconds>(wait).count()),
                    nullptr);
  }
  curl_multi_remove_handle(state.multi, state.easy);
  return std::move(answer.reply);
}

}  // namespace codex::telemetry::otlp
