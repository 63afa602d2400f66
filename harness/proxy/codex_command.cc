#include "harness/proxy/codex_command.h"

#include <algorithm>
#include <array>

namespace codex::harness {
namespace {

// `codex --help`, `codex exec --help` and `codex app-server --help` of 0.163.0.
constexpr std::array<std::string_view, 34> kWithValue = {
    "-c", "--config", "--enable", "--disable", "--remote", "--remote-auth-token-env", "-i", "--image",
    "-m", "--model", "--local-provider", "-p", "--profile", "-s", "--sandbox", "-C", "--cd",
    "--add-dir", "-a", "--ask-for-approval", "--thread-source", "--cyber-access-program",
    "--output-schema", "--color", "-o", "--output-last-message", "--code-mode-host", "--listen",
    "--ws-auth", "--ws-token-file", "--ws-token-sha256", "--ws-shared-secret-file", "--ws-issuer",
    "--ws-audience"};

bool has(const std::vector<std::string>& arguments, std::string_view word) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find(arguments.begin(), end, word) != end;
}

bool over_stdio(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    constexpr std::string_view kListen = "--listen=";
    if (arguments[i].starts_with(kListen)) return arguments[i].substr(kListen.size()) == "stdio://";
    if (arguments[i] == "--listen" && i + 1 < arguments.size()) {
      return arguments[i + 1] == "stdio://";
    }
  }
  return true;
}

}  // namespace

bool takes_value(std::string_view option) {
  return std::find(kWithValue.begin(), kWithValue.end(), option) != kWithValue.end();
}

std::vector<std::size_t> plain_words(const std::vector<std::string>& arguments) {
  std::vector<std::size_t> words;
  bool options = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (options && word == "--") {
      options = false;
    } else if (options && word.size() > 1 && word[0] == '-') {
      if (takes_value(word)) ++i;
    } else {
      words.push_back(i);
    }
  }
  return words;
}

std::optional<Transport> transport_of(const std::vector<std::string>& arguments) {
  const std::vector<std::size_t> words = plain_words(arguments);
  if (words.empty()) return std::nullopt;
  const std::string& command = arguments[words.front()];
  const std::string next = words.size() > 1 ? arguments[words[1]] : std::string();
  if (command == "exec" || command == "e") {
    const bool lines = has(arguments, "--json") || has(arguments, "--experimental-json");
    return lines ? std::optional(Transport::kExec) : std::nullopt;
  }
  if (command == "app-server" && next.empty() && over_stdio(arguments)) {
    return Transport::kAppServer;
  }
  return std::nullopt;
}

}  // namespace codex::harness
