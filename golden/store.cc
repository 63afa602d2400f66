#include "golden/store.h"

#include <algorithm>
#include <atomic>
#include <unistd.h>
#include <utility>

#include "golden/json_text.h"

namespace codex::golden {
namespace {

using harness::Error;
using harness::Result;

constexpr std::string_view kTemporary = ".golden-tmp-";

std::string_view suffix(Slot slot) {
  return slot == Slot::kAccepted ? ".golden.jsonl" : ".pending.jsonl";
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash);
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// What is wrong with a session's name, nothing where it is right.
const char* fault(std::string_view session) {
  if (session.empty()) return "is empty";
  if (session.front() == '/') return "is absolute";
  for (const char c : session) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "has a control character";
  }
  for (std::size_t at = 0; at <= session.size();) {
    const std::size_t slash = std::min(session.find('/', at), session.size());
    const std::string_view segment = session.substr(at, slash - at);
    if (segment.empty()) return "has an empty segment";
    if (segment == "." || segment == "..") return "leaves its folder";
    at = slash + 1;
  }
  return nullptr;
}

// No two of one process are alike, and none of two processes.
std::string temporary_path(const std::string& folder) {
  static std::atomic<unsigned> count{0};
  return folder + "/" + std::string(kTemporary) + std::to_string(::getpid()) + "-" +
         std::to_string(++count);
}

}  // namespace

Store::Store(std::string root, Files& files) : root_(std::move(root)), files_(files) {
  while (root_.size() > 1 && root_.back() == '/')
    root_.pop_back();
  if (root_.empty()) root_ = ".";
}

Result<std::string> Store::path(const std::string& session, Slot slot) const {
  if (const char* why = fault(session)) {
    return Error{.message = "the session name " + shown(session) + " " + why,
                 .file = root_,
                 .line = 0,
                 .hint = "a session's name is the path of its tape under the given root"};
  }
  return root_ + "/" + session + std::string(suffix(slot));
}

Result<std::vector<std::string>> Store::list(Slot slot) const {
  Result<std::vector<std::string>> files = files_.list(root_);
  if (!files) return files;
  std::vector<std::string> sessions;
  for (const std::string& file : files.value()) {
    if (!file.ends_with(suffix(slot))) continue;
    std::string session = file.substr(0, file.size() - suffix(slot).size());
    if (fault(session) == nullptr) sessions.push_back(std::move(session));
  }
  std::sort(sessions.begin(), sessions.end());
  return sessions;
}

Result<std::optional<StoredTranscript>> Store::read(const std::string& session, Slot slot) const {
  const Result<std::string> where = path(session, slot);
  if (!where) return where.error();
  const Result<std::optional<std::string>> text = files_.read(where.value());
  if (!text) return text.error();
  if (!text.value()) return std::optional<StoredTranscript>();
  Result<StoredTranscript> golden = parse_transcript(*text.value(), where.value());
  if (!golden) return golden.error();
  if (golden->transcript.session != session) {
    const std::string other = shown(golden->transcript.session);
    return Error{.message = "is the golden of another session, " + other,
                 .file = where.value(),
                 .line = 1,
                 .hint = "record it again with `codex-telemetry-diff golden update`"};
  }
  return std::optional<StoredTranscript>(std::move(golden.value()));
}

Status Store::write(const StoredTranscript& golden, Slot slot) {
  const Result<std::string> where = path(golden.transcript.session, slot);
  if (!where) return where.error();
  const std::string folder = folder_of(where.value());
  if (Status error = files_.make_folders(folder)) return error;
  const std::string temporary = temporary_path(folder);
  Status error = files_.write_new(temporary, print_transcript(golden));
  if (!error) error = files_.rename(temporary, where.value());
  if (error) {
    // The first error is what the user must hear of; a file that stays is a leftover.
    static_cast<void>(files_.remove(temporary));
    return error;
  }
  return files_.sync_folder(folder);
}

Status Store::remove(const std::string& session, Slot slot) {
  const Result<std::string> where = path(session, slot);
  if (!where) return where.error();
  if (Status error = files_.remove(where.value())) return error;
  return files_.sync_folder(folder_of(where.value()));
}

Status Store::accept(const std::string& session) {
  // Read first: what is broken must not become the golden.
  const Result<std::optional<StoredTranscript>> pending = read(session, Slot::kPending);
  if (!pending) return pending.error();
  const Result<std::string> from = path(session, Slot::kPending);
  if (!pending.value()) {
    return Error{.message = "nothing is pending for " + shown(session),
                 .file = from.value(),
                 .line = 0,
                 .hint = "`codex-telemetry-diff golden update` records one"};
  }
  const Result<std::string> to = path(session, Slot::kAccepted);
  if (Status error = files_.rename(from.value(), to.value())) return error;
  return files_.sync_folder(folder_of(to.value()));
}

Result<std::vector<std::string>> Store::orphans(const std::set<std::string>& sessions,
                                                Slot slot) const {
  Result<std::vector<std::string>> all = list(slot);
  if (!all) return all;
  std::erase_if(all.value(), [&](const std::string& name) { return sessions.contains(name); });
  return all;
}

Result<std::vector<std::string>> Store::leftovers() const {
  Result<std::vector<std::string>> files = files_.list(root_);
  if (!files) return files;
  std::vector<std::string> found;
  for (const std::string& file : files.value()) {
    if (file_name(file).starts_with(kTemporary)) found.push_back(root_ + "/" + file);
  }
  return found;
}

Status Store::remove_leftovers() {
  const Result<std::vector<std::string>> found = leftovers();
  if (!found) return found.error();
  for (const std::string& file : found.value()) {
    if (Status error = files_.remove(file)) return error;
  }
  return std::nullopt;
}

}  // namespace codex::golden
