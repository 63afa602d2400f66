// What C++ makes of JSON texts, for suite.py: our parser, an observer that hears the text as a line
// of codex, and nlohmann_json as a third opinion.
//
// Standard input: for each text its size in bytes, a line feed, its bytes. Standard output: for each
// an object on a line. "parse" and "nlohmann" have "value", as json.dumps prints it, or "error";
// "line" is the observer's reason to call the line malformed, null where it has none.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/json.h"

namespace codex {
namespace {

using Theirs = nlohmann::ordered_json;

json::Value ours_of(const Theirs& theirs) {
  switch (theirs.type()) {
    case Theirs::value_t::boolean:
      return theirs.get<bool>();
    case Theirs::value_t::number_integer:
      return theirs.get<std::int64_t>();
    case Theirs::value_t::number_unsigned:
      return theirs.get<std::uint64_t>();
    case Theirs::value_t::number_float:
      return theirs.get<double>();
    case Theirs::value_t::string:
      return theirs.get<std::string>();
    case Theirs::value_t::array: {
      json::Array array;
      for (const Theirs& each : theirs) array.push_back(ours_of(each));
      return array;
    }
    case Theirs::value_t::object: {
      json::Object object;
      for (const auto& [key, value] : theirs.items()) object.append(key, ours_of(value));
      return object;
    }
    default:
      return nullptr;
  }
}

json::Value parsed(std::string_view text) {
  const json::ParseResult result = json::parse(text);
  if (!result) return json::Object{{"error", result.error().text()}};
  return json::Object{{"value", json::dump(result.value())}};
}

json::Value nlohmann_parsed(std::string_view text) {
  try {
    return json::Object{{"value", json::dump(ours_of(Theirs::parse(text)))}};
  } catch (const Theirs::exception& error) {
    return json::Object{{"error", std::string(error.what()).substr(0, 200)}};
  }
}

json::Value heard(std::string_view text) {
  json::Value reason;
  telemetry::Hub hub;
  telemetry::ExecObserver::Options options;
  options.listener = [&](const telemetry::Event& event, std::string_view) {
    if (event.name != telemetry::event::kSessionMalformed) return;
    if (const json::Value* why = event.metadata.find("reason")) reason = *why;
  };
  telemetry::ExecObserver observer(hub, options);
  observer.standard_output(text);
  observer.ended(0);
  return reason;
}

int run() {
  std::string size;
  while (std::getline(std::cin, size)) {
    std::string text(std::stoul(size), '\0');
    if (!std::cin.read(text.data(), static_cast<std::streamsize>(text.size()))) {
      std::cerr << "ctd_json_answers: the input ends within a text\n";
      return 2;
    }
    const json::Value answer = json::Object{
        {"parse", parsed(text)}, {"nlohmann", nlohmann_parsed(text)}, {"line", heard(text)}};
    std::cout << json::dump(answer) << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace codex

int main() { return codex::run(); }
