#include "harness/proxy/tape_writer.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/model/base64.h"
#include "harness/model/utf8.h"
#include "harness/proxy/exec_request.h"
#include "harness/tape/file.h"
#include "harness/tape/line.h"

namespace codex::harness {
namespace {

using json::Value;
using Kind = TapeScrub::Kind;

std::string line_of(const char* key, Value value) {
  return json::dump(Value(json::Object{{key, std::move(value)}}), json::kCompactUnicode) + "\n";
}

// {"<":TEXT}, if a tape so read has exactly these bytes.
std::optional<std::string> spliced(const char* key, std::string_view text) {
  std::string line = "{\"" + std::string(key) + "\":" + std::string(text) + "}";
  const Result<ParsedLine> read = parse_line({1, line});
  if (!read || read->slice != text) return std::nullopt;
  return line + "\n";
}

// As JSON text can say it: stderr is shown, and no client reads bytes there.
std::string as_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t end = find_invalid_utf8(bytes);
    text += bytes.substr(0, end);
    if (end == std::string_view::npos) break;
    text += "\xef\xbf\xbd";
    bytes.remove_prefix(end + 1);
  }
  return text;
}

json::Array array_of(const std::vector<std::string>& words) {
  json::Array out;
  for (const std::string& word : words) out.emplace_back(as_text(word));
  return out;
}

std::vector<std::string> arguments_of(const std::vector<std::string>& argv) {
  return argv.empty() ? argv : std::vector<std::string>(argv.begin() + 1, argv.end());
}

// What CodexConfig was given, as far as the wire says it and it is not what it is by itself.
json::Object client_config(const std::vector<std::string>& arguments, const Value& initialize) {
  json::Object config;
  json::Array overrides;
  for (std::size_t i = 0; i + 1 < arguments.size() && arguments[i] == "--config"; i += 2) {
    overrides.emplace_back(as_text(arguments[i + 1]));
  }
  if (!overrides.empty()) config.set("config_overrides", std::move(overrides));
  const Value* params = initialize.get("params");
  const Value* info = params == nullptr ? nullptr : params->get("clientInfo");
  if (info == nullptr) return config;
  if (info->get("name") != nullptr && info->get("name")->text() == "codex_python_sdk") return config;
  for (const auto& [key, name] : {std::pair{"name", "client_name"}, std::pair{"title", "client_title"},
                                  std::pair{"version", "client_version"}}) {
    const Value* value = info->get(key);
    if (value != nullptr && value->is_string()) config.set(name, *value);
  }
  return config;
}

}  // namespace

std::string tape_name(const std::string& file, Transport transport) {
  std::error_code error;
  if (!file.ends_with('/') && !std::filesystem::is_directory(file, error)) return file;
  const time_t now = ::time(nullptr);
  struct tm parts {};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> stamp{};
  ::strftime(stamp.data(), stamp.size(), "%Y%m%dT%H%M%SZ", &parts);
  const std::string name = std::string(transport == Transport::kExec ? "codex-exec-" : "codex-app-server-") +
                           stamp.data() + "-" + std::to_string(::getpid()) + ".tape.jsonl";
  return (std::filesystem::path(file) / name).string();
}

TapeWriter::TapeWriter(TapeWriterOptions options)
    : options_(std::move(options)),
      scrubber_(options_.scrubber ? options_.scrubber : telemetry::default_scrubber()),
      raw_(options_.file.ends_with(".exec.jsonl")),
      file_(tape_name(options_.file, options_.transport)),
      scrub_(scrubber_, [this](Kind kind, std::string_view text, bool terminated) {
        print(kind, text, terminated);
      }),
      error_scrub_(*scrubber_) {}

Value TapeWriter::clean(Value value) const {
  scrubber_->scrub(value);
  return value;
}

void TapeWriter::begin(const Value& driver) {
  if (std::exchange(begun_, true)) return;
  json::Object recorded{{"by", "codex-telemetry-diff observe"}};
  if (!options_.argv.empty()) {
    recorded.set("binary", std::filesystem::path(options_.argv.front()).filename().string());
    recorded.set("argv", array_of(arguments_of(options_.argv)));
  }
  const char* transport = options_.transport == Transport::kExec ? "exec" : "app-server";
  json::Object header{{"tape", 1},
                      {"transport", transport},
                      {"title", std::string("Observed: codex ") + transport},
                      {"driver", driver},
                      {"recorded", std::move(recorded)}};
  scrub_.add(Kind::kOther,
             json::dump(clean(Value(std::move(header))), json::kCompactUnicode) + "\n");
}

