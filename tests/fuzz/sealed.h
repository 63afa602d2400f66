// Files with a digest in their last line: a bent text with the footer that fits it, since no
// mutation finds one.
#ifndef TESTS_FUZZ_SEALED_H_
#define TESTS_FUZZ_SEALED_H_

#include <string>
#include <string_view>

namespace codex::fuzz {

// Each takes out the footer that the text ends in, if any.
std::string sealed_golden(std::string_view text);
std::string sealed_matrix(std::string_view text);
std::string sealed_results(std::string_view text);

}  // namespace codex::fuzz

#endif  // TESTS_FUZZ_SEALED_H_
