#include "otlp_tls_server.h"

#include <pthread.h>
#include <signal.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <netinet/in.h>
#include <sys/socket.h>

namespace codex::test {
namespace {

constexpr long kHour = 3600;

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

// A certificate for localhost that is signed by itself.
void make_certificate(const std::string& certificate_path, const std::string& key_path) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  must(key != nullptr && certificate != nullptr, "no key");
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kHour);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const std::string host = "localhost";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.data()),
                             static_cast<int>(host.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  for (const auto& [kind, value] : {std::pair(NID_subject_alt_name, "DNS:localhost"),
                                    std::pair(NID_basic_constraints, "critical,CA:TRUE")}) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  must(X509_sign(certificate, key, EVP_sha256()) != 0, "it could not be signed");
  BIO* const to_certificate = BIO_new_file(certificate_path.c_str(), "w");
  BIO* const to_key = BIO_new_file(key_path.c_str(), "w");
  must(PEM_write_bio_X509(to_certificate, certificate) != 0 &&
           PEM_write_bio_PrivateKey(to_key, key, nullptr, nullptr, 0, nullptr, nullptr) != 0,
       "it could not be written");
  BIO_free(to_certificate);
  BIO_free(to_key);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

// Reads one request up to the end of its body.
bool read_request(SSL* connection) {
  std::string all;
  for (;;) {
    char bytes[16384];
    const int count = SSL_read(connection, bytes, sizeof bytes);
    if (count <= 0) return false;
    all.append(bytes, static_cast<std::size_t>(count));
    const std::size_t end = all.find("\r\n\r\n");
    const std::size_t length = all.find("Content-Length: ");
    if (end == all.npos || length == all.npos) continue;
    if (all.size() >= end + 4 + std::stoul(all.substr(length + 16))) return true;
  }
}

}  // namespace

struct TlsServer::State {
  TempFolder folder;
  std::string certificate = folder.path() + "/certificate.pem";
  std::string key = folder.path() + "/key.pem";
  SSL_CTX* context = nullptr;
  int listener = -1;
  int port = 0;
  std::atomic<int> requests{0};
  std::atomic<bool> ending{false};
  std::thread thread;

  void serve() {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);  // a client that has gone is told by SSL_write()
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    while (!ending) {
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      SSL* const connection = SSL_new(context);
      SSL_set_fd(connection, fd);
      if (SSL_accept(connection) == 1 && read_request(connection)) {
        ++requests;
        const std::string answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        SSL_write(connection, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(connection);
      }
      SSL_free(connection);
      ::close(fd);
    }
  }
};

TlsServer::TlsServer() : state_(std::make_unique<State>()) {
  State& state = *state_;
  make_certificate(state.certificate, state.key);
  state.context = SSL_CTX_new(TLS_server_method());
  must(SSL_CTX_use_certificate_file(state.context, state.certificate.c_str(), SSL_FILETYPE_PEM) ==
               1 &&
           SSL_CTX_use_PrivateKey_file(state.context, state.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_load_verify_locations(state.context, state.certificate.c_str(), nullptr) == 1,
       "the certificate is not taken");
  SSL_CTX_set_verify(state.context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  state.listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  must(::bind(state.listener, any, size) == 0 && ::listen(state.listener, 16) == 0 &&
           ::getsockname(state.listener, any, &size) == 0,
       "no port to listen at");
  state.port = ntohs(address.sin_port);
  state.thread = std::thread([&state] { state.serve(); });
}

TlsServer::~TlsServer() {
  state_->ending = true;
  ::shutdown(state_->listener, SHUT_RDWR);
  state_->thread.join();
  ::close(state_->listener);
  SSL_CTX_free(state_->context);
}

std::string TlsServer::url() const {
  return "https://localhost:" + std::to_string(state_->port);
}
int TlsServer::requests() const {
  return state_->requests;
}
std::string TlsServer::certificate() const {
  return state_->certificate;
}
std::string TlsServer::key() const {
  return state_->key;
}

}  // namespace codex::test
