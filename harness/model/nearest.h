// Help with a mistyped name.
#ifndef HARNESS_MODEL_NEAREST_H_
#define HARNESS_MODEL_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace codex::harness {

// The known name that is closest to `name`, empty where none is close.
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

// `did you mean "prompt"? known: agent, prompt, …`, without the question where none is close.
std::string known_names_hint(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace codex::harness

#endif  // HARNESS_MODEL_NEAREST_H_
