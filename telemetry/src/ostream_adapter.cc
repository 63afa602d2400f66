#include "codex/telemetry/ostream_adapter.h"

#include <string_view>
#include <utility>

#include "codex/telemetry/log_ids.h"

namespace codex::telemetry {
namespace {

bool put(std::streambuf& target, std::string_view text) {
  const auto size = static_cast<std::streamsize>(text.size());
  return target.sputn(text.data(), size) == size;
}

}  // namespace

CorrelatedBuffer::CorrelatedBuffer(std::streambuf& target, Scrubbing scrubbing)
    : target_(target), scrubber_(scrubbing.scrubber()) {
  if (scrubber_) stream_.emplace(*scrubber_);
}

CorrelatedBuffer::~CorrelatedBuffer() {
  if (!stream_) return;
  try {
    pass_on(stream_->finish());
  } catch (...) {  // a stream that throws at its end: there is nobody left to tell
  }
}

std::streamsize CorrelatedBuffer::xsputn(const char* text, std::streamsize size) {
  const std::lock_guard lock(mutex_);
  std::string_view rest(text, static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (written_line_start_) {
      // The ids of now: the line may go on when another thread completes it.
      prefixes_.emplace_back();
      if (!line.empty()) append_ids_prefix(prefixes_.back());
    }
    const bool ended = line.size() < rest.size();
    const std::string_view part = rest.substr(0, line.size() + (ended ? 1 : 0));
    written_line_start_ = ended;
    if (!pass_on(stream_ ? stream_->feed(part) : std::string(part))) break;
    rest.remove_prefix(part.size());
  }
  return size - static_cast<std::streamsize>(rest.size());
}

// Lines that became one, as those of a private key do, leave their ids behind: they go with the
// text that was held back with them.
bool CorrelatedBuffer::pass_on(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end == text.npos ? text.npos : end + 1);
    if (passed_line_start_ && !prefixes_.empty()) {
      if (!put(target_, prefixes_.front())) return false;
      prefixes_.pop_front();
    }
    if (!put(target_, part)) return false;
    passed_line_start_ = end != text.npos;
    text.remove_prefix(part.size());
  }
  const bool all_out = !stream_ || stream_->held() == 0;
  if (all_out && passed_line_start_ == written_line_start_) prefixes_.clear();
  return true;
}

CorrelatedBuffer::int_type CorrelatedBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char one = traits_type::to_char_type(c);
  return xsputn(&one, 1) == 1 ? c : traits_type::eof();
}

int CorrelatedBuffer::sync() {
  const std::lock_guard lock(mutex_);
  if (stream_ && !pass_on(stream_->flush())) return -1;
  return target_.pubsync();
}

CorrelatedStream::CorrelatedStream(std::ostream& stream, Scrubbing scrubbing)
    : stream_(stream), own_(stream.rdbuf()), buffer_(*own_, std::move(scrubbing)) {
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
