#include <codex/telemetry/exec_observer.h>
#include <iostream>
int main() {
  codex::telemetry::Hub hub;
  hub.attach("codex", [](const auto& event) { std::cout << event.name << '\n'; });
  codex::telemetry::ExecObserver(hub).standard_output("{\"type\":\"turn.started\"}\n");
}
