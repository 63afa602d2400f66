#include "log_line.h"

#include <cmath>

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
  char fraction[7];
  put_digits(fraction, micros, 6);
  fraction[6] = 'Z';
  out.append(text_, sizeof text_).append(fraction, sizeof fraction);
}

std::string_view IdsText::of(const Correlation& ids, Form form,
                             const std::shared_ptr<const Scrubber>& scrubber) {
  if (scrubber_ == scrubber && form_ == form && ids_ == ids) return text_;
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

void append_json_line(std::string& out, const LogLine& line, TimeText& time, std::string_view ids) {
  out += R"({"time":")";
  time.append_to(out, line.time);
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
  out += ids;
  out += '}';
}

}  // namespace codex::telemetry
