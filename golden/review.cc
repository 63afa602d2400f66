#include "golden/review.h"

#include <algorithm>
#include <utility>

#include "golden/patch.h"

namespace codex::golden {

harness::Result<Review> Review::load(Store& store, const IsMask& is_mask,
                                     const std::function<bool(const std::string&)>& wanted) {
  Review review(store, is_mask);
  const auto names = store.list(Slot::kPending);
  if (!names) return names.error();
  for (const std::string& name : names.value()) {
    if (!wanted(name)) continue;
    auto pending = store.read(name, Slot::kPending);
    if (!pending) return pending.error();
    auto golden = store.read(name);
    if (!golden) return golden.error();
    if (!pending.value()) continue;
    auto session = std::make_unique<Session>();
    session->golden = std::move(golden.value());
    session->pending = std::move(*pending.value());
    review.sessions_.emplace(name, std::move(session));
  }
  review.collect();
  return review;
}

void Review::collect() {
  std::map<std::string, PendingCause> causes;
  const auto add = [&](const Cause& cause, const std::string& session, const Difference* change) {
    PendingCause& pending = causes[cause.id];
    pending.cause = cause;
    pending.sessions.insert(session);
    if (change != nullptr) pending.changes.push_back(change);
  };
  for (auto& [name, session] : sessions_) {
    names_.push_back(name);
    if (session->golden) {
      session->comparison = compare(session->pending.transcript, session->golden->transcript,
                                    Observability(), is_mask_);
    }
    for (const Difference& difference : session->comparison.differences) {
      const Cause cause = cause_of(difference);
      session->cause_ids.push_back(cause.id);
      add(cause, name, &difference);
    }
    if (!session->cause_ids.empty()) continue;
    session->whole = session->golden ? new_provenance() : new_session();
    add(*session->whole, name, nullptr);
  }
  for (auto& [id, cause] : causes) causes_.push_back(std::move(cause));
  std::stable_sort(causes_.begin(), causes_.end(), [](const auto& a, const auto& b) {
    return a.sessions.size() > b.sessions.size();
  });
}

Review::Result Review::apply(
    const std::function<std::optional<Decision>(const std::string&, const std::string&)>& decide,
    const std::function<void(std::size_t)>& settled) {
  Result result;
  std::size_t count = 0;
  for (const auto& [name, session] : sessions_) {
    std::vector<std::optional<Decision>> decisions;
    if (session->whole) decisions.push_back(decide(name, session->whole->id));
    for (const std::string& cause : session->cause_ids) decisions.push_back(decide(name, cause));
    if (auto error = settle(name, *session, decisions, result)) {
      result.errors.push_back(std::move(*error));
      ++result.left;
    }
    if (settled) settled(++count);
  }
  return result;
}

std::optional<harness::Error> Review::settle(const std::string& name, const Session& session,
                                             const std::vector<std::optional<Decision>>& decisions,
                                             Result& result) {
  const auto count = [&](std::optional<Decision> decision) {
    return static_cast<std::size_t>(std::count(decisions.begin(), decisions.end(), decision));
  };
  const std::size_t accepted = count(Decision::kAccept);
  const std::size_t rejected = count(Decision::kReject);
  const std::size_t waiting = count(std::nullopt);
  if (accepted == 0 && rejected == 0) {
    ++result.left;
    return std::nullopt;
  }
  if (waiting == 0 && rejected == 0) {
    if (Status error = store_.accept(name)) return error;
    ++result.accepted;
    return std::nullopt;
  }
  std::optional<StoredTranscript> golden;
  std::optional<StoredTranscript> pending;
  const auto choose = [&](bool also_waiting) {
    std::vector<bool> take;
    for (const auto& decision : decisions) {
      take.push_back(decision == Decision::kAccept || (also_waiting && !decision));
    }
    return with(name, session, take);
  };
  if (accepted != 0) {
    auto made = choose(false);
    if (!made) return made.error();
    golden = std::move(made.value());
  }
  if (waiting != 0) {
    auto made = choose(true);
    if (!made) return made.error();
    pending = std::move(made.value());
    pending->provenance = session.pending.provenance;
    pending->transcript.subject = session.pending.transcript.subject;
    pending->transcript.outcome = session.pending.transcript.outcome;
  }
  // The golden last: what is lost between the two steps is a pending change, which the next run
  // finds again.
  if (Status error = pending ? store_.write(*pending, Slot::kPending) : store_.reject(name)) {
    return error;
  }
  if (golden) {
    if (Status error = store_.write(*golden)) return error;
  }
  result.accepted += accepted != 0 ? 1 : 0;
  result.rejected += rejected != 0 ? 1 : 0;
  result.left += waiting != 0 ? 1 : 0;
  return std::nullopt;
}

harness::Result<StoredTranscript> Review::with(const std::string& name, const Session& session,
                                               const std::vector<bool>& take) const {
  const harness::Error inseparable{
      .message = "some of the changes of this session cannot be taken without the others",
      .file = name,
      .line = 0,
      .hint = "accept or reject the session whole: --session " + name};
  if (!session.golden) return inseparable;
  std::vector<const Difference*> changes;
  const std::vector<Difference>& all = session.comparison.differences;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (take[i]) changes.push_back(&all[i]);
  }
  auto transcript = patched(session.golden->transcript, changes);
  if (!transcript) return inseparable;
  // What was not taken, and nothing else, must be left.
  const Comparison rest =
      compare(session.pending.transcript, *transcript, Observability(), is_mask_);
  if (rest.differences.size() != all.size() - changes.size()) return inseparable;
  // The header stays the golden's: while anything of it is still as it was, it is no new golden.
  return StoredTranscript{session.golden->provenance, std::move(*transcript)};
}

}  // namespace codex::golden
