#include "environment.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <mutex>
#include <set>
#include <vector>

#include "codex/telemetry/pipeline.h"

namespace codex::telemetry {
namespace {

using otlp::parse_pairs;
using std::chrono::milliseconds;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0, end = 0; end != text.npos; begin = end + 1) {
    end = text.find(',', begin);
    parts.push_back(trimmed(text.substr(begin, end == text.npos ? end : end - begin)));
  }
  return parts;
}

// Once a process for each complaint. What the variable holds is not shown: it may be a secret.
struct Complaints {
  std::mutex mutex;
  std::set<std::string> said;
};
Complaints& complaints() {
  static Complaints* const made = new Complaints;
  return *made;
}
void complain(const std::string& name, const std::string& what) {
  {
    const std::lock_guard lock(complaints().mutex);
    if (!complaints().said.insert(name + ": " + what).second) return;
  }
  exporter_logger().log(Level::kWarning, "%s: %s", {name, what});
}

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  // An empty one is not set.
  std::optional<std::string> text(const std::string& name) const {
    if (!environment_) return std::nullopt;
    auto value = environment_(name);
    if (!value || trimmed(*value).empty()) return std::nullopt;
    return std::string(trimmed(*value));
  }
  // The first of the names that is set; gives the name too.
  std::optional<std::pair<std::string, std::string>> first(
      std::initializer_list<std::string> names) const {
    for (const std::string& name : names)
      if (auto value = text(name)) return std::pair(name, *std::move(value));
    return std::nullopt;
  }
  template <typename Number>
  void read(Number& to, std::initializer_list<std::string> names, Number least) const {
    const auto found = first(names);
    if (!found) return;
    const std::string& digits = found->second;
    Number value{};
    const auto end = digits.data() + digits.size();
    const auto done = std::from_chars(digits.data(), end, value);
    if (done.ec != std::errc() || done.ptr != end || value < least) {
      return complain(found->first,
                      "is no number of " + std::to_string(least) + " or more; the default holds");
    }
    to = value;
  }
  void read(milliseconds& to, std::initializer_list<std::string> names, int least = 0) const {
    int count = static_cast<int>(to.count());
    read(count, names, least);
    to = milliseconds(count);
  }
  void read(std::string& to, std::initializer_list<std::string> names) const {
    if (auto found = first(names)) to = std::move(found->second);
  }

 private:
  const Environment& environment_;
};

// "OTEL_EXPORTER_OTLP_TRACES_" + what, then "OTEL_EXPORTER_OTLP_" + what.
struct Names {
  std::string signal;
  std::string own(const char* what) const { return "OTEL_EXPORTER_OTLP_" + signal + "_" + what; }
  static std::string all(const char* what) { return std::string("OTEL_EXPORTER_OTLP_") + what; }
};

bool is_url(std::string_view text) {
  const std::string start = lower(text.substr(0, 8));
  return (start.starts_with("http://") && text.size() > 7) ||
         (start.starts_with("https://") && text.size() > 8);
}

std::string with_path(std::string_view base, std::string_view path) {
  while (base.ends_with('/'))
    base.remove_suffix(1);
  return std::string(base).append("/v1/").append(path);
}

// Whether this signal is to be exported: nothing where OTEL_TRACES_EXPORTER does not say.
std::optional<bool> exporter_wanted(const Variables& variables, const std::string& signal) {
  const std::string name = "OTEL_" + signal + "_EXPORTER";
  const auto text = variables.text(name);
  if (!text) return std::nullopt;
  bool wanted = false;
  for (const std::string_view part : parts_of(*text)) {
    if (part == "otlp") {
      wanted = true;
    } else if (part != "none" && !part.empty()) {
      complain(name, "names an exporter that is not here: only otlp and none are");
    }
  }
  return wanted;
}

