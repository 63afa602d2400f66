#include "event_scrub.h"

#include <algorithm>
#include <utility>

#include "clean_texts.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/stream_scrubber.h"
#include "scratch.h"

namespace codex::telemetry {
namespace {

// Texts of an item that grow from update to update, in the words of exec and of app-server.
constexpr std::string_view kGrowing[] = {"aggregated_output", "aggregatedOutput", "text"};
// So much of a literal may be told before it is complete: no secret is known by it.
constexpr std::size_t kHarmlessBegin = 3;

bool in_progress(const Event& event) {
  return event.name == event::kItemStarted || event.name == event::kItemUpdated;
}

bool ends_open(const Scrubber& scrubber, std::string_view text) {
  return scrubber.open_end(text) > kHarmlessBegin;
}

// What a thread remembers of the events before.
struct Memory {
  CleanTexts texts;
  Correlation ids;  // the last ones that had nothing in them
  std::uint64_t ids_version = 0;
  std::shared_ptr<const Scrubber> ids_scrubber;

  bool may_hold(const std::shared_ptr<const Scrubber>& scrubber, const json::Value& value) {
    if (const std::string* text = value.string()) return texts.may_hold_secrets(scrubber, *text);
    if (const json::Array* array = value.array()) {
      return std::any_of(array->begin(), array->end(),
                         [&](const json::Value& element) { return may_hold(scrubber, element); });
    }
    const json::Object* const object = value.object();
    return object != nullptr && may_hold(scrubber, *object);
  }

  bool may_hold(const std::shared_ptr<const Scrubber>& scrubber, const json::Object& object) {
    return std::any_of(object.begin(), object.end(), [&](const json::Object::Member& member) {
      return texts.key_may_matter(scrubber, member.first) || may_hold(scrubber, member.second);
    });
  }

  bool may_hold(const std::shared_ptr<const Scrubber>& scrubber, const Correlation& given,
                std::uint64_t version) {
    const auto same = [&] {
      if (version != 0 && version == ids_version) return true;
      return ids.session == given.session && ids.thread == given.thread && ids.turn == given.turn &&
             ids.item == given.item && ids.call == given.call;
    };
    if (ids_scrubber == scrubber && same()) {
      ids_version = version;
      return false;
    }
    for (const std::string* id :
         {&given.session, &given.thread, &given.turn, &given.item, &given.call}) {
      if (texts.may_hold_secrets(scrubber, *id)) return true;
    }
    ids_scrubber.reset();  // what follows may throw
    ids = given;
    ids_version = version;
    ids_scrubber = scrubber;
    return false;
  }
};

void scrub_object(const Scrubber& scrubber, json::Object& object, ScrubCounts* counts) {
  if (object.empty()) return;
  json::Value value(std::move(object));
  scrubber.scrub(value, counts);
  object = std::move(*value.object());
}

void scrub_growing_texts(const Scrubber& scrubber, Event& event, ScrubCounts* counts) {
  json::Value* const item = event.metadata.find("item");
  if (item == nullptr || !item->is_object()) return;
  for (const std::string_view field : kGrowing) {
    json::Value* const value = item->object()->find(field);
    std::string* const text = value != nullptr ? value->string() : nullptr;
    if (text == nullptr) continue;
    if (scrubber.may_hold_secrets(*text)) {
      StreamScrubber stream(scrubber);
      std::string shown = stream.feed(*text, counts);
      shown += stream.flush(counts);
      *text = std::move(shown);
    } else if (ends_open(scrubber, *text)) {
      text->resize(text->size() - scrubber.open_end(*text));
    }
  }
}

bool may_grow_a_secret(const Scrubber& scrubber, const Event& event) {
  const json::Value* const item = event.metadata.find("item");
  if (item == nullptr) return false;
  return std::any_of(std::begin(kGrowing), std::end(kGrowing), [&](std::string_view field) {
    const json::Value* const value = item->get(field);
    return value != nullptr && value->is_string() && ends_open(scrubber, *value->string());
  });
}

void inherit(std::string& field, const std::string& outer) {
  if (field.empty()) field = outer;
}

}  // namespace

bool is_delta(std::string_view name) {
  if (!name.ends_with('a')) return false;  // most events are told apart by this
  return name.ends_with(".delta") || name.ends_with("_delta");
}

bool event_may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber, const Event& event,
                            std::uint64_t ids_version) {
  Scratch<Memory> memory;
  return memory->may_hold(scrubber, event.correlation, ids_version) ||
         memory->may_hold(scrubber, event.metadata) ||
         memory->may_hold(scrubber, event.measurements) ||
         (in_progress(event) && may_grow_a_secret(*scrubber, event));
}

void scrub_event(const Scrubber& scrubber, Event& event, ScrubCounts* counts,
                 std::string_view streamed) {
  json::Value* const piece = streamed.empty() ? nullptr : event.metadata.find(streamed);
  json::Value kept;
  const bool keep = piece != nullptr && piece->is_string();
  if (keep) kept = std::exchange(*piece, json::Value());
  if (in_progress(event)) scrub_growing_texts(scrubber, event, counts);
  scrub_object(scrubber, event.metadata, counts);
  if (keep) event.metadata.set(streamed, std::move(kept));
  scrub_object(scrubber, event.measurements, counts);
  Correlation& ids = event.correlation;
  for (std::string* id : {&ids.session, &ids.thread, &ids.turn, &ids.item, &ids.call}) {
    scrubber.scrub(*id, counts);
  }
}

void complete_event(Event& event) {
  if (event.time == std::chrono::system_clock::time_point{}) {
    event.time = std::chrono::system_clock::now();
  }
  const Correlation& around = current_correlation();
  if (!event.correlation.trace.valid()) event.correlation.trace = around.trace;
  inherit(event.correlation.session, around.session);
  inherit(event.correlation.thread, around.thread);
  inherit(event.correlation.turn, around.turn);
  inherit(event.correlation.item, around.item);
  inherit(event.correlation.call, around.call);
}

}  // namespace codex::telemetry
