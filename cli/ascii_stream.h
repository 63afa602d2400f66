// For terminals that show no UTF-8.
#ifndef CLI_ASCII_STREAM_H_
#define CLI_ASCII_STREAM_H_

#include <ostream>
#include <streambuf>
#include <string>

namespace codex::cli {

// Writes on to another stream in ASCII: `→` as `->`, `…` as `...`, every other character as JSON
// escapes it (\u00e9), a byte that is no UTF-8 as \xff. Not thread-safe, as streams are.
class AsciiStream : public std::ostream {
 public:
  explicit AsciiStream(std::ostream& to);

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(std::ostream& to) : to_(to) {}

   protected:
    int_type overflow(int_type c) override;
    int sync() override;

   private:
    void put(unsigned char byte);
    void give_up();  // what is pending is no UTF-8

    std::ostream& to_;
    std::string pending_;  // of one character
  };
  Buffer buffer_;
};

}  // namespace codex::cli

#endif  // CLI_ASCII_STREAM_H_
