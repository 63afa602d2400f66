// prometheus-cpp's counter and histogram.
#include "tests/benchmarks/measure.h"

#include <benchmark/benchmark.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace codex::benchmarks {
namespace {

void counter(benchmark::State& state) {
  static prometheus::Counter counter;
  measure(state, [] { counter.Increment(); });
}
BENCHMARK(counter)->Name("counter/prometheus_cpp")->Threads(1)->Threads(2)->UseRealTime();

void histogram(benchmark::State& state) {
  static prometheus::Histogram histogram(
      {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 3600});
  measure(state, [] { histogram.Observe(1.23456789); });
}
BENCHMARK(histogram)->Name("histogram/prometheus_cpp");

void counter_with_lookup(benchmark::State& state) {
  prometheus::Registry registry;
  auto& family = prometheus::BuildCounter().Name("turns").Register(registry);
  measure(state, [&] { family.Add({{"outcome", "completed"}}).Increment(); });
}
BENCHMARK(counter_with_lookup)->Name("counter/prometheus_cpp_with_lookup");

}  // namespace
}  // namespace codex::benchmarks
