// The members of a JSON object with their bytes as they stand: printing a parsed value again would
// change numbers, escapes, spaces and duplicate keys.
#ifndef HARNESS_TAPE_MEMBERS_H_
#define HARNESS_TAPE_MEMBERS_H_

#include <string>
#include <string_view>
#include <vector>

namespace codex::harness {

struct Member {
  std::string key;         // unescaped
  std::string_view value;  // the bytes of the value, without the space around it
};

// `object` is one JSON object that json::parse has accepted. Members are in order, duplicates too.
std::vector<Member> scan_members(std::string_view object);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_MEMBERS_H_
