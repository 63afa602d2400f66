// Which tapes a command is about.
#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/places.h"
#include "cli/session_job.h"
#include "cli/words.h"
#include "harness/model/nearest.h"
#include "harness/normalize/pattern.h"

namespace codex::cli {
namespace {

// A session's own name is the last part of its path.
std::string_view last_part(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// The session that was meant, as far as a pattern's letters tell; empty where they do not.
std::string meant_session(const std::string& glob, const std::vector<std::string>& names) {
  std::string letters;
  for (const char c : glob) {
    if (std::string_view("*?[]").find(c) == std::string_view::npos) letters += c;
  }
  std::vector<std::string_view> known(names.begin(), names.end());
  std::string_view meant = harness::nearest_name(letters, known);
  if (meant.empty()) {
    for (std::string_view& name : known) name = last_part(name);
    const std::string_view part = harness::nearest_name(last_part(letters), known);
    for (const std::string& name : names) {
      if (meant.empty() && !part.empty() && last_part(name) == part) meant = name;
    }
  }
  for (std::size_t i = 0; i < names.size() && meant.empty(); ++i) {
    if (!letters.empty() && names[i].find(letters) != std::string::npos) meant = names[i];
  }
  return std::string(meant);
}

harness::Error no_session(const std::vector<std::string>& globs,
                          const std::vector<std::string>& names) {
  std::string meant;
  for (const std::string& glob : globs) {
    if (meant.empty()) meant = meant_session(glob, names);
  }
  return {.message = "no session matches " + joined(globs),
          .hint = (meant.empty() ? "" : "did you mean \"" + meant + "\"? ") +
                  std::string("a pattern is for the whole name: '*' is any of its characters; "
                              "replay --list tells the names")};
}

// A PATH that is no path may be the name of a session.
harness::Error no_path(harness::Error error, const std::vector<std::string>& paths) {
  std::error_code ignored;
  const auto wrong = std::find_if(paths.begin(), paths.end(), [&](const std::string& path) {
    return !std::filesystem::exists(path, ignored);
  });
  const auto files = harness::find_tapes({nearest(kDefaultTapes)});
  if (wrong == paths.end() || !error.hint.empty() || !files) return error;
  if (*wrong == "-") {
    error.hint = "a session is replayed from a file: keep what comes in one, or pipe it into "
                 "codex-telemetry-diff observe";
    return error;
  }
  std::vector<std::string> names;
  for (const harness::TapeFile& file : *files.operator->()) {
    names.push_back(harness::session_name(file.path, file.root));
    if (harness::matches_glob(*wrong, names.back())) {
      error.hint = "a session of the corpus is chosen with --session " + *wrong;
      return error;
    }
  }
  const std::string_view meant = harness::nearest_name(*wrong, {names.begin(), names.end()});
  if (!meant.empty()) error.hint = "did you mean --session " + std::string(meant) + "?";
  return error;
}

// Whether one of the chosen subjects runs tapes of the kind.
bool is_for(const SubjectChoice& choice, harness::Transport transport) {
  return selected(choice, "cpp") || selected(choice, reference_subject(transport));
}

}  // namespace

bool is_wanted(const std::vector<std::string>& globs, const std::string& session) {
  return globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
           return harness::matches_glob(glob, session);
         });
}

SelectedTapes select_tapes(const JobOptions& options) {
  SelectedTapes out;
  const auto files = harness::find_tapes(options.paths);
  if (!files) {
    out.errors.push_back(no_path(files.error(), options.paths));
    return out;
  }
  std::vector<std::string> names;
  bool matched = false;
  bool failed_last = false;
  for (const harness::TapeFile& file : *files.operator->()) {
    names.push_back(harness::session_name(file.path, file.root));
    if (!is_wanted(options.session_globs, names.back())) continue;
    matched = true;
    if (options.only && !options.only(file.path)) continue;
    failed_last = true;
    auto tape = harness::read_tape(file.path, file.root);
    if (!tape) {
      out.errors.push_back(tape.error());
    } else if (is_for(options.subjects, tape->transport)) {
      out.tapes.push_back(std::move(tape.value()));
    }
  }
  if (!out.tapes.empty() || !out.errors.empty()) return out;
  if (!matched) {
    out.errors.push_back(no_session(options.session_globs, names));
  } else if (!failed_last) {
    out.errors.push_back({.message = "none of these sessions failed when it last ran",
                          .hint = "replay without --since-last runs them"});
  } else {
    out.errors.push_back({.message = joined(options.subjects.names) + " can run none of these sessions",
                          .hint = "agents runs those of codex exec, codex-sdk those of codex "
                                  "app-server, cpp both"});
  }
  return out;
}

}  // namespace codex::cli
