#include "golden/transcript_reader.h"

#include <algorithm>
#include <array>
#include <utility>

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

}  // namespace

std::optional<Error> TranscriptReader::read() {
  while (!rest_.empty()) {
    ++line_;
    const std::size_t lf = rest_.find('\n');
    const std::string_view line = rest_.substr(0, lf);
    const std::size_t taken = lf == std::string_view::npos ? rest_.size() : lf + 1;
    const std::string_view whole = rest_.substr(0, taken);
    rest_.remove_prefix(taken);
    if (auto error = read_line(line, whole)) return error;
  }
  if (needs_frame_ && !has_header_) return error("this is no golden: its header is missing");
  if ((needs_frame_ || has_header_) && !has_footer_) {
    return error("the file was cut: its footer is missing after " +
                     std::to_string(observations_) + " observations",
                 kRestore);
  }
  return std::nullopt;
}

Error TranscriptReader::error(std::string message) const {
  return error(std::move(message), kRestore);
}

Error TranscriptReader::error(std::string message, std::string hint) const {
  return {.message = std::move(message), .file = file_, .line = line_, .hint = std::move(hint)};
}

std::optional<Error> TranscriptReader::read_line(std::string_view line, std::string_view whole) {
  if (has_footer_) return error("there is more after the footer");
  if (line.ends_with('\r')) {
    if (needs_frame_) return error("the line endings were changed to CRLF");
    line.remove_suffix(1);
  }
  if (line.empty()) {
    if (needs_frame_) return error("a blank line");
    return std::nullopt;
  }
  if ((has_header_ || !needs_frame_) && take(line)) {
    count(whole);
    return std::nullopt;
  }
  const json::ParseResult parsed = json::parse(line);
  if (!parsed) return error("no JSON: " + parsed.error().text());
  const Value& value = parsed.value();
  if (value.get("golden") != nullptr) return read_header(value);
  if (needs_frame_ && !has_header_) return error("this is no golden: its header is missing");
  if (value.get("observations") != nullptr) return read_footer(value);
  count(whole);
  return read_observation(value, line);
}

std::optional<Error> TranscriptReader::read_header(const Value& value) {
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

std::optional<Error> TranscriptReader::read_observation(const Value& value, std::string_view text) {
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
  add(std::move(line), text);
  return std::nullopt;
}

std::optional<Error> TranscriptReader::read_footer(const Value& value) {
  has_footer_ = true;
  const auto told = value.get("observations")->as_int64();
  if (!told || *told < 0 || static_cast<std::size_t>(*told) != observations_) {
    return error("the footer tells " + line_text(*value.get("observations")) +
                 " observations, the file has " + std::to_string(observations_));
  }
  const Value* digest = value.get("sha256");
  if (digest == nullptr || digest->text() != text_digest()) {
    return error("the digest of the observations is not the footer's: the file was edited",
                 kRestore);
  }
  return std::nullopt;
}

void TranscriptReader::count(std::string_view whole) {
  ++observations_;
  if (!told_.empty() && told_.back().data() + told_.back().size() == whole.data()) {
    told_.back() = {told_.back().data(), told_.back().size() + whole.size()};
  } else {
    told_.push_back(whole);
  }
}

std::string TranscriptReader::text_digest() const {
  if (told_.size() == 1) return harness::sha256_hex(told_.front());
  std::string all;
  for (const std::string_view run : told_)
    all += run;
  return harness::sha256_hex(all);
}

}  // namespace codex::golden
