#include "cli/shim.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/subject/fd.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using harness::Error;

constexpr std::string_view kMark = "# A shim of codex-telemetry-diff: ";

std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + quoted(word);
  return out;
}

bool may_run(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::string absolute(const std::string& path) {
  const bool folder = path.ends_with('/');
  const std::string out = fs::absolute(path).lexically_normal().string();
  return folder && !out.ends_with('/') ? out + "/" : out;
}

bool is_shim(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string first;
  std::string second;
  return std::getline(file, first) && std::getline(file, second) && second.starts_with(kMark);
}

// The options with which the shim calls `observe`.
std::vector<std::string> words_of(const ObserveOptions& options) {
  std::vector<std::string> words = {"observe", "--shimmed"};
  const auto add = [&words](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  add("--transport", options.transport);
  add("--log", options.log == "none" || options.log.empty() ? options.log : absolute(options.log));
  add("--format", options.format);
  add("--level", options.level);
  add("--events", options.events.empty() ? "" : absolute(options.events));
  add("--tape", options.tape.empty() ? "" : absolute(options.tape));
  add("--otlp", options.exporters.otlp);
  add("--prometheus", options.exporters.prometheus);
  add("--statsd", options.exporters.statsd);
  if (options.no_trace_context) words.emplace_back("--no-trace-context");
  return words;
}

std::optional<Error> write_new(const std::string& path, const std::string& text) {
  const std::string draft = path + ".part";
  const auto failure = [&] {
    return Error{.message = "cannot be written: " + std::generic_category().message(errno),
                 .file = path,
                 .hint = "name another file with --shim"};
  };
  harness::Fd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0777));
  if (!fd) return failure();
  const bool written = ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  // An executable that is still open to be written cannot be run.
  fd.reset();
  if (written && ::rename(draft.c_str(), path.c_str()) == 0) return std::nullopt;
  const Error error = failure();
  ::unlink(draft.c_str());
  return error;
}

}  // namespace

std::optional<std::string> executable(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    return may_run(program) ? std::optional(absolute(program)) : std::nullopt;
  }
  const char* set = std::getenv("PATH");
  std::string_view rest = set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin";
  while (!program.empty()) {
    const std::size_t colon = rest.find(':');
    const fs::path folder = rest.substr(0, colon).empty() ? "." : std::string(rest.substr(0, colon));
    if (may_run(folder / program)) return absolute((folder / program).string());
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

std::string shim_text(const std::string& observer, const std::vector<std::string>& words,
                      const std::vector<std::string>& command) {
  const std::string codex = joined(command) + " \"$@\"";
  return "#!/bin/sh\n" + std::string(kMark) + "codex, observed; and codex alone where the program is gone.\n" +
         "if [ -x " + quoted(observer) + " ]; then\n  exec " + quoted(observer) + " " +
         joined(words) + " -- " + codex + "\nfi\nexec " + codex + "\n";
}

std::optional<Error> write_shim(const ObserveOptions& options) {
  std::vector<std::string> command = options.command;
  if (command.empty()) command.emplace_back(options.codex.empty() ? "codex" : options.codex);
  else if (!options.codex.empty()) command.front() = options.codex;
  const std::optional<std::string> codex = executable(command.front());
  if (!codex) {
    return Error{.message = "there is no such program to put behind the shim",
                 .file = command.front(),
                 .hint = "name the codex executable behind --, or with --codex"};
  }
  command.front() = *codex;
  std::error_code error;
  const std::string path = absolute(options.shim);
  if (fs::equivalent(path, *codex, error) || is_shim(*codex)) {
    return Error{.message = "the shim would start a shim",
                 .file = *codex,
                 .hint = "name the codex executable itself behind --, or with --codex"};
  }
  if (fs::exists(path, error) && !is_shim(path)) {
    return Error{.message = "is there already, and is no shim",
                 .file = options.shim,
                 .hint = "name another file with --shim"};
  }
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return write_new(path, shim_text(self.string(), words_of(options), command));
}

}  // namespace codex::cli
