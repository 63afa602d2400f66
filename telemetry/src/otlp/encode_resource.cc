#include <algorithm>
#include <errno.h>
#include <unistd.h>

#include "encode.h"
#include "json_out.h"
#include "random_ids.h"

namespace codex::telemetry::otlp {
namespace {

// RFC 9562, version 4.
std::string random_uuid() {
  std::string hex = random_hex_id(16);
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) & 3U];
  for (const std::size_t at : {20U, 16U, 12U, 8U})
    hex.insert(at, 1, '-');
  return hex;
}

}  // namespace

std::string encode_resource(const OtlpPairs& attributes, const Scrubber* scrubber) {
  json::Object all;
  for (const auto& [key, value] : attributes) {
    if (!key.empty()) all.set(key, value);
  }
  const auto add = [&all](std::string_view key, json::Value value) {
    if (all.find(key) == nullptr) all.append(std::string(key), std::move(value));
  };
  add("service.name", std::string("unknown_service:") + program_invocation_short_name);
  add("service.instance.id", random_uuid());
  add("process.pid", static_cast<std::int64_t>(::getpid()));
  add("telemetry.sdk.name", "codex.telemetry");
  add("telemetry.sdk.language", "cpp");
  add("telemetry.sdk.version", CODEX_TELEMETRY_VERSION);
  json::Value clean(std::move(all));
  if (scrubber != nullptr) scrubber->scrub(clean);

  std::string out = "{";
  const OtlpLimits unlimited{kNoLimit, kNoLimit, kNoLimit};
  Attributes made(out, unlimited);
  for (const auto& [key, value] : *clean.object())
    made.add(key, value);
  made.close();
  out += '}';
  return out;
}

}  // namespace codex::telemetry::otlp
