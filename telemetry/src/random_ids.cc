#include "random_ids.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <pthread.h>

#include <sys/random.h>

namespace codex::telemetry {
namespace {

// How often this process is a fork of another that had drawn ids. A generator seeded before the fork
// would give parent and child the same ids.
std::atomic<unsigned> forks{0};

void count_fork() {
  forks.fetch_add(1, std::memory_order_relaxed);
}

void watch_forks() {
  static const int watching = pthread_atfork(nullptr, nullptr, count_fork);
  (void)watching;
}

// Only where the kernel refuses: ids that differ between threads, processes and calls.
void weak_random(std::span<unsigned char> out) {
  static std::atomic<std::uint64_t> calls{0};
  std::uint64_t state =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) ^
      (calls.fetch_add(1, std::memory_order_relaxed) << 48) ^
      reinterpret_cast<std::uintptr_t>(&out);
  for (unsigned char& byte : out) {
    state += 0x9e3779b97f4a7c15U;  // splitmix64
    std::uint64_t mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    byte = static_cast<unsigned char>(mixed >> 56);
  }
}

void kernel_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got > 0) {
      out = out.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      weak_random(out);
      return;
    }
  }
}

// xoshiro256++ of Blackman and Vigna: ids must differ, not be secret.
class Generator {
 public:
  // Seeded anew in each thread, and in a forked child.
  std::uint64_t next() {
    const unsigned now = forks.load(std::memory_order_relaxed);
    if (!seeded_ || forks_ != now) seed(now);
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  void seed(unsigned now) {
    std::array<unsigned char, sizeof state_> bytes;
    do {
      kernel_random(bytes);
    } while (std::all_of(bytes.begin(), bytes.end(), [](unsigned char b) { return b == 0; }));
    std::memcpy(state_, bytes.data(), sizeof state_);
    forks_ = now;
    seeded_ = true;
  }
  std::uint64_t state_[4] = {};
  unsigned forks_ = 0;
  bool seeded_ = false;
};

}  // namespace

void random_bytes(std::span<unsigned char> out) {
  static constinit thread_local Generator generator;
  watch_forks();
  while (!out.empty()) {
    const std::uint64_t drawn = generator.next();
    const std::size_t size = std::min(out.size(), sizeof drawn);
    std::memcpy(out.data(), &drawn, size);
    out = out.subspan(size);
  }
}

std::string random_hex_id(std::size_t bytes) {
  std::array<unsigned char, 32> drawn{};
  const std::span<unsigned char> used =
      std::span(drawn).first(std::clamp<std::size_t>(bytes, 1, drawn.size()));
  do {
    random_bytes(used);
  } while (std::all_of(used.begin(), used.end(), [](unsigned char byte) { return byte == 0; }));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string id(used.size() * 2, '\0');
  for (std::size_t i = 0; i < used.size(); ++i) {
    id[2 * i] = kDigits[used[i] >> 4];
    id[2 * i + 1] = kDigits[used[i] & 15];
  }
  return id;
}

}  // namespace codex::telemetry
