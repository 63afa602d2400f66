#include "codex/telemetry/log.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

namespace codex::telemetry {

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug: return "DEBUG";
    case Level::kInfo: return "INFO";
    case Level::kWarning: return "WARNING";
    case Level::kError: return "ERROR";
    case Level::kCritical: return "CRITICAL";
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
std::string formatted(const json::Value& arg, char kind) {
  const json::Object* object = arg.object();
  if (object != nullptr && object->size() == 2 && arg.get("class") && arg.get("text")) {
    return std::string(arg.get("text")->text());
  }
  if (kind == 'r') return json::python_repr(arg);
  if (kind == 'd' && arg.boolean() != nullptr) return *arg.boolean() ? "1" : "0";
  if (kind == 'd' && arg.real() != nullptr && std::isfinite(*arg.real())) {
    return whole_part(*arg.real());
  }
  return json::python_str(arg);
}

}  // namespace

std::string LogRecord::message() const {
  if (args.empty()) return message_template;  // Python formats only when there are arguments
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < message_template.size(); ++i) {
    const char kind = i + 1 < message_template.size() ? message_template[i + 1] : '\0';
    const bool directive = kind == 's' || kind == 'r' || kind == 'd';
    if (message_template[i] == '%' && kind == '%') {
      out += '%';
      ++i;
    } else if (message_template[i] == '%' && directive && next < args.size()) {
      out += formatted(args[next++], kind);
      ++i;
    } else {
      out += message_template[i];
    }
  }
  return out;
}

struct Logger::Handlers {
  using List = std::vector<std::pair<std::uint64_t, LogHandler>>;
  std::mutex mutex;
  std::uint64_t next_id = 1;
  std::shared_ptr<const List> list = std::make_shared<List>();
};

Logger::Logger(std::string name) : name_(std::move(name)), handlers_(new Handlers) {}
Logger::~Logger() = default;

std::uint64_t Logger::attach(LogHandler handler) {
  const std::lock_guard lock(handlers_->mutex);
  auto list = std::make_shared<Handlers::List>(*handlers_->list);
  const std::uint64_t id = handlers_->next_id++;
  list->emplace_back(id, std::move(handler));
  listeners_ = static_cast<int>(list->size());
  handlers_->list = std::move(list);
  return id;
}

bool Logger::detach(std::uint64_t id) {
  const std::lock_guard lock(handlers_->mutex);
  auto list = std::make_shared<Handlers::List>(*handlers_->list);
  const auto removed = std::erase_if(*list, [id](const auto& entry) { return entry.first == id; });
  listeners_ = static_cast<int>(list->size());
  handlers_->list = std::move(list);
  return removed != 0;
}

bool Logger::enabled(Level level) const noexcept {
  return listeners_.load(std::memory_order_relaxed) != 0 &&
         static_cast<int>(level) >= level_.load(std::memory_order_relaxed);
}

void Logger::log(Level level, std::string_view message_template, json::Array args,
                 std::string_view exception) noexcept {
  if (!enabled(level)) return;
  try {
    std::shared_ptr<const Handlers::List> list;
    {
      const std::lock_guard lock(handlers_->mutex);
      list = handlers_->list;
    }
    const LogRecord record{name_, level, std::string(message_template), std::move(args),
                           std::string(exception)};
    for (const auto& entry : *list) {
      try {
        entry.second(record);
      } catch (...) {  // a failing handler costs its own output only
      }
    }
  } catch (...) {  // out of memory: the record is lost, the host goes on
  }
}

Logger& agents_logger() {
  static Logger* logger = new Logger("openai.agents");
  return *logger;
}

}  // namespace codex::telemetry
