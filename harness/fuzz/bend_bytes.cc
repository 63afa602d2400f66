#include <string>
#include <utility>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"

namespace codex::harness::fuzz {
namespace {

bool insert(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  // At either end, where most readers are weakest, or anywhere.
  const std::size_t places[] = {0, bytes.empty() ? 0 : bytes.size() - 1, bytes.size(),
                                random.below(bytes.size() + 1), random.below(bytes.size() + 1)};
  bytes.insert(places[random.below(5)], material.odd_bytes(random));
  draft.lines[*line].set_bytes(bytes);
  return true;
}

bool overwrite(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  if (bytes.empty()) return false;
  const std::size_t place = random.below(bytes.size());
  bytes[place] = static_cast<char>(random.once_in(2) ? random.below(256)
                                                     : static_cast<unsigned char>(bytes[place]) ^
                                                           (1U << random.below(8)));
  draft.lines[*line].set_bytes(bytes);
  return true;
}

bool cut(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  bytes.resize(random.below(bytes.size() + 1));
  if (random.once_in(2)) bytes += '\n';
  if (bytes.empty()) return false;
  draft.lines[*line].set_bytes(bytes);
  return true;
}

bool remove_bytes(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  if (bytes.size() < 2) return false;
  bytes.erase(random.below(bytes.size()), 1 + random.below(4));
  if (bytes.empty()) return false;
  draft.lines[*line].set_bytes(bytes);
  return true;
}

// Two lines become one: its LF is lost.
bool join(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  if (bytes.size() < 2 || bytes.back() != '\n') return false;
  bytes.pop_back();
  draft.lines[*line].set_bytes(bytes);
  return true;
}

// One line in two writes.
bool split(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  const std::string bytes = draft.lines[*line].bytes();
  if (bytes.size() < 2) return false;
  const std::size_t place = 1 + random.below(bytes.size() - 1);
  DraftLine rest = draft.lines[*line];
  draft.lines[*line].set_bytes(std::string_view(bytes).substr(0, place));
  rest.set_bytes(std::string_view(bytes).substr(place));
  draft.lines.insert(draft.lines.begin() + static_cast<std::ptrdiff_t>(*line) + 1, std::move(rest));
  return true;
}

bool end_of_line(Draft& draft, Random& random, const Material&) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  std::string bytes = draft.lines[*line].bytes();
  if (bytes.empty() || bytes.back() != '\n') return false;
  bytes.pop_back();
  const char* const ends[] = {"\r\n", "\r", "\n\r", "\n\n", "\r\r\n", " \n", "\xe2\x80\xa8\n"};
  draft.lines[*line].set_bytes(bytes + ends[random.below(7)]);
  return true;
}

bool another_line(Draft& draft, Random& random, const Material& material) {
  const auto line = output_line(draft, random);
  if (!line) return false;
  const char* const texts[] = {"\n",        " \n",       "null\n", "[]\n",   "{}\n",  "\"x\"\n",
                               "1\n",       "true\n",    "NaN\n",  "hello\n", "{\n",   "{\"type\":1}\n",
                               "\xff\xfe\n", "{}{}\n", "-\n", "[1,]\n"};
  DraftLine made = draft.lines[*line];
  std::string bytes = texts[random.below(16)];
  if (random.once_in(4)) bytes = material.odd_bytes(random) + "\n";
  made.set_bytes(bytes);
  draft.lines.insert(draft.lines.begin() + static_cast<std::ptrdiff_t>(*line) +
                         (random.once_in(2) ? 1 : 0),
                     std::move(made));
  return true;
}

}  // namespace

const std::vector<Bend>& byte_bends() {
  static const std::vector<Bend> bends = {
      {"insert-bytes", 6, insert}, {"overwrite-byte", 4, overwrite},
      {"cut-line", 3, cut},        {"remove-bytes", 3, remove_bytes},
      {"join-lines", 3, join},     {"split-line", 4, split},
      {"end-of-line", 4, end_of_line},  {"another-line", 4, another_line},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
