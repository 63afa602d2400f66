// What all benchmarks do: run, and say what one call allocated.
#ifndef TESTS_BENCHMARKS_MEASURE_H_
#define TESTS_BENCHMARKS_MEASURE_H_

#include <cstdint>

#include "tests/benchmarks/allocations.h"

#include <benchmark/benchmark.h>

namespace codex::benchmarks {

// Times `call`, which has run a few times before: caches and thread-local memory are warm then. The
// counter `allocations` is per call.
template <typename Call>
void measure(benchmark::State& state, const Call& call) {
  constexpr int kWarmUp = 64;
  for (int i = 0; i < kWarmUp; ++i)
    call();
  const std::uint64_t before = allocations();
  for (auto _ : state)
    call();
  state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                     benchmark::Counter::kAvgIterations);
}

}  // namespace codex::benchmarks

#endif  // TESTS_BENCHMARKS_MEASURE_H_
