// One program for all targets: what they link is linked once.
//
//   ctd_parser_fuzz --target=NAME [libFuzzer's own options] [CORPUS…]
//   ctd_parser_fuzz --target=NAME --seeds=DIR    writes the target's seeds there
//   ctd_parser_fuzz --list                       "NAME LONGEST" of each
//
// libFuzzer passes over options that begin with two hyphens.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/target.h"

namespace codex::fuzz {
namespace {

constexpr std::array kTargets{&kAccepted, &kAppServer,   &kExec,    &kGoldens, &kHistory,
                              &kJson,     &kKnownDifferences, &kMetricNames, &kPlanted, &kResults,
                              &kRules,    &kScrubber,    &kTapes,   &kTraceparent};

const Target* chosen = nullptr;

[[noreturn]] void stop(const std::string& sentence) {
  std::fprintf(stderr, "ctd_parser_fuzz: %s\n", sentence.c_str());
  std::exit(2);
}

void write_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::size_t number = 0;
  for (const std::string& seed : chosen->seeds()) {
    std::ofstream file(folder / ("seed-" + std::to_string(++number)), std::ios::binary);
    file << seed;
    if (!file.flush()) stop("cannot write to " + folder.string());
  }
}

}  // namespace
}  // namespace codex::fuzz

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  using namespace codex::fuzz;
  std::string seeds;
  for (int i = 1; i < *count; ++i) {
    const std::string argument = (*arguments)[i];
    if (argument == "--list") {
      for (const Target* target : kTargets)
        std::printf("%s %zu\n", std::string(target->name).c_str(), target->longest);
      std::exit(0);
    }
    if (argument.starts_with("--seeds=")) seeds = argument.substr(8);
    if (!argument.starts_with("--target=")) continue;
    for (const Target* target : kTargets) {
      if (target->name == argument.substr(9)) chosen = target;
    }
    if (chosen == nullptr) stop("no target is named '" + argument.substr(9) + "': --list has them");
  }
  if (chosen == nullptr) stop("--target=NAME says which; --list has them");
  if (seeds.empty()) return 0;
  write_seeds(seeds);
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  codex::fuzz::chosen->run({static_cast<const char*>(bytes), size});
  return 0;
}
