#include "cli/review_dialog.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <istream>
#include <ostream>
#include <sstream>
#include <utility>

#include "golden/verdict.h"
#include "matrix/difference_text.h"
#include "matrix/printable.h"

namespace codex::cli {
namespace {

using golden::Decision;
using golden::PendingCause;

constexpr std::size_t kShort = 240;
constexpr std::size_t kFewSessions = 6;

std::string listed(const std::set<std::string>& sessions, bool whole) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& session : sessions) {
    if (!whole && count++ == kFewSessions) return text + ", …";
    text += (text.empty() ? "" : ", ") + matrix::printable(session);
  }
  return text;
}

std::string cut(const std::string& text, bool whole) {
  const std::string shown = matrix::printable(text);
  return whole || shown.size() <= kShort ? shown : std::string(json::prefix(shown, kShort)) + "…";
}

void print_change(const golden::Difference& change, bool whole, std::ostream& out) {
  golden::JudgedDifference judged;
  judged.subject = "now";
  judged.against = "golden";
  judged.difference = change;
  const matrix::DifferenceText text = matrix::describe(judged, whole ? 0 : kShort);
  out << "    " << matrix::printable(change.lane) << ' ' << text.place << "\n      golden  "
      << text.expected << "\n      now     " << text.actual << '\n';
}

constexpr const char* kHelp =
    "  a  accept: the golden is changed so\n"
    "  r  reject: the golden stays, the change is thrown away\n"
    "  s  skip: it waits\n"
    "  p  split: ask for each session on its own\n"
    "  u  undo the last answer\n"
    "  l  list every change of this cause, values in full\n"
    "  e  open that list in $VISUAL or $EDITOR\n"
    "  q  quit: what was answered so far is done, the rest waits\n";

}  // namespace

void print_cause(const PendingCause& cause, bool whole, const Console& console) {
  std::ostream& out = console.out;
  out << cause.cause.id << "  " << matrix::counted(cause.sessions.size(), "session", "sessions")
      << "  " << matrix::printable(cause.cause.where) << "\n    " << cut(cause.cause.what, whole)
      << "\n    in " << listed(cause.sessions, whole) << '\n';
  for (const golden::Difference* change : cause.changes) {
    print_change(*change, whole, out);
    if (!whole) break;
  }
}

ReviewDialog::ReviewDialog(const golden::Review& review, std::istream& in, const Console& console)
    : review_(review), in_(in), console_(console) {
  for (const PendingCause& cause : review_.causes()) questions_.push_back({&cause, std::nullopt});
}

bool ReviewDialog::run() {
  bool again = false;
  while (at_ < questions_.size()) {
    if (!again) ask(questions_[at_], at_ + 1);
    console_.out << "  accept, reject, skip, split, undo, list, editor, quit [a/r/s/p/u/l/e/q/?] "
                 << std::flush;
    std::string line;
    if (!std::getline(in_, line)) {
      console_.out << '\n';
      return false;
    }
    const std::size_t letter = line.find_first_not_of(" \t\r");
    const Next next = answer(letter == std::string::npos ? '?' : line[letter], questions_[at_]);
    if (next == Next::kQuit) return true;
    again = next == Next::kAgain;
    if (next == Next::kNext) ++at_;
  }
  return true;
}

void ReviewDialog::ask(const Question& question, std::size_t number) const {
  console_.out << '\n' << number << '/' << questions_.size() << "  ";
  print_cause(*question.cause, false, console_);
  if (question.session) {
    console_.out << "  only in " << matrix::printable(*question.session) << '\n';
  }
}

ReviewDialog::Next ReviewDialog::answer(char letter, const Question& question) {
  switch (letter) {
    case 'a':
      decide(question, Decision::kAccept);
      return Next::kNext;
    case 'r':
      decide(question, Decision::kReject);
      return Next::kNext;
    case 's':
      decide(question, std::nullopt);
      return Next::kNext;
    case 'p':
      split(question);
      ask(questions_[at_], at_ + 1);
      return Next::kAgain;
    case 'u':
      if (at_ != 0) --at_;
      decide(questions_[at_], std::nullopt);
      ask(questions_[at_], at_ + 1);
      return Next::kAgain;
    case 'l':
      print_cause(*question.cause, true, console_);
      return Next::kAgain;
    case 'e':
      open_in_editor(question);
      return Next::kAgain;
    case 'q':
      return Next::kQuit;
    default:
      console_.out << kHelp;
      return Next::kAgain;
  }
}

void ReviewDialog::decide(const Question& question, std::optional<Decision> decision) {
  for (const std::string& session : question.cause->sessions) {
    if (question.session && *question.session != session) continue;
    const Key key{session, question.cause->cause.id};
    if (decision) {
      decisions_[key] = *decision;
    } else {
      decisions_.erase(key);
    }
  }
}

// A question about one session stays one.
void ReviewDialog::split(const Question& question) {
  if (question.session || question.cause->sessions.size() < 2) return;
  const PendingCause* cause = question.cause;
  std::vector<Question> parts;
  for (const std::string& session : cause->sessions) parts.push_back({cause, session});
  const auto here = questions_.begin() + static_cast<std::ptrdiff_t>(at_);
  questions_.insert(questions_.erase(here), parts.begin(), parts.end());
}

void ReviewDialog::open_in_editor(const Question& question) const {
  const char* editor = std::getenv("VISUAL");
  if (editor == nullptr || *editor == '\0') editor = std::getenv("EDITOR");
  if (editor == nullptr || *editor == '\0') {
    console_.error("set VISUAL or EDITOR to the editor that shall open it");
    return;
  }
  std::ostringstream text;
  Console quiet{text, text};
  print_cause(*question.cause, true, quiet);
  const std::string path = std::filesystem::temp_directory_path() /
                           ("codex-telemetry-review-" + std::to_string(::getpid()) + ".txt");
  // A golden is never edited: this is a copy to read and search.
  std::ofstream(path) << text.str();
  const std::string command = std::string(editor) + " '" + path + "'";
  if (std::system(command.c_str()) != 0) console_.error("`" + command + "` failed");
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

std::optional<Decision> ReviewDialog::decision(const std::string& session,
                                               const std::string& cause) const {
  const auto found = decisions_.find({session, cause});
  return found == decisions_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace codex::cli
