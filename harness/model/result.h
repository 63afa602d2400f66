// A value or a reason. `std::expected` is not in C++20's library, and exceptions are kept for what
// a caller cannot expect.
#ifndef HARNESS_MODEL_RESULT_H_
#define HARNESS_MODEL_RESULT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace codex::harness {

// What was wrong, where, and what to do. `file` and `line` are empty / 0 where none applies.
struct Error {
  std::string message = {};
  std::string file = {};
  std::size_t line = 0;
  std::string hint = {};
  // "FILE:LINE: MESSAGE (HINT)", with what is missing left out.
  std::string text() const;
};

template <typename T>
class Result {
 public:
  Result(T value) : data_(std::move(value)) {}
  Result(Error error) : data_(std::move(error)) {}
  bool ok() const { return data_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<0>(data_); }
  const T& value() const { return std::get<0>(data_); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(data_); }

 private:
  std::variant<T, Error> data_;
};

}  // namespace codex::harness

#endif  // HARNESS_MODEL_RESULT_H_