void read_headers(OtlpSignal& to, const Variables& variables, const Names& names) {
  const auto found = variables.first({names.own("HEADERS"), Names::all("HEADERS")});
  if (!found) return;
  auto pairs = parse_pairs(found->second);
  const bool good = pairs && std::all_of(pairs->begin(), pairs->end(), [](const auto& pair) {
                      return otlp::valid_header(pair.first, pair.second);
                    });
  if (!good) {
    return complain(found->first,
                    "is not key=value,key=value with percent-encoding; no header is sent");
  }
  to.headers = *std::move(pairs);
}

void read_signal(OtlpSignal& to, const Variables& variables, const std::string& signal,
                 std::string_view path, std::string_view given_url) {
  const Names names{signal};
  const std::optional<bool> wanted = exporter_wanted(variables, signal);
  if (given_url.empty()) {
    const auto own = variables.text(names.own("ENDPOINT"));
    const auto all = variables.text(Names::all("ENDPOINT"));
    if (own && !is_url(*own)) {
      complain(names.own("ENDPOINT"), "is no http:// or https:// URL; it does not count");
    } else if (own) {
      to.url = *own;
    }
    if (to.url.empty() && all && !is_url(*all)) {
      complain(Names::all("ENDPOINT"), "is no http:// or https:// URL; it does not count");
    } else if (to.url.empty() && all) {
      to.url = with_path(*all, path);
    }
    if (to.url.empty() && wanted.value_or(false) && !own && !all) {
      to.url = with_path("http://localhost:4318", path);
    }
  } else {
    to.url = with_path(given_url, path);
  }
  to.enabled = !to.url.empty() && wanted.value_or(true);

  if (const auto protocol = variables.first({names.own("PROTOCOL"), Names::all("PROTOCOL")});
      protocol && protocol->second != "http/json") {
    if (given_url.empty() && to.enabled) {
      to.enabled = false;
      complain(protocol->first,
               "only http/json is spoken here; nothing is exported (" + lower(signal) + ")");
    }
  }
  read_headers(to, variables, names);
  if (const auto found = variables.first({names.own("COMPRESSION"), Names::all("COMPRESSION")})) {
    to.gzip = found->second == "gzip";
    if (!to.gzip && found->second != "none") {
      complain(found->first, "is neither gzip nor none; nothing is compressed");
    }
  }
  variables.read(to.certificate, {names.own("CERTIFICATE"), Names::all("CERTIFICATE")});
  variables.read(to.client_certificate,
                 {names.own("CLIENT_CERTIFICATE"), Names::all("CLIENT_CERTIFICATE")});
  variables.read(to.client_key, {names.own("CLIENT_KEY"), Names::all("CLIENT_KEY")});
  variables.read(to.timeout, {names.own("TIMEOUT"), Names::all("TIMEOUT")}, 1);
}

void read_batching(OtlpSignal& to, const Variables& variables, const std::string& prefix) {
  variables.read(to.delay, {prefix + "SCHEDULE_DELAY"});
  variables.read(to.batch_timeout, {prefix + "EXPORT_TIMEOUT"}, 1);
  variables.read(to.max_queue, {prefix + "MAX_QUEUE_SIZE"}, std::size_t{1});
  variables.read(to.max_batch, {prefix + "MAX_EXPORT_BATCH_SIZE"}, std::size_t{1});
  to.max_batch = std::min(to.max_batch, to.max_queue);
}

