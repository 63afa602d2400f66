#include "cli/environment_checks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "cli/terminal.h"
#include "golden/policy.h"
#include "matrix/shard.h"

extern char** environ;

namespace codex::cli {
namespace {

// Which values are told.
enum class Shown { kWord, kWhole };  // kWord: only what is a switch's position

struct Meaning {
  std::string_view name;  // "OTEL_*": all that begin so and have no line of their own before
  std::string_view what;
  Shown shown = Shown::kWord;
};

constexpr std::string_view kNoSession =
    "no session and no recording has it; `observe` hands it on to codex";
constexpr std::string_view kLibrary =
    "`observe` and programs with the telemetry library go by it; a session has it only from its "
    "tape's driver";
constexpr std::string_view kExport =
    "`observe` and programs with the telemetry library export as it says; no session has it";
constexpr std::string_view kPython = "no worker has it: --python names the environment";

constexpr std::array kMeanings = {
    Meaning{"CLICOLOR", "no colours where it is 0"},
    Meaning{"CLICOLOR_FORCE", "colours where there is no terminal too, unless it is 0"},
    Meaning{"CODEX_TELEMETRY_DATA_DIR", "rules and tables are read there", Shown::kWhole},
    Meaning{"CODEX_*", kNoSession},
    Meaning{"CTD_RUN", "the run that `nightly --shard` is part of", Shown::kWhole},
    Meaning{"EDITOR", "`golden review` opens it for `e`", Shown::kWhole},
    Meaning{"NO_COLOR", "no colours, unless it is empty"},
    Meaning{"OPENAI_AGENTS_*", kLibrary},
    Meaning{"OPENAI_*", kNoSession},
    Meaning{"OTEL_*", kExport},
    Meaning{"PYTHONHOME", kPython},
    Meaning{"PYTHONPATH", kPython},
    Meaning{"TMPDIR", "sockets and workers' files are made there", Shown::kWhole},
    Meaning{"VIRTUAL_ENV", kPython},
    Meaning{"VISUAL", "`golden review` opens it for `e`", Shown::kWhole},
    Meaning{"XDG_CACHE_HOME", "`record` works there", Shown::kWhole},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

const Meaning* meaning_of(std::string_view name) {
  for (const Meaning& each : kMeanings) {
    const bool is_prefix = each.name.ends_with('*');
    const std::string_view start = each.name.substr(0, each.name.size() - (is_prefix ? 1 : 0));
    if (is_prefix ? name.starts_with(start) : name == start) return &each;
  }
  return nullptr;
}

std::string shown(const std::string& value, Shown how) {
  if (value.empty()) return "empty";
  if (how == Shown::kWhole) return value;
  for (const char* word : {"0", "1", "true", "false", "yes", "no", "on", "off"}) {
    if (lower(value) == word) return value;
  }
  return "set";
}

std::optional<std::string> value_of(const Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

void check_locale(const Variables& variables, Checkup& checkup) {
  const Locale locale =
      locale_of([&](const std::string& name) { return value_of(variables, name); });
  if (locale.variable.empty()) {
    checkup.tell(Health::kNote, "locale", "not set: a terminal is taken to show UTF-8");
    return;
  }
  checkup.check(locale.is_utf8, "locale",
                locale.name + " (" + locale.variable + ")" +
                    (locale.is_utf8 ? "" : ": a terminal gets ASCII, é as \\u00e9; files are UTF-8"),
                "export LC_ALL=C.UTF-8", Health::kLimited);
}

void check_terminal(const Variables& variables, Checkup& checkup) {
  const std::string terminal = value_of(variables, "TERM").value_or("");
  checkup.tell(Health::kNote, "variable TERM",
               terminal.empty() ? "not set"
                                : terminal + (terminal == "dumb" ? ": no colours" : ""));
}

void check_ci(const Variables& variables, Checkup& checkup) {
  const auto ci = value_of(variables, "CI");
  if (!ci || !golden::is_ci(*ci)) return;
  checkup.tell(Health::kLimited, "variable CI",
               "set: no golden, pending file or accepted matrix is written", "unset CI");
}

void check_disabled(const Variables& variables, Checkup& checkup) {
  const std::string value = lower(value_of(variables, "CODEX_TELEMETRY_DISABLED").value_or(""));
  if (value != "1" && value != "true") return;
  checkup.tell(Health::kLimited, "variable CODEX_TELEMETRY_DISABLED",
               value + ": a program with the telemetry library emits nothing",
               "unset CODEX_TELEMETRY_DISABLED");
}

void check_shard(const Variables& variables, Checkup& checkup) {
  const auto shard = matrix::find_shard(
      "", [&](const char* name) { return value_of(variables, name); });
  if (!shard) {
    checkup.tell(Health::kLimited, "shard", "nightly stops: " + shard.error().text(),
                 "give nightly no variables of an engine, or all of them");
  } else if (shard->shard.count > 1) {
    checkup.tell(Health::kNote, "shard",
                 "nightly runs part " + shard->shard.text() + " alone, as " + shard->source + " says");
  }
}

}  // namespace

Variables variables_here() {
  Variables variables;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view text = *each;
    const std::size_t equals = std::min(text.find('='), text.size());
    variables.emplace(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
  }
  return variables;
}

void check_environment(const Variables& variables, Checkup& checkup) {
  check_locale(variables, checkup);
  check_terminal(variables, checkup);
  check_ci(variables, checkup);
  check_disabled(variables, checkup);
  check_shard(variables, checkup);
  for (const auto& [name, value] : variables) {
    const Meaning* meaning = name == "CODEX_TELEMETRY_DISABLED" ? nullptr : meaning_of(name);
    if (meaning == nullptr) continue;
    checkup.tell(Health::kNote, "variable " + name,
                 shown(value, meaning->shown) + ": " + std::string(meaning->what));
  }
}

}  // namespace codex::cli
