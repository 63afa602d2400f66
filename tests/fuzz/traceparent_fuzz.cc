// traceparent and tracestate: the first line is the one, the rest the other.
#include <algorithm>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/propagation.h"
#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

void run(std::string_view input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string parent(input.substr(0, end));
  const std::string state(input.substr(std::min(end + 1, input.size())));

  const auto context = telemetry::parse_traceparent(parent);
  if (context) {
    check(context->valid(), "what is read is valid");
    const auto again = telemetry::parse_traceparent(telemetry::traceparent(*context));
    check(again == context, "what is written reads as the same");
  }

  const std::string bounded = telemetry::bounded_tracestate(state);
  check(bounded.size() <= telemetry::kMaxTraceStateBytes, "tracestate is bounded");
  check(telemetry::bounded_tracestate(bounded) == bounded, "and bounding it again changes nothing");
  check(state.size() > telemetry::kMaxTraceStateBytes || bounded.empty() || bounded == state,
        "what fits goes on byte for byte");

  const auto remote = telemetry::trace_context_from_environment(
      [&](std::string_view name) -> std::optional<std::string> {
        return name == "TRACEPARENT" ? parent : state;
      });
  check(!context || remote, "what the header says the environment says");
  if (!remote) return;
  const auto given = telemetry::environment_with(remote->context, {"A=B", "TRACEPARENT=x"}, state);
  for (const std::string& variable : given) {
    if (!variable.starts_with("TRACEPARENT=")) continue;
    check(telemetry::parse_traceparent(variable.substr(12)) == remote->context,
          "a process that is started gets the context");
  }
  (void)telemetry::with_trace({{"id", 1}, {"method", "m"}}, remote->context, state);
}

std::vector<std::string> seeds() {
  std::vector<std::string> all{
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nrojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what\na@b=1, c=2 ,,d_*/-=~!",
      " \t00-00000000000000000000000000000000-00f067aa0ba902b7-01\t\nA=1,a=1,a=2"};
  std::string many = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff\n";
  for (int i = 0; i < 40; ++i) many += "k" + std::to_string(i) + "=" + std::string(20, 'v') + ",";
  all.push_back(many);
  return all;
}

}  // namespace

const Target kTraceparent{"traceparent", run, seeds, 2048};

}  // namespace codex::fuzz
