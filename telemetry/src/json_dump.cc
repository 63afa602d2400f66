// json.dumps of CPython 3.11: the encoder of Modules/_json.c.
#include <array>
#include <cmath>
#include <ostream>

#include "codex/telemetry/json.h"
#include "utf8.h"

namespace codex::json {
namespace {

// Where the text goes: a string, or only its length.
class StringSink {
 public:
  explicit StringSink(std::string& out) : out_(out) {}
  void put(char c) { out_ += c; }
  void put(std::string_view text) { out_ += text; }

 private:
  std::string& out_;
};

class CountingSink {
 public:
  void put(char) { ++size_; }
  void put(std::string_view text) { size_ += text.size(); }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
};

// The letter of a two-character escape, or 0.
char short_escape(char32_t value) {
  switch (value) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

std::string json_real(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return real_text(value);
}

template <typename Sink>
class Writer {
 public:
  Writer(Sink& sink, const Style& style) : sink_(sink), style_(style) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Kind::kNull:
        return sink_.put("null");
      case Kind::kBoolean:
        return sink_.put(*value.boolean() ? "true" : "false");
      case Kind::kInteger:
        return sink_.put(value.integer()->digits);
      case Kind::kReal:
        return sink_.put(json_real(*value.real()));
      case Kind::kString:
        return write(*value.string());
      case Kind::kArray:
        return write(*value.array());
      case Kind::kObject:
        return write(*value.object());
    }
  }

 private:
  void write(const Array& items) {
    sink_.put('[');
    bool first = true;
    for (const Value& item : items) {
      if (!std::exchange(first, false)) sink_.put(style_.item_separator);
      write(item);
    }
    sink_.put(']');
  }

  void write(const Object& members) {
    sink_.put('{');
    bool first = true;
    for (const auto& [key, value] : members) {
      if (!std::exchange(first, false)) sink_.put(style_.item_separator);
      write(key);
      sink_.put(style_.key_separator);
      write(value);
    }
    sink_.put('}');
  }

  void write(const std::string& text) {
    sink_.put('"');
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size();) {
      const utf8::CodePoint point = utf8::decode(text, at);
      if (needs_escape(point.value)) {
        sink_.put(std::string_view(text).substr(plain, at - plain));
        escape(point.value);
        plain = at + point.size;
      }
      at += point.size;
    }
    sink_.put(std::string_view(text).substr(plain));
    sink_.put('"');
  }

  bool needs_escape(char32_t value) const {
    if (value < 0x20 || value == '"' || value == '\\') return true;
    return style_.ensure_ascii ? value > '~' : utf8::is_surrogate(value);
  }

  void escape(char32_t value) {
    if (const char letter = short_escape(value)) {
      sink_.put('\\');
      sink_.put(letter);
    } else if (value >= 0x10000) {
      escape_unit(0xD800 + ((value - 0x10000) >> 10));
      escape_unit(0xDC00 + ((value - 0x10000) & 0x3FF));
    } else {
      escape_unit(value);
    }
  }

  void escape_unit(char32_t unit) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const std::array<char, 6> text{'\\',
                                   'u',
                                   kHex[(unit >> 12) & 0xF],
                                   kHex[(unit >> 8) & 0xF],
                                   kHex[(unit >> 4) & 0xF],
                                   kHex[unit & 0xF]};
    sink_.put(std::string_view(text.data(), text.size()));
  }

  Sink& sink_;
  const Style& style_;
};

}  // namespace

void dump_to(std::string& out, const Value& value, const Style& style) {
  StringSink sink(out);
  Writer(sink, style).write(value);
}

std::string dump(const Value& value, const Style& style) {
  std::string out;
  dump_to(out, value, style);
  return out;
}

std::ostream& operator<<(std::ostream& stream, const Value& value) {
  return stream << dump(value, kCompact);
}

std::size_t compact_size(const Value& value) {
  CountingSink sink;
  Writer(sink, kCompact).write(value);
  return sink.size();
}

}  // namespace codex::json
