#include "log_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "codex/telemetry/log_ids.h"
#include "log_escape.h"
#include "scratch.h"

namespace codex::telemetry {
namespace {

void put_digits(char* to, unsigned value, int digits) {
  while (digits-- > 0) {
    to[digits] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// Two digits each.
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> made{};
  for (std::size_t i = 0; i < 100; ++i) {
    made[2 * i] = static_cast<char>('0' + i / 10);
    made[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return made;
}();

void put_six_digits(char* to, unsigned value) {
  const unsigned pairs[] = {value / 10000, value / 100 % 100, value % 100};
  for (int i = 0; i < 3; ++i)
    std::memcpy(to + 2 * i, &kPairs[2 * pairs[i]], 2);
}

// Strict JSON: what is no number there is a string.
void append_value(std::string& out, const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      out += "null";
      return;
    case json::Kind::kBoolean:
      out += *value.boolean() ? "true" : "false";
      return;
    case json::Kind::kInteger:
      out += value.integer()->digits;
      return;
    case json::Kind::kReal: {
      const bool number = std::isfinite(*value.real());
      if (!number) out += '"';
      out += json::real_text(*value.real());
      if (!number) out += '"';
      return;
    }
    case json::Kind::kString:
      append_json_string(out, *value.string());
      return;
    case json::Kind::kArray: {
      char separator = '[';
      for (const json::Value& item : *value.array()) {
        out += separator;
        append_value(out, item);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case json::Kind::kObject: {
      char separator = '{';
      for (const auto& [key, member] : *value.object()) {
        out += separator;
        append_json_string(out, key);
        out += ':';
        append_value(out, member);
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
  }
}

}  // namespace

void append_ids(std::string& out, const Correlation& ids) {
  struct Last {
    IdsText text;
  };
  Scratch<Last> last;
  out += last->text.of(ids, IdsText::Form::kPlain, default_scrubber());
}

void append_ids_prefix(std::string& out, const Correlation& ids) {
  const std::size_t before = out.size();
  out += '[';
  append_ids(out, ids);
  if (out.size() == before + 1) {
    out.pop_back();
  } else {
    out += "] ";
  }
}

std::string_view exception_text(const LogRecord& record) {
  for (const json::Value& arg : record.args) {
    const json::Value* name = arg.get("class");
    const json::Value* text = arg.get("text");
    if (name != nullptr && text != nullptr && name->text() == record.exception) return text->text();
  }
  return {};
}

void append_exception(std::string& message, std::string_view exception, std::string_view text) {
  if (!message.ends_with('\n')) message += '\n';
  message += exception;
  if (text.empty()) return;
  message += ": ";
  message += text;
}

void TimeText::append_to(std::string& out, std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(time);
  const auto micros = static_cast<unsigned>(floor<microseconds>(time - whole).count());
  if (const std::int64_t now = whole.time_since_epoch().count(); now != second_) {
    second_ = now;
    const auto day = floor<days>(whole);
    const year_month_day date(day);
    const hh_mm_ss clock(whole - day);
    std::string_view("0000-00-00T00:00:00.").copy(text_, sizeof text_);
    put_digits(text_, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(text_ + 5, static_cast<unsigned>(date.month()), 2);
    put_digits(text_ + 8, static_cast<unsigned>(date.day()), 2);
    put_digits(text_ + 11, static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(text_ + 14, static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(text_ + 17, static_cast<unsigned>(clock.seconds().count()), 2);
  }
  // Written where they stay: what was written in small pieces is slow to copy.
  const std::size_t begin = out.size();
  out.resize(begin + sizeof text_ + 7);
  char* const to = out.data() + begin;
  std::memcpy(to, text_, sizeof text_);
  put_six_digits(to + sizeof text_, micros);
  to[sizeof text_ + 6] = 'Z';
}

std::string_view IdsText::of(const Correlation& ids, Form form,
                             const std::shared_ptr<const Scrubber>& scrubber,
                             std::uint64_t version) {
  if (scrubber_ == scrubber && form_ == form &&
      ((version != 0 && version == version_) || ids_ == ids)) {
    version_ = version;
    return text_;
  }
  scrubber_.reset();  // what follows may throw
  text_.clear();
  ids_ = ids;
  form_ = form;
  for (std::string* id : {&ids_.session, &ids_.thread, &ids_.turn, &ids_.item, &ids_.call}) {
    if (scrubber->may_hold_secrets(*id)) scrubber->scrub(*id);
  }
  append("session", ids_.session);
  append("thread", ids_.thread);
  append("turn", ids_.turn);
  append("item", ids_.item);
  append("call", ids_.call);
  append("trace_id", ids_.trace.trace_id);
  append("span_id", ids_.trace.span_id);
  ids_ = ids;
  version_ = version;
  scrubber_ = scrubber;
  return text_;
}

void IdsText::append(std::string_view key, const std::string& id) {
  if (id.empty()) return;
  if (form_ == Form::kJson) {
    text_.append(",\"").append(key).append("\":");
  } else {
    if (!text_.empty()) text_ += ' ';
    text_.append(key).append("=");
  }
  if (form_ == Form::kPlain && id.find_first_of(" \"=[]\\") == std::string::npos) {
    append_plain(text_, id);
  } else {
    append_json_string(text_, id);
  }
}

namespace {

constexpr std::string_view kBegin = R"({"time":")";

// What stands between time and ids.
void append_middle(std::string& out, const LogLine& line) {
  out += R"(","level":")";
  out += level_name(line.level);
  out += R"(","logger":)";
  append_json_string(out, line.logger);
  out += R"(,"message":)";
  const std::size_t message = out.size();
  append_json_string(out, line.message);
  const std::size_t message_size = out.size() - message;
  out += R"(,"template":)";
  if (line.message == line.message_template) {
    out.reserve(out.size() + message_size);  // so that what is copied stays where it is
    out.append(out.data() + message, message_size);
  } else {
    append_json_string(out, line.message_template);
  }
  if (!line.args.empty()) {
    out += R"(,"args":)";
    char separator = '[';
    for (const json::Value& arg : line.args) {
      out += separator;
      append_value(out, arg);
      separator = ',';
    }
    out += ']';
  }
  if (!line.exception.empty()) {
    out += R"(,"exception":)";
    append_json_string(out, line.exception);
  }
}

}  // namespace

void append_json_line(std::string& out, const LogLine& line, TimeText& time, std::string_view ids) {
  out += kBegin;
  time.append_to(out, line.time);
  append_middle(out, line);
  out += ids;
  out += '}';
}

KnownLines::Known& KnownLines::place(const LogLine& line) {
  const std::string_view text = line.message_template;
  std::uint64_t head = 0, tail = 0;
  const std::size_t size = std::min(text.size(), sizeof head);
  std::memcpy(&head, text.data(), size);
  std::memcpy(&tail, text.data() + text.size() - size, size);
  const std::uint64_t mixed = (head ^ (tail << 1) ^ text.size()) * 0x9e3779b97f4a7c15U;
  return known_[mixed >> 58 & (kPlaces - 1)];
}

const std::string* KnownLines::find(const LogLine& line,
                                    const std::shared_ptr<const Scrubber>& scrubber) {
  const Known& known = place(line);
  const bool found = known.scrubber == scrubber && known.level == line.level &&
                     known.message_template == line.message_template && known.logger == line.logger;
  return found ? &known.text : nullptr;
}

void KnownLines::keep(const LogLine& line, const std::shared_ptr<const Scrubber>& scrubber) {
  constexpr std::size_t kLongest = 512;
  if (line.message_template.size() + line.logger.size() > kLongest) return;
  Known& known = place(line);
  known.scrubber.reset();  // what follows may throw
  known.level = line.level;
  known.logger = line.logger;
  known.message_template = line.message_template;
  known.text.clear();
  append_middle(known.text, line);
  known.scrubber = scrubber;
}

void KnownLines::append(std::string& out, std::chrono::system_clock::time_point at, TimeText& time,
                        std::string_view known, std::string_view ids) {
  out += kBegin;
  time.append_to(out, at);
  out += known;
  out += ids;
  out += '}';
}

}  // namespace codex::telemetry