void TapeWriter::exec_started(const std::optional<std::string>& standard_input) {
  if (raw_ || begun_) return;
  const std::vector<std::string> arguments = arguments_of(options_.argv);
  Value schema;
  if (const std::string path = schema_file(arguments); !path.empty()) {
    const Result<std::string> text = read_file(path);
    const json::ParseResult parsed = json::parse(text ? text.value() : "");
    if (parsed) schema = parsed.value();
  }
  std::optional<std::string> text = standard_input;
  if (text && !is_utf8(*text)) text.reset();
  ExecRequest request = exec_request(arguments, text, schema);
  begin(Value(std::move(request.driver)));
  json::Object start{{"argv", array_of(request.argv)}, {"stdin", request.standard_input}};
  scrub_.add(Kind::kOther, line_of(">", clean(Value(std::move(start)))));
}

void TapeWriter::begin_app_server(std::string_view first_line) {
  if (begun_) return;
  const json::ParseResult first = json::parse(first_line);
  json::Object config =
      client_config(arguments_of(options_.argv), first ? first.value() : Value());
  json::Object driver;
  if (!config.empty()) driver.set("config", std::move(config));
  begin(Value(std::move(driver)));
}

void TapeWriter::to_codex(std::string_view line) {
  begin_app_server(line);
  flush_error();
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  scrub_.add(Kind::kToCodex, std::string(line));
}

void TapeWriter::from_codex(std::string_view line) {
  if (options_.transport == Transport::kAppServer) begin_app_server({});
  flush_error();
  const bool terminated = line.ends_with('\n');
  if (terminated) line.remove_suffix(1);
  scrub_.add(Kind::kFromCodex, std::string(line), terminated);
}

void TapeWriter::standard_error(std::string_view bytes) { error_ += error_scrub_.feed(bytes); }

void TapeWriter::flush_error() {
  if (raw_ || error_.empty() || !begun_) return;
  scrub_.add(Kind::kOther,
             line_of("!", json::Object{{"stderr", as_text(std::exchange(error_, {}))}}));
}

void TapeWriter::ended(const ChildEnd& end, bool by_client) {
  error_ += error_scrub_.finish();
  const bool exec = options_.transport == Transport::kExec;
  // An app-server that its client has ended stays, on a tape, until it is ended again.
  if (!raw_ && begun_ && (exec || !by_client)) {
    json::Object what;
    if (end.signal) {
      what.set("signal", *end.signal);
    } else if (end.exit && (*end.exit != 0 || !error_.empty() || !exec)) {
      what.set("exit", *end.exit);
    }
    if (!error_.empty()) what.set("stderr", as_text(error_));
    if (!what.empty()) scrub_.add(Kind::kOther, line_of("!", std::move(what)));
  }
  scrub_.finish();
}

std::optional<std::string> TapeWriter::finish() {
  return incomplete_ ? std::nullopt : file_.finish();
}

void TapeWriter::print(Kind kind, std::string_view text, bool terminated) {
  switch (kind) {
    case Kind::kToCodex:
      return print_message(text);
    case Kind::kFromCodex:
      return print_output(text, terminated);
    case Kind::kOther:
      file_.write(text);
  }
}

void TapeWriter::print_message(std::string_view text) {
  const json::ParseResult parsed = json::parse(text);
  const bool message = parsed && parsed.value().is_object() &&
                       (parsed.value().get("method") != nullptr || parsed.value().get("id") != nullptr);
  const std::optional<std::string> line = message ? spliced(">", text) : std::nullopt;
  if (line) {
    file_.write(*line);
  } else if (message) {
    file_.write(line_of(">", parsed.value()));
  } else {
    ++left_out_;
  }
}

void TapeWriter::print_output(std::string_view text, bool terminated) {
  const std::string bytes = std::string(text) + (terminated ? "\n" : "");
  if (raw_) {
    file_.write(bytes);
  } else if (const auto line = terminated ? spliced("<", text) : std::nullopt) {
    file_.write(*line);
  } else if (is_utf8(bytes)) {
    file_.write(line_of("<raw", bytes));
  } else {
    file_.write(line_of("<b64", base64_encode(bytes)));
  }
}

}  // namespace codex::harness
