// The cheapest that there is of a kind: what the others are measured by.
#ifndef TESTS_BENCHMARKS_FLOORS_H_
#define TESTS_BENCHMARKS_FLOORS_H_

#include <chrono>
#include <string>

namespace codex::benchmarks {

// A relaxed load and a branch behind a call that is not inlined.
bool out_of_line_flag() noexcept;

// A JSON line of seven members, as one would write it by hand for this one line: time in RFC 3339
// with microseconds, level, logger, message, template, thread, turn. Texts are escaped.
void hand_rendered_line(std::string& out, std::chrono::system_clock::time_point now,
                        std::string_view message, std::string_view thread, std::string_view turn);

}  // namespace codex::benchmarks

#endif  // TESTS_BENCHMARKS_FLOORS_H_
