#include <codex/telemetry/otlp.h>
#include <iostream>
int main() {
  codex::telemetry::Hub hub;
  const auto otlp = codex::telemetry::attach_otlp(
      {.events = &hub}, codex::telemetry::otlp_options("http://127.0.0.1:9"));
  std::cout << otlp->stats().size() << '\n';
}
