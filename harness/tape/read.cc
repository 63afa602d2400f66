#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/sha256.h"
#include "harness/tape/driver.h"
#include "harness/tape/entries.h"
#include "harness/tape/file.h"
#include "harness/tape/line.h"
#include "harness/tape/raw_log.h"
#include "harness/tape/tape.h"

namespace codex::harness {
namespace {

struct Header {
  std::optional<Transport> transport;
  std::string title;
  json::Value driver;
  json::Value recorded;
};

// Errors have neither file nor line.
Result<Header> read_header(const json::Value& line) {
  const json::Value& format = *line.get("tape");
  if (format.as_int64() != 1) {
    return Error{.message = "unknown tape format " + json::dump(format),
                 .hint = "this program reads format 1"};
  }
  if (auto wrong = check_keys(*line.object(), "the header",
                              {"tape", "transport", "title", "driver", "recorded"})) {
    return *wrong;
  }
  Header header;
  if (const json::Value* transport = line.get("transport")) {
    if (transport->text() == "exec") {
      header.transport = Transport::kExec;
    } else if (transport->text() == "app-server") {
      header.transport = Transport::kAppServer;
    } else {
      return Error{.message = "unknown transport " + json::dump(*transport),
                   .hint = "known: \"exec\", \"app-server\""};
    }
  }
  if (const json::Value* title = line.get("title")) {
    if (!title->is_string()) return Error{.message = "\"title\" is not a string"};
    header.title = title->text();
  }
  if (const json::Value* driver = line.get("driver")) header.driver = *driver;
  if (const json::Value* recorded = line.get("recorded")) {
    if (!recorded->is_object() && !recorded->is_null()) {
      return Error{.message = "\"recorded\" is not an object"};
    }
    header.recorded = *recorded;
  }
  return header;
}

Error at_line(Error error, std::size_t line) {
  error.line = line;
  return error;
}

Result<Transport> sniff_transport(const std::vector<TextLine>& lines) {
  for (const TextLine& line : lines) {
    const Result<ParsedLine> parsed = parse_line(line);
    if (!parsed) return parsed.error();
    if (const auto transport = transport_of(parsed.value())) return *transport;
  }
  return Error{.message = "no line tells the transport",
               .line = lines.front().number,
               .hint = "say it in a header: {\"tape\":1,\"transport\":\"exec\"}"};
}

// Everything but name, path and digest; errors have no file.
Result<Tape> read_lines(std::string_view bytes) {
  const std::vector<TextLine> lines = split_lines(bytes);
  if (lines.empty()) {
    return Error{.message = "the file is empty",
                 .hint = "a raw log of codex may be, if it is named *.exec.jsonl"};
  }
  Result<ParsedLine> first = parse_line(lines.front());
  if (!first) return first.error();
  Header header;
  const bool has_header = first->action == Action::kHeader;
  if (has_header) {
    Result<Header> read = read_header(first->value);
    if (!read) return at_line(read.error(), lines.front().number);
    header = std::move(read.value());
  }
  if (!header.transport) {
    const Result<Transport> sniffed = sniff_transport(lines);
    if (!sniffed) return sniffed.error();
    header.transport = sniffed.value();
  }

  Tape tape;
  tape.transport = *header.transport;
  tape.title = std::move(header.title);
  tape.recorded = std::move(header.recorded);
  Result<json::Value> driver = complete_driver(header.driver, tape.transport);
  if (!driver) {
    // What is wrong with the defaults' file names that file.
    if (!driver.error().file.empty()) return driver.error();
    return at_line(driver.error(), lines.front().number);
  }
  tape.driver = std::move(driver.value());

  EntryBuilder builder(tape.transport);
  for (std::size_t i = has_header ? 1 : 0; i < lines.size(); ++i) {
    Result<ParsedLine> line = i == 0 ? std::move(first) : parse_line(lines[i]);
    if (!line) return line.error();
    if (line->action == Action::kHeader) {
      return Error{.message = "a header that is not the first line",
                   .line = lines[i].number,
                   .hint = "a file holds one tape"};
    }
    Result<Entry> entry = builder.add(std::move(line.value()), lines[i].number);
    if (!entry) return at_line(entry.error(), lines[i].number);
    tape.entries.push_back(std::move(entry.value()));
  }
  tape.processes = builder.processes();
  if (tape.entries.empty()) {
    return Error{.message = "a header and nothing else", .line = lines.front().number};
  }
  return tape;
}

}  // namespace

Result<Tape> parse_tape(std::string_view bytes, const std::string& path, const std::string& root) {
  Result<Tape> tape = is_raw_log(bytes, path) ? read_raw_log(bytes) : read_lines(bytes);
  if (!tape) {
    Error error = tape.error();
    if (error.file.empty()) error.file = path;
    return error;
  }
  tape->name = session_name(path, root);
  tape->path = path;
  tape->digest = sha256_hex(bytes);
  return tape;
}

Result<Tape> read_tape(const std::string& path, const std::string& root) {
  const Result<std::string> bytes = read_file(path);
  if (!bytes) return bytes.error();
  return parse_tape(bytes.value(), path, root);
}

}  // namespace codex::harness
