// dtl by itself, on the lines of two files, as its own example `unidiff` uses it.
//
//   ctd_dtl_peer A B      prints the hunks; 0: the same, 1: they differ
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <dtl/dtl.hpp>

namespace {

std::vector<std::string> lines_of(const char* file) {
  std::ifstream stream(file);
  if (!stream) {
    std::cerr << "ctd_dtl_peer: " << file << ": cannot be read\n";
    std::exit(2);
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  if (argc != 3) {
    std::cerr << "usage: ctd_dtl_peer A B\n";
    return 2;
  }
  const std::vector<std::string> a = lines_of(argv[1]);
  const std::vector<std::string> b = lines_of(argv[2]);
  dtl::Diff<std::string> diff(a, b);
  diff.onHuge();
  diff.compose();
  if (diff.getEditDistance() == 0) return 0;
  diff.composeUnifiedHunks();
  diff.printUnifiedFormat(std::cout);
  return 1;
}
