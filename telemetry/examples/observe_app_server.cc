// Reads what passed between a client and codex app-server, and tells what happened. One message a
// line, as tapes have it: {">": what the client wrote} or {"<": what codex wrote}; other lines are
// skipped.
//
//   observe_app_server < my-app-server.tape.jsonl
#include <iostream>
#include <string>

#include <codex/telemetry/app_server_observer.h>

#include "shown.h"

namespace json = codex::json;

int main() {
  codex::telemetry::Hub hub;
  hub.attach("codex", [](const codex::telemetry::Event& event) {
    std::cout << examples::shown(event) << '\n';
  });

  codex::telemetry::AppServerObserver observer(hub);
  for (std::string line; std::getline(std::cin, line);) {
    const json::ParseResult message = json::parse(line);
    if (!message) continue;
    if (const json::Value* sent = message.value().get(">")) {
      observer.client_output(json::dump(*sent) + "\n");
    } else if (const json::Value* received = message.value().get("<")) {
      observer.standard_output(json::dump(*received) + "\n");
    }
  }
  observer.ended(std::nullopt);
  return observer.open_turns() == 0 ? 0 : 1;
}
