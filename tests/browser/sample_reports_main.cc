// Writes the sample reports as HTML and JUnit, for scripts/soak browser:
//   ctd_sample_reports DIR [TEXTS]
// TEXTS is a JSON array of strings, which stand in every field of DIR/hostile-1.html and so on, 64
// in each; those of our own in DIR/hostile.html.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/support/sample_reports.h"

namespace {

using codex::matrix::Report;

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) std::cerr << path << ": cannot be written\n";
  return static_cast<bool>(file);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::cerr << "usage: ctd_sample_reports DIR [TEXTS]\n";
    return 2;
  }
  const std::string folder = arguments[1];
  std::vector<std::string> texts;
  if (count == 3) {
    std::ifstream file(arguments[2], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto parsed = codex::json::parse(text);
    if (!file || !parsed.ok() || !parsed.value().is_array()) {
      std::cerr << arguments[2] << ": no JSON array\n";
      return 2;
    }
    for (const codex::json::Value& each : *parsed.value().array())
      texts.emplace_back(each.text());
  }
  bool written = true;
  const auto both = [&](const std::string& name, const Report& report) {
    written = write(folder + "/" + name + ".html", render_html(report)) &&
              write(folder + "/" + name + ".xml", render_junit(report)) && written;
  };
  both("green", codex::test::green_night());
  both("red", codex::test::red_night());
  both("large", codex::test::large_night(10'000));
  both("hostile", codex::test::hostile_night(codex::test::hostile_texts()));
  constexpr std::size_t kInOne = 64;
  for (std::size_t begin = 0; begin < texts.size(); begin += kInOne) {
    const auto at = [&](std::size_t i) {
      return texts.begin() + static_cast<std::ptrdiff_t>(std::min(i, texts.size()));
    };
    both("hostile-" + std::to_string(begin / kInOne + 1),
         codex::test::hostile_night({at(begin), at(begin + kInOne)}));
  }
  return written ? 0 : 1;
}
