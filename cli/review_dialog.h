// The conversation of `golden review`: one cause at a time, one letter an answer.
#ifndef CLI_REVIEW_DIALOG_H_
#define CLI_REVIEW_DIALOG_H_

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "golden/review.h"

namespace codex::cli {

// What the cause is, what it changes, and in how many sessions; `whole`: every change, values in
// full.
void print_cause(const golden::PendingCause& cause, bool whole, const Console& console);

// Asks on console.out and reads answers from `in`, a line each. Writes nothing.
class ReviewDialog {
 public:
  ReviewDialog(const golden::Review& review, std::istream& in, const Console& console);

  // Until every cause has an answer or the user quits. False: end of input, nothing is decided.
  bool run();

  // Nothing: it waits on.
  std::optional<golden::Decision> decision(const std::string& session,
                                           const std::string& cause) const;

 private:
  // A cause, or after `split` one session of it.
  struct Question {
    const golden::PendingCause* cause = nullptr;
    std::optional<std::string> session;
  };
  using Key = std::pair<std::string, std::string>;  // session, cause
  enum class Next { kNext, kAgain, kQuit };

  void ask(const Question& question, std::size_t number) const;
  Next answer(char letter, const Question& question);
  void decide(const Question& question, std::optional<golden::Decision> decision);
  void split(const Question& question);
  void open_in_editor(const Question& question) const;

  const golden::Review& review_;
  std::istream& in_;
  const Console& console_;
  std::vector<Question> questions_;
  std::size_t at_ = 0;
  std::map<Key, golden::Decision> decisions_;
};

}  // namespace codex::cli

#endif  // CLI_REVIEW_DIALOG_H_
