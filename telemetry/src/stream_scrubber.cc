#include "codex/telemetry/stream_scrubber.h"

#include <algorithm>
#include <array>
#include <utility>

#include "private_key_text.h"

namespace codex::telemetry {
namespace {

// Rules look so far back from a literal: at the name that it stands in and what is before that.
constexpr std::size_t kContext = 160;
// A match may begin before its literal.
constexpr std::size_t kBefore = 4;
constexpr std::size_t kShortest = 8;  // of a text that scrub() looks at
// So much of a literal may be told before it is complete: no secret is known by it.
constexpr std::size_t kHarmlessBegin = 3;
constexpr std::string_view kBlanks = " \t\r\n\f\v";
constexpr std::string_view kLineEnds = "\r\n\"'`";
constexpr std::string_view kTokenEnds = " \t\r\n\f\v\"'`,;&<>(){}|\\";

// The nearest place at or before `at` where no UTF-8 character is cut.
std::size_t character(std::string_view text, std::size_t at) {
  for (int i = 0; i < 3 && at > 0 && at < text.size(); ++i, --at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) break;
  }
  return at;
}

bool ends_replaced(std::string_view text) {
  const std::size_t marker = text.rfind("[REDACTED:");
  return marker != std::string_view::npos && text.find(']', marker) == text.size() - 1;
}

}  // namespace

StreamScrubber::StreamScrubber(const Scrubber& scrubber, std::size_t limit)
    : scrubber_(&scrubber),
      reach_(scrubber.longest_literal() + kBefore),
      limit_(std::max({limit, 4 * reach_, std::size_t{256}})) {}

std::string StreamScrubber::feed(std::string_view piece, ScrubCounts* counts) {
  std::string out;
  while (!piece.empty()) {
    std::string next(piece.substr(0, limit_));
    piece.remove_prefix(next.size());
    skip(next);
    append(next);
    advance(out, counts);
  }
  started_ = started_ || !out.empty();
  return out;
}

std::string StreamScrubber::flush(ScrubCounts* counts) {
  std::string out;
  if (suspicious_ || skip_ != Skip::kNothing) return out;
  const std::size_t open = scrubber_->open_end(begun() + held_);
  const bool harmless = open <= kHarmlessBegin;
  const std::size_t keep = harmless ? 0 : std::min(open, held_.size());
  const std::size_t cut = character(held_, held_.size() - keep);
  if (cut == 0) return out;
  out = clean(context_, std::string_view(held_).substr(0, cut), counts);
  started_ = true;
  remove(cut, after(cut));
  if (harmless) open_ = open;
  return out;
}

std::string StreamScrubber::finish(ScrubCounts* counts) {
  std::string out;
  if (skip_ != Skip::kKey) out = clean(context_, held_, counts);
  remove(held_.size(), {});
  skip_ = Skip::kNothing;
  started_ = false;
  return out;
}

void StreamScrubber::append(std::string_view piece) {
  const std::size_t before = held_.size();
  held_.append(piece);
  const std::size_t feed = piece.rfind('\n');
  if (feed != std::string_view::npos) line_end_ = before + feed + 1;
  if (suspicious_) return;
  const std::size_t from = before > reach_ ? before - reach_ : 0;
  suspicious_ = scrubber_->may_hold_secrets(std::string_view(held_).substr(from));
  if (!suspicious_ && open_ > 0 && from == 0) {
    suspicious_ = scrubber_->may_hold_secrets(begun() + held_);
  }
}

// Drops from what comes next the rest of a secret that was longer than the limit.
void StreamScrubber::skip(std::string& piece) {
  if (skip_ == Skip::kNothing) return;
  if (skip_ == Skip::kKey) {
    const std::string body = std::exchange(held_, {}) + piece;
    remove(0, {});
    const KeyEnd end = key_end(body);
    if (end.found) {
      skip_ = Skip::kNothing;
      context_ = "-----";
    }
    // What may be the begin of its last line is held.
    (end.found ? piece : held_) = body.substr(end.at);
    if (!end.found) piece.clear();
    return;
  }
  const std::size_t end = piece.find_first_of(skip_ == Skip::kLine ? kLineEnds : kTokenEnds);
  if (end != std::string::npos) skip_ = Skip::kNothing;
  piece.erase(0, end);
}

void StreamScrubber::advance(std::string& out, ScrubCounts* counts) {
  if (skip_ == Skip::kKey) return;
  const auto give = [&](std::size_t bytes, std::string context) {
    out += clean(context_, std::string_view(held_).substr(0, bytes), counts);
    started_ = true;
    remove(bytes, std::move(context));
  };
  // No rule but that of private keys goes past the end of a line.
  if (line_end_ > 0 && (started_ || line_end_ >= kShortest) && held_.size() >= next_look_) {
    const std::size_t cut = whole_lines();
    if (cut > 0 && (started_ || cut >= kShortest)) give(cut, {});
    if (line_end_ > 0) next_look_ = held_.size() + held_.size() / 8 + 64;
  }
  if (!suspicious_ && held_.size() > reach_) {
    const std::size_t cut = character(held_, held_.size() - reach_);
    if (cut > 0) give(cut, after(cut));
  }
  while (held_.size() > limit_ && skip_ == Skip::kNothing) {
    if (!cut_private_key(out, counts)) cut_long_line(out, counts);
    started_ = true;
  }
}

