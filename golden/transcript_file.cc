#include "golden/transcript_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "golden/json_text.h"
#include "harness/model/sha256.h"

namespace codex::golden {
namespace {

using harness::Error;
using harness::Origin;
using harness::Outcome;
using harness::Result;
using harness::Transcript;
using harness::TranscriptLine;
using json::Object;
using json::Value;

constexpr std::array<Outcome, 6> kOutcomes = {Outcome::kCompleted, Outcome::kFailed,
                                              Outcome::kHang,      Outcome::kCrash,
                                              Outcome::kOffScript, Outcome::kUnavailable};
constexpr const char* kRestore =
    "restore it from version control, or record it again with `codex-telemetry-diff golden update`";

const char* origin_name(Origin origin) {
  return origin == Origin::kWire ? "wire" : "driver";
}

Value sorted(const Value& value) {
  if (const json::Array* array = value.array()) {
    json::Array result;
    for (const Value& element : *array)
      result.push_back(sorted(element));
    return result;
  }
  if (const Object* object = value.object()) {
    std::vector<Object::Member> members(object->begin(), object->end());
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    Object result;
    for (auto& [key, member] : members)
      result.append(std::move(key), sorted(member));
    return result;
  }
  return value;
}

std::string header_line(const StoredTranscript& stored) {
  const auto& [provenance, transcript] = stored;
  Object packages;
  for (const auto& [name, version] : provenance.packages)
    packages.append(name, version);
  return line_text(encode(Object{{"golden", 1},
                                 {"session", transcript.session},
                                 {"subject", Object{{"name", transcript.subject.name},
                                                    {"package", transcript.subject.package},
                                                    {"version", transcript.subject.version}}},
                                 {"outcome", harness::outcome_name(transcript.outcome)},
                                 {"tape", provenance.tape},
                                 {"driver", provenance.driver},
                                 {"rules", provenance.rules},
                                 {"packages", std::move(packages)}}));
}

std::string observation_line(const TranscriptLine& line) {
  Object object{{"lane", encode(line.observation.lane)},
                {"name", encode(line.observation.name)},
                {"origin", origin_name(line.origin)}};
  object.append("data", encode(line.observation.data));
  return line_text(object);
}

std::string footer_line(std::size_t observations, const std::string& digest) {
  return line_text(
      Object{{"observations", static_cast<std::uint64_t>(observations)}, {"sha256", digest}});
}

// Reads one file; the first error ends it.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file, bool needs_frame)
      : rest_(text), file_(file), needs_frame_(needs_frame) {}

  Result<StoredTranscript> read() {
    while (!rest_.empty()) {
      ++line_;
      const std::size_t lf = rest_.find('\n');
      const std::string_view line = rest_.substr(0, lf);
      const std::size_t taken = lf == std::string_view::npos ? rest_.size() : lf + 1;
      const std::string_view whole = rest_.substr(0, taken);
      rest_.remove_prefix(taken);
      if (auto error = read_line(line, whole)) return *error;
    }
    if (needs_frame_ && !has_header_) return error("this is no golden: its header is missing");
    if ((needs_frame_ || has_header_) && !has_footer_) {
      return error("the file was cut: its footer is missing after " +
                       std::to_string(stored_.transcript.lines.size()) + " observations",
                   kRestore);
    }
    return std::move(stored_);
  }

 private:
  Error error(std::string message, std::string hint = kRestore) const {
    return {.message = std::move(message), .file = file_, .line = line_, .hint = std::move(hint)};
  }

  std::optional<Error> read_line(std::string_view line, std::string_view whole) {
    if (has_footer_) return error("there is more after the footer");
    if (line.ends_with('\r')) {
      if (needs_frame_) return error("the line endings were changed to CRLF");
      line.remove_suffix(1);
    }
    if (line.empty()) {
      if (needs_frame_) return error("a blank line");
      return std::nullopt;
    }
    const json::ParseResult parsed = json::parse(line);
    if (!parsed) return error("no JSON: " + parsed.error().text());
    const Value& value = parsed.value();
    if (value.get("golden") != nullptr) return read_header(value);
    if (needs_frame_ && !has_header_) return error("this is no golden: its header is missing");
    if (value.get("observations") != nullptr) return read_footer(value);
    return read_observation(value, whole);
  }

