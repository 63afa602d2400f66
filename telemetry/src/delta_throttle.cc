#include "delta_throttle.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "codex/telemetry/registry.h"
#include "event_scrub.h"
#include "sampling.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kMostText = 65536;  // that waits, bytes; more goes out whatever the limit is

// The id as the correlation has it, or else as the wire does.
std::string id_of(const Event& event, const std::string& correlated,
                  std::initializer_list<std::string_view> fields) {
  if (!correlated.empty()) return correlated;
  for (const std::string_view field : fields) {
    const json::Value* value = event.metadata.find(field);
    if (value != nullptr && value->is_object()) value = value->get("id");
    if (value != nullptr && value->is_string()) return *value->string();
  }
  return {};
}

std::string thread_of(const Event& event) {
  return id_of(event, event.correlation.thread, {"threadId", "thread_id"});
}

std::string item_of(const Event& event) {
  return id_of(event, event.correlation.item, {"itemId", "item_id", "item"});
}

}  // namespace

bool DeltaThrottle::takes(std::string_view name) const {
  if (is_delta(name)) return true;
  const EventInfo* info = find_event(name);
  if (info != nullptr && info->high_volume) return true;
  return std::find(options_.throttled.begin(), options_.throttled.end(), name) !=
         options_.throttled.end();
}

void DeltaThrottle::add(Event event, Time now, Result& result) {
  Stream& stream = stream_of(event, now, result);
  json::Value* field = event.metadata.find(options_.text_field);
  std::string piece;
  if (field != nullptr && field->is_string()) {
    if (!stream.scrubber) stream.scrubber.emplace(scrubber_);
    piece = stream.scrubber->feed(*field->string(), &result.scrubbed);
    *field = json::Value("");
  }
  // While text is held back, an event waits that can carry it.
  const bool held = stream.scrubber && stream.scrubber->held() > 0;
  const bool full = stream.text.size() + piece.size() > kMostText;
  if (stream.waiting) {
    if (full || take_token(stream, now)) {
      std::string text = std::move(stream.text);
      if (held) text += std::exchange(piece, {});
      send(stream, std::move(text), result);
      stream.text.clear();
    } else {
      ++result.merged;
      --waiting_;
    }
  }
  stream.waiting = std::move(event);
  ++waiting_;
  stream.text += piece;
  if (held) return;
  if (!full && !take_token(stream, now)) {
    next_due_ = std::min(next_due_, due(stream));
    return;
  }
  send(stream, std::exchange(stream.text, {}), result);
}

void DeltaThrottle::finish(const Event& end, Result& result) {
  if (streams_.empty() || event_role(end.name) != EventRole::kEnd) return;
  const std::string_view family = event_family(end.name);
  const bool session = family == "codex.session";
  const bool whole_thread = family == "codex.thread" || family == "codex.turn";
  const bool item_family = family == "codex.item" || family == "codex.tool";
  if (!session && !whole_thread && !item_family) return;
  const std::string thread = thread_of(end);
  const std::string item = item_family ? item_of(end) : std::string();
  for (auto stream = streams_.begin(); stream != streams_.end();) {
    const bool over = session ? end.correlation.session.empty() ||
                                    stream->session == end.correlation.session ||
                                    stream->session.empty()
                              : stream->thread == thread && (item.empty() || stream->item == item);
    stream = over ? finish(stream, result) : std::next(stream);
  }
}

void DeltaThrottle::finish_all(Result& result) {
  for (auto stream = streams_.begin(); stream != streams_.end();) stream = finish(stream, result);
}

void DeltaThrottle::flush(Time now, Result& result) {
  for (Stream& stream : streams_) {
    if (!stream.waiting) continue;
    if (stream.scrubber) stream.text += stream.scrubber->flush(&result.scrubbed);
    // An event has to wait for as long as text does that may be a part of a secret.
    if (stream.scrubber && stream.scrubber->held() > 0) continue;
    if (take_token(stream, now)) send(stream, std::exchange(stream.text, {}), result);
  }
}

