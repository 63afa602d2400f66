#include "log_scrub.h"

#include <algorithm>
#include <string>

#include "clean_texts.h"
#include "scratch.h"

namespace codex::telemetry {
namespace {

struct Memory {
  CleanTexts texts;
  std::string message;
};

}  // namespace

bool record_may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber,
                             const LogRecord& record) {
  Scratch<Memory> memory;
  if (memory->texts.may_hold_secrets(scrubber, record.message_template)) return true;
  if (record.args.empty()) return false;
  // Objects print their members another way than they hold them.
  const bool doubtful =
      std::any_of(record.args.begin(), record.args.end(), [&](const json::Value& arg) {
        if (const std::string* text = arg.string()) {
          return memory->texts.may_hold_secrets(scrubber, *text);
        }
        return (arg.is_array() || arg.is_object()) && scrubber->texts_may_hold_secrets(arg);
      });
  if (doubtful) return true;
  memory->message.clear();
  record.append_message(memory->message);
  return memory->texts.may_hold_secrets(scrubber, memory->message);
}

void scrub_record(const Scrubber& scrubber, LogRecord& record) {
  std::string message = record.message();
  const bool together = scrubber.scrub(message);
  if (record.args.empty()) {
    record.message_template = std::move(message);
    return;
  }
  for (json::Value& arg : record.args)
    scrubber.scrub(arg);
  scrubber.scrub(record.message_template);
  if (!together || record.message() == message) return;
  // Only the whole shows the secret: it is what is left of the record.
  record.message_template = std::move(message);
  record.args.clear();
}

}  // namespace codex::telemetry
