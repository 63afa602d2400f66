#include "worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace codex::pybridge::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// More than the slowest import under a sanitizer takes.
constexpr auto kPatience = milliseconds(60000);

// In the child: what follows may only be async-signal-safe.
[[noreturn]] void become(const std::vector<std::string>& words,
                         const std::vector<std::string>& environment, int socket, int log) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (const auto& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
  envp.push_back(nullptr);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  // dup2 onto itself would leave close-on-exec set.
  if (socket == 3) ::fcntl(3, F_SETFD, 0);
  if (socket != 3) ::dup2(socket, 3);
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

std::pair<pid_t, harness::Fd> spawn(const WorkerProcess::Options& options) {
  auto [ours, theirs] = harness::socket_pair();
  std::vector<std::string> words = {std::string(CTD_BIN_DIR) + "/codex-telemetry-py-worker",
                                    "--subject", options.subject, "--venv", options.venv};
  if (options.test_adapters) {
    words.insert(words.end(), {"--adapters", test_file("adapters")});
  }
  std::vector<std::string> environment = options.environment;
  environment.emplace_back("PATH=/usr/bin:/bin");
  const harness::Fd log(options.log.empty() ? -1
                                            : ::open(options.log.c_str(),
                                                     O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const pid_t pid = ::fork();
  if (pid == 0) become(words, environment, theirs.get(), log.get());
  return {pid, std::move(ours)};
}

}  // namespace

std::string environment_folder() { return std::string(CTD_SOURCE_DIR) + "/.venv"; }

std::string test_file(const std::string& name) {
  return std::string(CTD_SOURCE_DIR) + "/tests/pybridge/" + name;
}

Lines::Lines(harness::Fd socket)
    : socket_(std::move(socket)), reader_(std::make_unique<harness::LineReader>(socket_.get())) {}

bool Lines::wait_for_line(std::string& line) {
  for (;;) {
    if (auto next = reader_->next()) {
      line = std::move(*next);
      return true;
    }
    if (ended_) return false;
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(kPatience.count())) <= 0) return false;
    if (!reader_->fill()) ended_ = true;
  }
}

json::Value Lines::next() {
  std::string line;
  if (!wait_for_line(line)) return json::Value();
  auto parsed = json::parse(line);
  return parsed.ok() ? std::move(parsed.value()) : json::Value("no JSON: " + line);
}

std::vector<json::Value> Lines::rest() {
  std::vector<json::Value> lines;
  for (json::Value line = next(); !line.is_null(); line = next()) lines.push_back(std::move(line));
  if (!ended_) lines.emplace_back();
  return lines;
}

WorkerProcess::WorkerProcess(const Options& options) : control_(harness::Fd()) {
  auto [pid, socket] = spawn(options);
  pid_ = pid;
  control_ = Lines(std::move(socket));
}

WorkerProcess::~WorkerProcess() {
  close();
  if (pid_ <= 0 || wait() >= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Lines WorkerProcess::run(const json::Value& session, const json::Value& driver,
                         const std::string& peer, const json::Value& peer_env,
                         const json::Value& tape) {
  auto [ours, theirs] = harness::socket_pair();
  json::Object run{
      {"session", session}, {"driver", driver}, {"peer", peer}, {"peer_env", peer_env}};
  if (!tape.is_null()) run.append("tape", tape);
  const json::Value request(json::Object{{"run", json::Value(std::move(run))}});
  harness::write_line_with_fd(control_.socket(), request, theirs.get());
  return Lines(std::move(ours));
}

void WorkerProcess::say(const json::Value& line) { harness::write_line(control_.socket(), line); }

int WorkerProcess::wait() {
  int status = 0;
  for (auto waited = milliseconds(0); waited < kPatience; waited += milliseconds(10)) {
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  return -1;
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) continue;
    std::istringstream rest(text.substr(name_end + 1));
    std::string state;
    pid_t its_parent = 0;
    if (rest >> state >> its_parent && its_parent == parent) {
      children.push_back(static_cast<pid_t>(std::stol(name)));
    }
  }
  return children;
}

bool goes_away(pid_t pid) {
  for (auto waited = milliseconds(0); waited < kPatience; waited += milliseconds(10)) {
    // One whose parent is gone is reaped by whoever inherits it, so a zombie may stay a while.
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos || text.substr(name_end + 2, 1) == "Z") return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

}  // namespace codex::pybridge::testing