void DeltaThrottle::send_due(Time now, Result& result) {
  if (now < next_due_ || streams_.empty()) return;
  next_due_ = Time::max();
  const Stream& last = streams_.back();
  for (Stream& stream : streams_) {
    if (!stream.waiting || (stream.scrubber && stream.scrubber->held() > 0)) continue;
    const bool beside = stream.thread == last.thread && stream.session == last.session;
    if (beside && due(stream) <= now && take_token(stream, now)) {
      send(stream, std::exchange(stream.text, {}), result);
    } else {
      next_due_ = std::min(next_due_, due(stream));
    }
  }
}

std::optional<DeltaThrottle::Time> DeltaThrottle::next_due() const {
  std::optional<Time> first;
  for (const Stream& stream : streams_) {
    if (stream.waiting && (!first || due(stream) < *first)) first = due(stream);
  }
  return first;
}

DeltaThrottle::Time DeltaThrottle::due(const Stream& stream) const {
  if (options_.deltas_per_second < 0 || stream.tokens >= 1) return stream.filled;
  // Where the rate is 0, none comes any more; an hour is as good as never.
  constexpr double kMost = 3600;
  const double missing = 1 - stream.tokens;
  const double seconds =
      options_.deltas_per_second > 0 ? missing / options_.deltas_per_second : kMost;
  return stream.filled + std::chrono::ceil<std::chrono::steady_clock::duration>(
                             std::chrono::duration<double>(std::min(seconds, kMost)));
}

std::size_t DeltaThrottle::clear() {
  by_key_.clear();
  streams_.clear();
  return std::exchange(waiting_, 0);
}

DeltaThrottle::Stream& DeltaThrottle::stream_of(const Event& event, Time now, Result& result) {
  Stream made;
  made.session = event.correlation.session;
  made.thread = thread_of(event);
  made.item = item_of(event);
  made.key = std::string(event.name) + '\0' + made.session + '\0' + made.thread + '\0' +
             event.correlation.turn + '\0' + made.item;
  // The parts of a reasoning are texts of their own.
  for (const std::string_view part : {"summaryIndex", "contentIndex"}) {
    if (const json::Value* index = event.metadata.find(part)) made.key += '\0' + json::dump(*index);
  }
  if (const auto found = by_key_.find(made.key); found != by_key_.end()) {
    streams_.splice(streams_.end(), streams_, found->second);
    return streams_.back();
  }
  if (!streams_.empty() && streams_.size() >= options_.max_items) finish(streams_.begin(), result);
  made.tokens = std::max(options_.delta_burst, 1.0);
  made.filled = now;
  streams_.push_back(std::move(made));
  by_key_.emplace(streams_.back().key, std::prev(streams_.end()));
  return streams_.back();
}

bool DeltaThrottle::take_token(Stream& stream, Time now) const {
  if (options_.deltas_per_second < 0) return true;
  const double passed = std::max(0.0, std::chrono::duration<double>(now - stream.filled).count());
  stream.tokens = std::min(std::max(options_.delta_burst, 1.0),
                           stream.tokens + passed * options_.deltas_per_second);
  stream.filled = std::max(stream.filled, now);
  if (stream.tokens < 1) return false;
  stream.tokens -= 1;
  return true;
}

void DeltaThrottle::send(Stream& stream, std::string text, Result& result) {
  if (stream.scrubber) {
    stream.waiting->metadata.set(options_.text_field, json::Value(std::move(text)));
  }
  result.ready.push_back(std::move(*stream.waiting));
  stream.waiting.reset();
  --waiting_;
}

DeltaThrottle::Streams::iterator DeltaThrottle::finish(Streams::iterator stream, Result& result) {
  if (stream->waiting) {
    if (stream->scrubber) stream->text += stream->scrubber->finish(&result.scrubbed);
    send(*stream, std::move(stream->text), result);
  }
  by_key_.erase(stream->key);
  return streams_.erase(stream);
}

}  // namespace codex::telemetry
