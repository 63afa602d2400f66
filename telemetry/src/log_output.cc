#include "log_output.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "clean_texts.h"
#include "codex/telemetry/registry.h"
#include "correlation_changes.h"
#include "event_message.h"
#include "log_escape.h"
#include "log_line.h"
#include "scratch.h"

namespace codex::telemetry {
namespace {

// The outputs that print on this thread, the innermost first.
struct Printing {
  const LogOutput* output;
  const Printing* outer;
};
constinit thread_local const Printing* printing = nullptr;

int uses_of_this_thread(const LogOutput* output) {
  int uses = 0;
  for (const Printing* one = printing; one != nullptr; one = one->outer) {
    if (one->output == output) ++uses;
  }
  return uses;
}

void drop_much(std::string& text) {
  constexpr std::size_t kKept = 64 * 1024;
  if (text.capacity() > kKept) std::string().swap(text);
}

// The text of an argument that is a string or stands for an object; null for anything else.
const std::string* text_of(const json::Value& arg) {
  if (arg.is_string()) return arg.string();
  const json::Value* shown = arg.get("text");
  const bool stands_for_an_object =
      shown != nullptr && arg.object()->size() == 2 && arg.get("class");
  return stands_for_an_object ? shown->string() : nullptr;
}

}  // namespace

// Strings that keep their memory from line to line.
struct LogOutput::Workspace {
  std::string message;
  std::string line;
  std::string clean_template;
  json::Array args;
  TimeText time;
  IdsText ids;
  KnownLines known;
  CleanTexts clean;
};

// From the check that the output is open until it may be gone. Leaves errno as it was: a log line
// may stand between a call of the host and its look at errno.
class LogOutput::Use {
 public:
  explicit Use(LogOutput& output) : output_(output), error_(errno), here_{&output, printing} {
    nested_ = uses_of_this_thread(&output) != 0;
    output_.uses_and_lines_.fetch_add(1);
    printing = &here_;
  }
  ~Use() {
    printing = here_.outer;
    // The line is counted with the end of its use.
    output_.uses_and_lines_.fetch_add((counted_ ? kLine : 0) - 1);
    if (output_.closed_.load()) output_.uses_and_lines_.notify_all();
    errno = error_;
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  bool nested() const { return nested_; }
  void count_line() { counted_ = true; }

 private:
  LogOutput& output_;
  const int error_;
  bool nested_ = false;
  bool counted_ = false;
  const Printing here_;
};

LogOutput::LogOutput(const DefaultLoggerOptions& options)
    : sink_(options.sink),
      writer_(LineWriter::make(options.sink)),
      scrubber_(options.scrubber ? options.scrubber : default_scrubber()),
      now_(options.now),
      redact_(options.switches.redact_any()),
      format_(options.format),
      level_(static_cast<int>(options.level)) {}

void LogOutput::set(LogFormat format, Level level) {
  format_ = format;
  level_ = static_cast<int>(level);
}

bool LogOutput::close() {
  if (closed_.exchange(true)) return false;
  const auto own = static_cast<std::uint64_t>(uses_of_this_thread(this));
  for (std::uint64_t both = uses_and_lines_.load(); both % kLine > own;
       both = uses_and_lines_.load()) {
    uses_and_lines_.wait(both);
  }
  return true;
}

DefaultLoggerCounts LogOutput::counts() const {
  return {uses_and_lines_.load() / kLine, lost_.load(), nested_.load(), scrubbed_.load()};
}

template <typename Make>
void LogOutput::print_with(const Make& make) noexcept {
  Use use(*this);
  if (closed_.load()) return;
  if (use.nested()) {
    nested_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  use.count_line();
  try {
    Scratch<Workspace> work;
    work->message.clear();
    work->line.clear();
    make(*work);
    drop_much(work->message);
    drop_much(work->line);
  } catch (...) {
    lost_.fetch_add(1, std::memory_order_relaxed);
  }
}

void LogOutput::print(const LogRecord& record) noexcept {
  print_with([&](Workspace& work) {
    LogLine line;
    line.time = now_ ? now_() : std::chrono::system_clock::now();
    line.level = record.level;
    line.logger = record.logger;
    line.message_template = record.message_template;
    line.args = record.args;
    line.exception = record.exception;
    if (print_known(work, line)) return;
    record.append_message(work.message);
    if (!line.exception.empty() && format_.load(std::memory_order_relaxed) != LogFormat::kJson) {
      append_exception(work.message, line.exception, exception_text(record));
    }
    finish(work, line, current_correlation(), correlation_changes());
  });
}

bool LogOutput::print_known(Workspace& work, LogLine& line) {
  const bool may_be_known = line.args.empty() && line.exception.empty() &&
                            format_.load(std::memory_order_relaxed) == LogFormat::kJson;
  if (!may_be_known) return false;
  const std::string* known = work.known.find(line, scrubber_);
  if (known == nullptr) return false;
  KnownLines::append(work.line, line.time, work.time, *known,
                     work.ids.of(current_correlation(), IdsText::Form::kJson, scrubber_,
                                 correlation_changes()));
  write(work);
  return true;
}

void LogOutput::write(Workspace& work) {
  if (const int lost = writer_->write(work.line); lost != 0) {
    lost_.fetch_add(static_cast<std::uint64_t>(lost), std::memory_order_relaxed);
  }
}

void LogOutput::print(const Event& event) noexcept {
  const EventInfo* const info = find_event(event.name);
  if (info == nullptr || static_cast<int>(info->level) < level_.load()) return;
  print_with([&](Workspace& work) {
    LogLine line;
    line.time = event.time;
    line.level = info->level;
    line.logger = event.name;
    line.message_template = redact_ ? redacted_template(info->message) : info->message;
    json::Array args;
    append_event_message(work.message, line.message_template, event, &args);
    line.args = args;
    finish(work, line, event.correlation, 0);
  });
}

void LogOutput::finish(Workspace& work, LogLine& line, const Correlation& ids,
                       std::uint64_t ids_version) {
  const LogFormat format = format_.load(std::memory_order_relaxed);
  const bool replaced = scrub(work, line, format == LogFormat::kJson);
  if (replaced) scrubbed_.fetch_add(1, std::memory_order_relaxed);
  line.message = work.message;
  switch (format) {
    case LogFormat::kJson:
      append_json_line(work.line, line, work.time,
                       work.ids.of(ids, IdsText::Form::kJson, scrubber_, ids_version));
      if (!replaced && line.args.empty() && line.exception.empty() &&
          line.message == line.message_template) {
        work.known.keep(line, scrubber_);
      }
      break;
    case LogFormat::kLevelAndName:
      work.line += level_name(line.level);
      work.line += ':';
      append_plain(work.line, line.logger);
      work.line += ':';
      append_plain(work.line, line.message);
      break;
    case LogFormat::kMessage:
      append_plain(work.line, line.message);
      break;
  }
  write(work);
}

// Each text by itself, before anything is escaped. True when something was replaced.
bool LogOutput::scrub(Workspace& work, LogLine& line, bool json) const {
  const auto may_hold_secrets = [&](std::string_view text) {
    return work.clean.may_hold_secrets(scrubber_, text);
  };
  bool replaced = may_hold_secrets(work.message) && scrubber_->scrub(work.message);
  if (!json) return replaced;
  // What template and argument make together can be a secret that neither is: "token=%s".
  const bool in_message = replaced;
  if (in_message || may_hold_secrets(line.message_template)) {
    work.clean_template = line.message_template;
    replaced |= scrubber_->scrub(work.clean_template);
    line.message_template = work.clean_template;
  }
  const auto doubtful = [&](const json::Value& arg) {
    const std::string* const text = text_of(arg);
    return text != nullptr ? may_hold_secrets(*text) : arg.is_array() || arg.is_object();
  };
  if (!in_message && std::none_of(line.args.begin(), line.args.end(), doubtful)) return replaced;
  work.args.assign(line.args.begin(), line.args.end());
  for (json::Value& arg : work.args) {
    replaced |= scrubber_->scrub(arg);
    const std::string* const known = text_of(arg);
    const std::string text = known != nullptr ? *known : json::python_str(arg);
    if (in_message && work.message.find(text) == std::string::npos) arg = "[REDACTED]";
  }
  line.args = work.args;
  return replaced;
}

}  // namespace codex::telemetry
