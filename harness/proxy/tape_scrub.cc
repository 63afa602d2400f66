#include "harness/proxy/tape_scrub.h"

#include <utility>

namespace codex::harness {
namespace {

using json::Value;

std::string member(const Value& object, std::string_view key) {
  const Value* value = object.get(key);
  return value == nullptr ? std::string() : std::string(value->text());
}

// The text of a notification whose name ends in "delta"; null of any other message.
std::string* delta_of(Value& message) {
  const std::string method = member(message, "method");
  if (!method.ends_with("delta") && !method.ends_with("Delta")) return nullptr;
  Value* params = message.is_object() ? message.object()->find("params") : nullptr;
  if (params == nullptr || !params->is_object()) return nullptr;
  Value* delta = params->object()->find("delta");
  return delta == nullptr ? nullptr : delta->string();
}

// Which text a delta belongs to: all that it says, but for the text.
std::string key_of(const Value& message) {
  json::Object params = *message.get("params")->object();
  params.erase("delta");
  return member(message, "method") + ' ' + json::dump(Value(std::move(params)));
}

}  // namespace

TapeScrub::TapeScrub(std::shared_ptr<const telemetry::Scrubber> scrubber, Out out)
    : scrubber_(std::move(scrubber)), out_(std::move(out)) {}

void TapeScrub::add(Kind kind, std::string text, bool terminated) {
  lines_.push_back({.kind = kind, .text = std::move(text), .terminated = terminated});
  Line& line = lines_.back();
  if (kind == Kind::kFromCodex && add_delta(line)) return drain();
  if (kind == Kind::kFromCodex && !texts_.empty()) end_items(line);
  if (kind != Kind::kOther) scrub(line);
  drain();
}

bool TapeScrub::add_delta(Line& line) {
  if (line.text.find("\"delta\"") == std::string::npos) return false;
  json::ParseResult parsed = json::parse(line.text);
  const std::string* delta = parsed ? delta_of(parsed.value()) : nullptr;
  if (delta == nullptr) return false;
  line.message = std::move(parsed.value());
  const Value& params = *line.message.get("params");
  Text& text = texts_
                   .try_emplace(key_of(line.message),
                                Text{telemetry::StreamScrubber(*scrubber_),
                                     member(params, "threadId"), member(params, "itemId"), {}})
                   .first->second;
  line.waits = true;
  line.shown = text.scrubber.feed(*delta_of(line.message));
  text.lines.push_back(&line);
  if (text.scrubber.held() == 0) settle(text, false);
  return true;
}

// Nothing of the text is held back: were its lines as they should be?
void TapeScrub::settle(Text& text, bool end) {
  if (text.lines.empty()) return;
  if (end) text.lines.back()->shown += text.scrubber.finish();
  std::string before;
  std::string after;
  for (Line* line : text.lines) {
    before += *delta_of(line->message);
    after += line->shown;
  }
  for (Line* line : text.lines) {
    line->waits = false;
    if (before != after) {
      *delta_of(line->message) = line->shown;
      line->text = json::dump(line->message, json::kCompactUnicode);
    }
    scrub(*line);
  }
  text.lines.clear();
}

void TapeScrub::end_items(const Line& line) {
  if (line.text.find("/completed") == std::string::npos) return;
  const json::ParseResult parsed = json::parse(line.text);
  const Value* params = parsed ? parsed.value().get("params") : nullptr;
  if (params == nullptr) return;
  const std::string method = member(parsed.value(), "method");
  const Value* item = params->get("item");
  for (auto at = texts_.begin(); at != texts_.end();) {
    Text& text = at->second;
    const bool over = (method == "turn/completed" && text.thread == member(*params, "threadId")) ||
                      (method == "item/completed" && item != nullptr &&
                       text.item == member(*item, "id"));
    if (over) settle(text, true);
    at = over ? texts_.erase(at) : std::next(at);
  }
}

void TapeScrub::scrub(Line& line) const {
  if (!scrubber_->may_hold_secrets(line.text)) return;
  json::ParseResult parsed = json::parse(line.text);
  if (!parsed) {
    scrubber_->scrub(line.text);
  } else if (scrubber_->scrub(parsed.value())) {
    line.text = json::dump(parsed.value(), json::kCompactUnicode);
  }
}

void TapeScrub::drain() {
  while (!lines_.empty() && !lines_.front().waits) {
    const Line& line = lines_.front();
    out_(line.kind, line.text, line.terminated);
    lines_.pop_front();
  }
}

void TapeScrub::finish() {
  for (auto& [key, text] : texts_) settle(text, true);
  texts_.clear();
  drain();
}

}  // namespace codex::harness
