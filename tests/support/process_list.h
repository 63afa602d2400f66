// What is left of a process group, and of this process's own descriptors.
#ifndef TESTS_SUPPORT_PROCESS_LIST_H_
#define TESTS_SUPPORT_PROCESS_LIST_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace codex::test {

// The processes of the group that still run; zombies are none.
std::vector<pid_t> group_members(pid_t group);
// Waits a little until the group is empty.
bool group_is_gone(pid_t group);
std::size_t open_descriptors();
// Waits a little until it is so.
bool eventually(const std::function<bool()>& is_so);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_PROCESS_LIST_H_
