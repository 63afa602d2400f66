// What the program's exit status says. Several causes: 2 before anything runs, else 70, else 1,
// else 3.
#ifndef CLI_EXIT_CODES_H_
#define CLI_EXIT_CODES_H_

namespace codex::cli {

inline constexpr int kParity = 0;
inline constexpr int kDifferences = 1;
inline constexpr int kUsage = 2;        // also unreadable input, and what selects nothing
inline constexpr int kUnavailable = 3;  // a subject could not run
inline constexpr int kBug = 70;
inline constexpr int kInterrupted = 130;

}  // namespace codex::cli

#endif  // CLI_EXIT_CODES_H_
