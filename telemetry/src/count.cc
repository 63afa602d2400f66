#include "codex/telemetry/count.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace codex::telemetry {
namespace {

// Magnitudes: digits without leading zeros.
int compare(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

std::string added(std::string_view a, std::string_view b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    if (i < a.size()) carry += a[a.size() - 1 - i] - '0';
    if (i < b.size()) carry += b[b.size() - 1 - i] - '0';
    sum += static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::reverse(sum.begin(), sum.end());
  return sum;
}

// a is not the smaller one.
std::string subtracted(std::string_view a, std::string_view b) {
  std::string rest;
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow;
    if (i < b.size()) digit -= b[b.size() - 1 - i] - '0';
    borrow = digit < 0 ? 1 : 0;
    rest += static_cast<char>('0' + digit + 10 * borrow);
  }
  while (rest.size() > 1 && rest.back() == '0') rest.pop_back();
  std::reverse(rest.begin(), rest.end());
  return rest;
}

bool is_negative(std::string_view digits) { return digits.starts_with('-'); }
std::string_view magnitude(std::string_view digits) {
  return digits.substr(is_negative(digits) ? 1 : 0);
}
std::string signed_digits(bool negative, std::string digits) {
  return negative && digits != "0" ? "-" + digits : digits;
}

json::Integer sum_of(std::string_view a, std::string_view b) {
  if (is_negative(a) == is_negative(b)) {
    return {signed_digits(is_negative(a), added(magnitude(a), magnitude(b)))};
  }
  if (compare(magnitude(a), magnitude(b)) < 0) std::swap(a, b);
  return {signed_digits(is_negative(a), subtracted(magnitude(a), magnitude(b)))};
}

std::string opposite(const std::string& digits) {
  return signed_digits(!is_negative(digits), std::string(magnitude(digits)));
}

}  // namespace

Count::Count(const json::Integer& integer) {
  const std::string& digits = integer.digits;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), small_);
  if (read.ec == std::errc()) return;
  small_ = 0;
  large_ = digits;
}

json::Integer Count::integer() const {
  return {large_.empty() ? std::to_string(small_) : large_};
}

json::Value Count::value() const {
  return large_.empty() ? json::Value(small_) : json::Value(json::Integer{large_});
}

bool Count::is_positive() const {
  return large_.empty() ? small_ > 0 : !is_negative(large_);
}

Count operator+(const Count& a, const Count& b) {
  std::int64_t sum = 0;
  const bool small = a.large_.empty() && b.large_.empty();
  if (small && !__builtin_add_overflow(a.small_, b.small_, &sum)) return sum;
  return Count(sum_of(a.integer().digits, b.integer().digits));
}

Count operator-(const Count& a, const Count& b) {
  std::int64_t rest = 0;
  const bool small = a.large_.empty() && b.large_.empty();
  if (small && !__builtin_sub_overflow(a.small_, b.small_, &rest)) return rest;
  return Count(sum_of(a.integer().digits, opposite(b.integer().digits)));
}

}  // namespace codex::telemetry
