// Text as one word of a POSIX shell, for commands that people paste.
#ifndef MATRIX_SHELL_WORD_H_
#define MATRIX_SHELL_WORD_H_

#include <string>

namespace codex::matrix {

// As it is where no shell would change it, else in single quotes.
std::string shell_word(const std::string& text);

}  // namespace codex::matrix

#endif  // MATRIX_SHELL_WORD_H_