// How much of held_ are lines that nothing which follows can change.
std::size_t StreamScrubber::whole_lines() const {
  if (scrubber_->literals_span_lines()) return 0;
  if (!suspicious_) return line_end_;
  std::size_t cut = line_end_;
  for (int keys = 0; keys < 4 && cut > 0; ++keys) {
    const std::size_t key = open_private_key(held_, cut);
    if (key == std::string::npos) return cut;
    cut = held_.rfind('\n', key) + 1;  // npos + 1 is 0
  }
  return 0;
}

bool StreamScrubber::cut_private_key(std::string& out, ScrubCounts* counts) {
  const std::size_t key = open_private_key(held_, held_.size());
  if (key == std::string::npos || !is_key_body(std::string_view(held_).substr(key))) return false;
  out += clean(context_, std::string_view(held_).substr(0, key), counts);
  out += "[REDACTED:private-key]";
  if (counts != nullptr) ++(*counts)["private-key"];
  std::string body = held_.substr(private_key_body(held_, key));
  remove(held_.size(), {});
  skip_ = Skip::kKey;
  skip(body);
  append(body);
  return true;
}

// The line is longer than is waited for. It is cut where the two parts by themselves come to the
// same as together; what is near its end stays.
void StreamScrubber::cut_long_line(std::string& out, ScrubCounts* counts) {
  const std::string_view text = held_;
  const std::string whole = clean(context_, text, nullptr);
  const std::size_t margin = std::max(limit_ / 4, reach_);
  const auto try_at = [&](std::size_t at) {
    at = character(text, at);
    if (at == 0 || at >= text.size()) return false;
    std::string context = after(at);
    const std::string first = clean(context_, text.substr(0, at), nullptr);
    if (first + clean(context, text.substr(at), nullptr) != whole) return false;
    out += clean(context_, text.substr(0, at), counts);
    remove(at, std::move(context));
    return true;
  };
  const std::size_t last = text.size() - margin;
  for (const std::string_view set : {kBlanks, std::string_view(",;&\"'}")}) {
    std::size_t at = last;
    for (int tries = 0; tries < 6 && at != std::string_view::npos && at > limit_ / 4; ++tries) {
      at = text.find_last_of(set, at);
      if (at == std::string_view::npos || at < limit_ / 4) break;
      if (try_at(at + 1)) return;
      at = at > margin / 8 ? at - margin / 8 : std::string_view::npos;
    }
  }
  for (const std::size_t at : {last, text.size() / 2, text.size() / 4, text.size() - margin / 2,
                               text.size() - margin / 4, text.size() - reach_}) {
    if (try_at(at)) return;
  }
  out += clean(context_, text, counts);
  if (ends_replaced(whole)) {
    const bool blanks = text.find_first_of(kBlanks, last) != std::string_view::npos;
    skip_ = blanks ? Skip::kLine : Skip::kToken;
  }
  remove(text.size(), skip_ == Skip::kNothing ? after(text.size()) : "]");
}

void StreamScrubber::remove(std::size_t bytes, std::string context) {
  context_ = std::move(context);
  open_ = 0;
  held_.erase(0, bytes);
  line_end_ = line_end_ > bytes ? line_end_ - bytes : 0;
  next_look_ = 0;
  // A literal in the context may be what comes next is judged by.
  suspicious_ = suspicious_ && scrubber_->may_hold_secrets(context_ + held_);
}

// What a flush has shown of a literal that may go on.
std::string StreamScrubber::begun() const {
  return context_.substr(context_.size() - std::min(open_, context_.size()));
}

// The context of what follows the first `bytes` of held_.
std::string StreamScrubber::after(std::size_t bytes) const {
  std::string text = context_;
  if (bytes > kContext) {
    text = held_.substr(bytes - kContext, kContext);
  } else {
    text.append(held_, 0, bytes);
    if (text.size() > kContext) text.erase(0, text.size() - kContext);
  }
  return text;
}

// `text` scrubbed as what follows `context`, which is what rules look back at.
std::string StreamScrubber::clean(std::string_view context, std::string_view text,
                                  ScrubCounts* counts) const {
  std::string before(context);
  // Behind a line feed, a text that is too short to be looked at is the end of a longer one.
  if (started_ && before.size() + text.size() < kShortest) before.insert(0, kShortest, '\n');
  std::string whole = before + std::string(text);
  if (!scrubber_->scrub(whole, counts)) return std::string(text);
  const auto differs = std::mismatch(before.begin(), before.end(), whole.begin(), whole.end());
  return std::string(differs.second, whole.end());
}

}  // namespace codex::telemetry
