#include "matrix/history.h"

namespace codex::matrix {

struct History::State {};
History::History(std::unique_ptr<State> state) : state_(std::move(state)) {}
History::History(History&&) noexcept = default;
History& History::operator=(History&&) noexcept = default;
History::~History() = default;
harness::Result<History> History::open(const std::string&, const HistoryOptions&) {
  return History(std::make_unique<State>());
}
harness::Result<Past> History::past(const std::string&, std::size_t, std::size_t) const {
  return Past{};
}
harness::Result<History::Recorded> History::record(const Report&, std::size_t) {
  return Recorded::kNew;
}

}  // namespace codex::matrix