  std::optional<Error> read_header(const Value& value) {
    if (line_ != 1) return error("a header that is not on the first line");
    if (value.get("golden")->as_int64() != 1) {
      return error("format " + line_text(*value.get("golden")) + " is unknown, this tool reads 1",
                   "it was written by another version of codex-telemetry-diff");
    }
    has_header_ = true;
    Transcript& transcript = stored_.transcript;
    const auto take = [&](const Value* from, const char* key, std::string& to) {
      const Value* member = from == nullptr ? nullptr : from->get(key);
      if (member == nullptr) return false;
      Result<Value> decoded = decode(*member);
      if (!decoded || !decoded.value().is_string()) return false;
      to = *decoded.value().string();
      return true;
    };
    const Value* subject = value.get("subject");
    std::string outcome;
    const char* missing = nullptr;
    if (!take(&value, "session", transcript.session)) missing = "session";
    if (!take(subject, "name", transcript.subject.name)) missing = "subject.name";
    if (!take(subject, "package", transcript.subject.package)) missing = "subject.package";
    if (!take(subject, "version", transcript.subject.version)) missing = "subject.version";
    if (!take(&value, "outcome", outcome)) missing = "outcome";
    if (!take(&value, "tape", stored_.provenance.tape)) missing = "tape";
    if (!take(&value, "driver", stored_.provenance.driver)) missing = "driver";
    if (!take(&value, "rules", stored_.provenance.rules)) missing = "rules";
    if (missing != nullptr) {
      return error("the header has no text at \"" + std::string(missing) + "\"");
    }
    const Value* packages = value.get("packages");
    if (packages == nullptr || !packages->is_object()) {
      return error("the header has no object at \"packages\"");
    }
    for (const auto& [name, version] : *packages->object()) {
      stored_.provenance.packages[name] = version.text();
    }
    const auto known = std::find_if(kOutcomes.begin(), kOutcomes.end(), [&](Outcome candidate) {
      return outcome == harness::outcome_name(candidate);
    });
    if (known == kOutcomes.end()) return error("unknown outcome \"" + outcome + "\"");
    transcript.outcome = *known;
    return std::nullopt;
  }

  std::optional<Error> read_observation(const Value& value, std::string_view whole) {
    lines_ += whole;
    if (!value.is_object()) return error("an observation is a JSON object");
    Object plain;
    for (const auto& [key, member] : *value.object()) {
      if (key != "lane" && key != "name" && key != "data") continue;
      Result<Value> decoded = decode(member);
      if (!decoded) return error("\"" + key + "\": " + decoded.error().message, kRestore);
      plain.append(key, std::move(decoded.value()));
    }
    TranscriptLine line;
    std::string why;
    if (!harness::from_json(plain, line.observation, why)) return error(why);
    const Value* origin = value.get("origin");
    if (origin != nullptr || needs_frame_) {
      const std::string_view name = origin == nullptr ? "" : origin->text();
      if (name != "wire" && name != "driver") return error("\"origin\" is not wire or driver");
      line.origin = name == "wire" ? Origin::kWire : Origin::kDriver;
    } else {
      line.origin = Origin::kWire;
    }
    stored_.transcript.lines.push_back(std::move(line));
    return std::nullopt;
  }

  std::optional<Error> read_footer(const Value& value) {
    has_footer_ = true;
    const std::size_t count = stored_.transcript.lines.size();
    const auto told = value.get("observations")->as_int64();
    if (!told || *told < 0 || static_cast<std::size_t>(*told) != count) {
      return error("the footer tells " + line_text(*value.get("observations")) +
                   " observations, the file has " + std::to_string(count));
    }
    const Value* digest = value.get("sha256");
    if (digest == nullptr || digest->text() != harness::sha256_hex(lines_)) {
      return error("the digest of the observations is not the footer's: the file was edited",
                   kRestore);
    }
    return std::nullopt;
  }

  std::string_view rest_;
  const std::string& file_;
  bool needs_frame_;
  std::size_t line_ = 0;
  bool has_header_ = false;
  bool has_footer_ = false;
  std::string lines_;
  StoredTranscript stored_;
};

}  // namespace

std::string driver_digest(const Value& driver) {
  return harness::sha256_hex(json::dump(sorted(driver), json::kCompact));
}

Provenance provenance_of(const harness::Tape& tape, const std::string& rules,
                         const std::map<std::string, std::string>& packages) {
  return {.tape = tape.digest,
          .driver = driver_digest(tape.driver),
          .rules = rules,
          .packages = packages};
}

std::string print_transcript(const StoredTranscript& stored) {
  std::string lines;
  for (const TranscriptLine& line : stored.transcript.lines)
    lines += observation_line(line) + "\n";
  const std::string footer =
      footer_line(stored.transcript.lines.size(), harness::sha256_hex(lines));
  return header_line(stored) + "\n" + lines + footer + "\n";
}

Result<StoredTranscript> parse_transcript(std::string_view text, const std::string& file) {
  return Reader(text, file, true).read();
}

Result<StoredTranscript> parse_observations(std::string_view text, const std::string& file) {
  return Reader(text, file, false).read();
}

}  // namespace codex::golden
