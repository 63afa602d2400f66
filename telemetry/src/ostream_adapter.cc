#include "codex/telemetry/ostream_adapter.h"

#include <string_view>

#include "codex/telemetry/log_ids.h"

namespace codex::telemetry {
namespace {

bool put(std::streambuf& target, std::string_view text) {
  const auto size = static_cast<std::streamsize>(text.size());
  return target.sputn(text.data(), size) == size;
}

}  // namespace

std::streamsize CorrelatedBuffer::xsputn(const char* text, std::streamsize size) {
  const std::lock_guard lock(mutex_);
  std::string_view rest(text, static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line_start_ && !line.empty()) {
      prefix_.clear();
      append_ids_prefix(prefix_);
      if (!put(target_, prefix_)) break;
      line_start_ = false;
    }
    const bool ended = line.size() < rest.size();
    const std::string_view part = rest.substr(0, line.size() + (ended ? 1 : 0));
    if (!put(target_, part)) break;
    line_start_ = ended;
    rest.remove_prefix(part.size());
  }
  return size - static_cast<std::streamsize>(rest.size());
}

CorrelatedBuffer::int_type CorrelatedBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char one = traits_type::to_char_type(c);
  return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

int CorrelatedBuffer::sync() {
  const std::lock_guard lock(mutex_);
  return target_.pubsync();
}

CorrelatedStream::CorrelatedStream(std::ostream& stream)
    : stream_(stream), own_(stream.rdbuf()), buffer_(*own_) {
  stream_.rdbuf(&buffer_);
}

CorrelatedStream::~CorrelatedStream() {
  if (stream_.rdbuf() == &buffer_) stream_.rdbuf(own_);
}

std::ostream& with_ids(std::ostream& stream) {
  std::string prefix;
  append_ids_prefix(prefix);
  return stream << prefix;
}

}  // namespace codex::telemetry
