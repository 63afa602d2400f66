#include "tests/benchmarks/floors.h"

#include <atomic>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace codex::benchmarks {
namespace {

std::atomic<bool> flag{false};

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char code[8];
          std::snprintf(code, sizeof code, "\\u%04x", c);
          out += code;
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

bool out_of_line_flag() noexcept {
  return flag.load(std::memory_order_relaxed);
}

void hand_rendered_line(std::string& out, std::chrono::system_clock::time_point now,
                        std::string_view message, std::string_view thread, std::string_view turn) {
  using std::chrono::microseconds;
  static thread_local std::time_t last = -1;
  static thread_local char text[32];
  const auto micros = std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count();
  const std::time_t second = static_cast<std::time_t>(micros / 1000000);
  if (second != last) {
    std::tm parts{};
    gmtime_r(&second, &parts);
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &parts);
    last = second;
  }
  char fraction[8];
  for (auto [rest, at] = std::pair(micros % 1000000, 5); at >= 0; --at, rest /= 10) {
    fraction[at] = static_cast<char>('0' + rest % 10);
  }
  out += "{\"time\":\"";
  out += text;
  out.append(fraction, 6);
  out += "Z\",\"level\":\"DEBUG\",\"logger\":\"openai.agents\",\"message\":\"";
  escape(out, message);
  out += "\",\"template\":\"";
  escape(out, message);
  out += "\",\"thread\":\"";
  escape(out, thread);
  out += "\",\"turn\":\"";
  escape(out, turn);
  out += "\"}";
}

}  // namespace codex::benchmarks
