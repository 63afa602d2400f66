// Counts what is allocated, so that "no allocation" is a number.
#ifndef TESTS_BENCHMARKS_ALLOCATIONS_H_
#define TESTS_BENCHMARKS_ALLOCATIONS_H_

#include <cstdint>

namespace codex::benchmarks {

// Calls of operator new on the calling thread so far.
std::uint64_t allocations() noexcept;

}  // namespace codex::benchmarks

#endif  // TESTS_BENCHMARKS_ALLOCATIONS_H_
