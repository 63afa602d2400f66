#include "golden/transcript_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "golden/json_text.h"
#include "golden/transcript_reader.h"
#include "harness/model/sha256.h"

namespace codex::golden {
namespace {

using harness::Origin;
using harness::Result;
using harness::TranscriptLine;
using json::Object;
using json::Value;

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

class WholeReader final : public TranscriptReader {
 public:
  using TranscriptReader::TranscriptReader;
  Result<StoredTranscript> whole() {
    if (auto error = read()) return *error;
    return std::move(stored_);
  }

 private:
  void add(TranscriptLine line, std::string_view) override {
    stored_.transcript.lines.push_back(std::move(line));
  }
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
  return WholeReader(text, file, true).whole();
}

Result<StoredTranscript> parse_observations(std::string_view text, const std::string& file) {
  return WholeReader(text, file, false).whole();
}

}  // namespace codex::golden
