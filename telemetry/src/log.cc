#include "codex/telemetry/log.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "log_scrub.h"
#include "published.h"
#include "scratch.h"

namespace codex::telemetry {

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "DEBUG";
    case Level::kInfo:
      return "INFO";
    case Level::kWarning:
      return "WARNING";
    case Level::kError:
      return "ERROR";
    case Level::kCritical:
      return "CRITICAL";
  }
  return "NOTSET";
}

namespace {

// int(value) of a real, as %d prints it.
std::string whole_part(double value) {
  char digits[400];  // the largest has 309
  std::snprintf(digits, sizeof digits, "%.0f", std::trunc(value));
  return std::string_view(digits) == "-0" ? "0" : digits;
}

// An argument, as %s, %r or %d prints it.
void append_formatted(std::string& out, const json::Value& arg, char kind) {
  const json::Object* object = arg.object();
  if (object != nullptr && object->size() == 2 && arg.get("class") && arg.get("text")) {
    out += arg.get("text")->text();
  } else if (kind == 'r') {
    out += json::python_repr(arg);
  } else if (kind == 'd' && arg.boolean() != nullptr) {
    out += *arg.boolean() ? '1' : '0';
  } else if (kind == 'd' && arg.real() != nullptr && std::isfinite(*arg.real())) {
    out += whole_part(*arg.real());
  } else if (const std::string* text = arg.string()) {
    out += *text;
  } else if (const json::Integer* integer = arg.integer()) {
    out += integer->digits;
  } else {
    out += json::python_str(arg);
  }
}

}  // namespace

void LogRecord::append_message(std::string& out) const {
  if (args.empty()) {  // Python formats only when there are arguments
    out += message_template;
    return;
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < message_template.size(); ++i) {
    const char kind = i + 1 < message_template.size() ? message_template[i + 1] : '\0';
    const bool directive = kind == 's' || kind == 'r' || kind == 'd';
    if (message_template[i] == '%' && kind == '%') {
      out += '%';
      ++i;
    } else if (message_template[i] == '%' && directive && next < args.size()) {
      append_formatted(out, args[next++], kind);
      ++i;
    } else {
      out += message_template[i];
    }
  }
}

std::string LogRecord::message() const {
  std::string out;
  append_message(out);
  return out;
}

struct Logger::Handlers {
  struct Entry {
    std::uint64_t id = 0;
    std::atomic<int> least;
    bool raw = false;  // gets records as they were made
    LogHandler handler;
  };
  using List = std::vector<std::shared_ptr<Entry>>;

  Published<List> list;  // its lock guards what follows; no code of the host runs while it is held
  std::uint64_t last_id = 0;
  int level = static_cast<int>(Level::kDebug);

  int threshold(const List& entries) const {
    int least = std::numeric_limits<int>::max();
    for (const auto& entry : entries)
      least = std::min(least, entry->least.load());
    return std::max(least, level);
  }
};

namespace {

// A record as the handlers get it, scrubbed where there is something to scrub. Made when the first
// handler asks.
class Shown {
 public:
  // `scrubber`: null where nothing is to be scrubbed.
  Shown(const LogRecord& record, const std::shared_ptr<const Scrubber>& scrubber)
      : record_(record), scrubber_(scrubber) {}
  const LogRecord& get() {
    if (scrubber_ == nullptr) return record_;
    if (!looked_) {
      if (record_may_hold_secrets(scrubber_, record_)) {
        scrubbed_.emplace(record_);
        scrub_record(*scrubber_, *scrubbed_);
      }
      looked_ = true;
    }
    return scrubbed_ ? *scrubbed_ : record_;
  }

 private:
  const LogRecord& record_;
  const std::shared_ptr<const Scrubber>& scrubber_;
  bool looked_ = false;
  std::optional<LogRecord> scrubbed_;
};

}  // namespace

Logger::Logger(std::string name, Scrubbing scrubbing)
    : name_(std::move(name)),
      scrubbing_(std::move(scrubbing)),
      threshold_(std::numeric_limits<int>::max()),
      handlers_(new Handlers) {}
Logger::~Logger() = default;

void Logger::set_level(Level level) {
  handlers_->list.change([&](const Handlers::List& current) {
    handlers_->level = static_cast<int>(level);
    threshold_ = handlers_->threshold(current);
    return std::make_shared<const Handlers::List>(current);
  });
}

std::uint64_t Logger::attach(LogHandler handler, Level least) {
  return attach(std::move(handler), least, false);
}

std::uint64_t Logger::attach(LogHandler handler, Level least, bool raw) {
  auto entry = std::make_shared<Handlers::Entry>();
  entry->least = static_cast<int>(least);
  entry->raw = raw;
  entry->handler = std::move(handler);
  std::uint64_t id = 0;
  handlers_->list.change([&](const Handlers::List& current) {
    auto next = std::make_shared<Handlers::List>(current);
    id = entry->id = ++handlers_->last_id;
    next->push_back(std::move(entry));
    threshold_ = handlers_->threshold(*next);
    return next;
  });
  return id;
}

bool Logger::set_handler_level(std::uint64_t id, Level least) {
  bool found = false;
  handlers_->list.change([&](const Handlers::List& current) {
    for (const auto& entry : current) {
      if (entry->id != id) continue;
      entry->least = static_cast<int>(least);
      found = true;
    }
    threshold_ = handlers_->threshold(current);
    return std::make_shared<const Handlers::List>(current);
  });
  return found;
}

bool Logger::detach(std::uint64_t id) {
  bool found = false;
  handlers_->list.change([&](const Handlers::List& current) {
    auto next = std::make_shared<Handlers::List>(current);
    found = std::erase_if(*next, [id](const auto& entry) { return entry->id == id; }) != 0;
    threshold_ = handlers_->threshold(*next);
    return next;
  });
  return found;
}

void Logger::log(Level level, std::string_view message_template, json::Array args,
                 std::string_view exception) noexcept {
  if (!enabled(level)) return;
  try {
    const auto list = handlers_->list.get();
    Scratch<LogRecord> record;  // with the strings of earlier records, so that nothing is allocated
    if (record->logger != name_) record->logger = name_;
    record->level = level;
    record->message_template = message_template;
    record->args = std::move(args);
    if (record->exception != exception) record->exception = exception;
    Shown shown(*record, scrubbing_.scrubber());
    for (const auto& entry : *list) {
      if (static_cast<int>(level) < entry->least.load(std::memory_order_relaxed)) continue;
      const LogRecord& given = entry->raw ? *record : shown.get();
      try {
        entry->handler(given);
      } catch (...) {  // a failing handler costs its own output only
      }
    }
    record->args.clear();
  } catch (...) {  // out of memory: the record is lost, the host goes on
  }
}

Logger& agents_logger() {
  static Logger* logger = new Logger("openai.agents");
  return *logger;
}

}  // namespace codex::telemetry