void read_limits(OtlpLimits& to, const Variables& variables, const std::string& prefix) {
  variables.read(to.count, {prefix + "ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"},
                 std::size_t{0});
  variables.read(to.length,
                 {prefix + "ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
                 std::size_t{0});
}

void read_resource(OtlpPairs& to, const Variables& variables) {
  if (const auto text = variables.text("OTEL_RESOURCE_ATTRIBUTES")) {
    if (auto pairs = parse_pairs(*text)) {
      to = *std::move(pairs);
    } else {
      complain("OTEL_RESOURCE_ATTRIBUTES",
               "is not key=value,key=value with percent-encoding; it does not count");
    }
  }
  if (auto name = variables.text("OTEL_SERVICE_NAME")) {
    std::erase_if(to, [](const auto& pair) { return pair.first == "service.name"; });
    to.insert(to.begin(), {"service.name", *std::move(name)});
  }
}

void read_sampler(OtlpOptions& to, const Variables& variables) {
  const auto named = variables.text("OTEL_TRACES_SAMPLER");
  if (!named) return;
  std::string_view sampler = *named;
  constexpr std::string_view kParent = "parentbased_";
  const bool parent = sampler.starts_with(kParent);
  if (parent) sampler.remove_prefix(kParent.size());
  if (sampler == "always_on") {
    to.sample_ratio = 1;
  } else if (sampler == "always_off") {
    to.sample_ratio = 0;
  } else if (sampler == "traceidratio") {
    const std::string argument = variables.text("OTEL_TRACES_SAMPLER_ARG").value_or("1");
    double ratio = 1;
    const auto end = argument.data() + argument.size();
    const auto done = std::from_chars(argument.data(), end, ratio);
    if (done.ec != std::errc() || done.ptr != end || !(ratio >= 0 && ratio <= 1)) {
      complain("OTEL_TRACES_SAMPLER_ARG", "is no number from 0 to 1; all traces are exported");
      ratio = 1;
    }
    to.sample_ratio = ratio;
  } else {
    return complain("OTEL_TRACES_SAMPLER",
                    "names a sampler that is not here; all traces are exported");
  }
  to.sample_as_parent = parent;
}

OtlpOptions read(const Environment& environment, std::string_view url) {
  const Variables variables(environment);
  OtlpOptions options;
  options.environment = environment;
  read_signal(options.traces, variables, "TRACES", "traces", url);
  read_signal(options.logs, variables, "LOGS", "logs", url);
  read_signal(options.metrics, variables, "METRICS", "metrics", url);
  read_batching(options.traces, variables, "OTEL_BSP_");
  read_batching(options.logs, variables, "OTEL_BLRP_");
  variables.read(options.metrics.delay, {"OTEL_METRIC_EXPORT_INTERVAL"}, 1);
  variables.read(options.metrics.batch_timeout, {"OTEL_METRIC_EXPORT_TIMEOUT"}, 1);
  read_limits(options.span_limits, variables, "OTEL_SPAN_");
  read_limits(options.log_limits, variables, "OTEL_LOGRECORD_");
  read_resource(options.resource, variables);
  read_sampler(options, variables);
  if (lower(variables.text("OTEL_SDK_DISABLED").value_or("")) == "true" ||
      (environment && telemetry_disabled(environment))) {
    options.traces.enabled = options.logs.enabled = options.metrics.enabled = false;
  }
  return options;
}

}  // namespace

void otlp::forget_complaints() {
  const std::lock_guard lock(complaints().mutex);
  complaints().said.clear();
}

std::optional<std::string> otlp::percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    if (text.size() - i < 3) return std::nullopt;
    const char* const digits = text.data() + i + 1;
    const auto done = std::from_chars(digits, digits + 2, value, 16);
    if (done.ec != std::errc() || done.ptr != digits + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::optional<OtlpPairs> otlp::parse_pairs(std::string_view text) {
  OtlpPairs pairs;
  for (const std::string_view part : parts_of(text)) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    if (equals == part.npos) return std::nullopt;
    auto key = percent_decoded(trimmed(part.substr(0, equals)));
    auto value = percent_decoded(trimmed(part.substr(equals + 1)));
    if (!key || key->empty() || !value) return std::nullopt;
    pairs.emplace_back(*std::move(key), *std::move(value));
  }
  return pairs;
}

bool otlp::valid_header(std::string_view name, std::string_view value) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto token = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != kMarks.npos;
  };
  const auto visible = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; };
  return !name.empty() && std::all_of(name.begin(), name.end(), token) &&
         std::all_of(value.begin(), value.end(), visible);
}

OtlpOptions otlp_options_from_environment(const Environment& environment) {
  return read(environment, {});
}

OtlpOptions otlp_options(std::string_view url, const Environment& environment) {
  if (is_url(url)) return read(environment, url);
  complain("OTLP", "what was given is no http:// or https:// URL; nothing is exported");
  return {};
}

}  // namespace codex::telemetry
