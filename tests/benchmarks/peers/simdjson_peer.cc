// The least that anybody who compares two JSON Lines files by value has to do: simdjson's DOM of each
// line of both, in files that are mapped.
//
//   ctd_simdjson_peer A B
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <simdjson.h>

namespace {

[[noreturn]] void stop(const char* file, const char* why) {
  std::fprintf(stderr, "ctd_simdjson_peer: %s: %s\n", file, why);
  std::exit(2);
}

// Lives as long as the process.
std::string_view mapped(const char* file) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  struct stat found {};
  if (fd < 0 || ::fstat(fd, &found) != 0) stop(file, "cannot be read");
  const auto size = static_cast<std::size_t>(found.st_size);
  if (size == 0) return {};
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  ::close(fd);
  if (bytes == MAP_FAILED) stop(file, "cannot be mapped");
  return {static_cast<const char*>(bytes), size};
}

std::size_t parse(const char* file) {
  std::string_view rest = mapped(file);
  simdjson::dom::parser parser;
  std::size_t count = 0;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
    // It reads beyond the line; at the end of the file there is nothing, so it takes a copy there.
    const bool copies = rest.size() + 1 < simdjson::SIMDJSON_PADDING;
    simdjson::dom::element value;
    if (parser.parse(line.data(), line.size(), copies).get(value) != simdjson::SUCCESS) {
      stop(file, "has a line that is no JSON");
    }
    ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) stop("usage", "ctd_simdjson_peer A B");
  std::printf("%zu %zu\n", parse(argv[1]), parse(argv[2]));
  return 0;
}
