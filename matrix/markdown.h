// Markdown (GitHub's) around text that comes from a session.
#ifndef MATRIX_MARKDOWN_H_
#define MATRIX_MARKDOWN_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace codex::matrix {

// A code span: nothing in it is markup, mention or link, however many backticks it has, and it is
// printable(), so it stays on its line. At most `longest` characters of it (0: all).
std::string code(std::string_view text, std::size_t longest = 0);
// The same in a cell of a table, where a `|` would still end it.
std::string cell(std::string_view text, std::size_t longest = 0);

// A text that keeps to a limit: where something does not fit, it and all that comes after it is
// left out, and counted.
class Page {
 public:
  // `longest`: bytes, the words about what is left out included; some hundred at least.
  explicit Page(std::size_t longest) : longest_(longest) {}

  // `thing` is what the text is one of, in the plural: "sessions"; empty: nothing to be counted.
  void add(const std::string& text, const std::string& thing = "");
  // A table or a list with what stands before it; nothing where there are no rows. At most `most`
  // of them (0: all), then how many more there are.
  void rows(const std::string& header, const std::vector<std::string>& lines,
            const std::string& thing, std::size_t most = 0);
  // The text. What was left out stands at its end.
  std::string take();

 private:
  void leave_out(const std::string& thing);

  std::size_t longest_;
  std::string text_;
  bool full_ = false;
  // What came after here leaves no room for the words about a cut, and goes if there is one.
  std::size_t safe_ = 0;
  std::vector<std::string> after_safe_;          // things
  std::map<std::string, std::size_t> left_out_;  // by thing
};

}  // namespace codex::matrix

#endif  // MATRIX_MARKDOWN_H_
