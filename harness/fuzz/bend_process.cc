#include <string>
#include <utility>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"

namespace codex::harness::fuzz {
namespace {

DraftLine event(json::Object what, std::optional<std::size_t> process) {
  DraftLine line;
  line.action = Action::kProcess;
  line.set_value(json::Value(std::move(what)));
  line.process = process;
  return line;
}

// The process ends after a line: nothing comes from it after that. Of exec the next process may.
void end_after(Draft& draft, std::size_t index, json::Object what) {
  const std::optional<std::size_t> process = draft.lines[index].process;
  std::size_t keep = index + 1;
  for (std::size_t i = keep; i < draft.lines.size(); ++i) {
    const bool is_next = draft.transport == Transport::kExec && !process &&
                         draft.lines[i].action == Action::kToCodex;
    if (is_next) {
      draft.lines.erase(draft.lines.begin() + static_cast<std::ptrdiff_t>(keep),
                        draft.lines.begin() + static_cast<std::ptrdiff_t>(i));
      draft.lines.insert(draft.lines.begin() + static_cast<std::ptrdiff_t>(keep),
                         event(std::move(what), process));
      return;
    }
  }
  draft.lines.resize(keep);
  draft.lines.push_back(event(std::move(what), process));
}

json::Object with_stderr(json::Object what, Random& random, const Material& material) {
  if (random.once_in(2)) what.set("stderr", std::string(material.odd_string(random).text()) + "\n");
  return what;
}

bool exit(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  const int codes[] = {0, 1, 2, 3, 127, 255};
  end_after(draft, *line, with_stderr({{"exit", codes[random.below(6)]}}, random, material));
  return true;
}

bool die(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  const int signals[] = {9, 15, 6, 11};
  end_after(draft, *line, with_stderr({{"signal", signals[random.below(4)]}}, random, material));
  return true;
}

bool end_of_output(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  end_after(draft, *line, {{"eof", true}});
  return true;
}

bool stall(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  end_after(draft, *line, {{"stall", true}});
  return true;
}

bool complain(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string text(material.odd_string(random).text());
  if (!random.once_in(4)) text += '\n';
  draft.lines.insert(draft.lines.begin() + static_cast<std::ptrdiff_t>(*line),
                     event({{"stderr", text}}, draft.lines[*line].process));
  return true;
}

}  // namespace

const std::vector<Bend>& process_bends() {
  static const std::vector<Bend> bends = {
      {"exit", 4, exit},
      {"signal", 2, die},
      {"end-of-output", 1, end_of_output},
      // Each costs the time-out.
      {"stall", 1, stall},
      {"stderr", 3, complain},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
