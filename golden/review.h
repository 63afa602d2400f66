// Pending goldens, by cause: what the client shows today and the goldens do not have yet.
//
// A pending file is what was seen; what is accepted is taken from it, so a client that has changed
// again since does not slip in. Nothing is written before apply().
#ifndef GOLDEN_REVIEW_H_
#define GOLDEN_REVIEW_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "golden/cause.h"
#include "golden/compare.h"
#include "golden/store.h"
#include "harness/model/result.h"

namespace codex::golden {

struct PendingCause {
  Cause cause;
  std::set<std::string> sessions;
  std::vector<const Difference*> changes;  // of all of them; none for a cause of a whole session
};

enum class Decision { kAccept, kReject };

class Review {
 public:
  // Reads every pending file for which `wanted` holds, and its golden. Errors are those of a file
  // that is broken. `store` must outlive the review.
  static harness::Result<Review> load(Store& store, const IsMask& is_mask,
                                      const std::function<bool(const std::string&)>& wanted);

  // The one that most sessions have comes first.
  const std::vector<PendingCause>& causes() const { return causes_; }
  const std::vector<std::string>& sessions() const { return names_; }

  struct Result {
    std::size_t accepted = 0;  // sessions whose golden has changed
    std::size_t rejected = 0;  // sessions some of whose changes were thrown away
    std::size_t left = 0;      // sessions that still wait
    std::vector<harness::Error> errors;
  };
  // `decide` says what is to become of a cause in a session; nothing: it waits on. Each file is
  // wholly the old or wholly the new one at any moment. A session some of whose changes cannot be
  // told apart from the others is an error, and stays as it is.
  // `settled` hears after each session how many of sessions() are through.
  Result apply(const std::function<std::optional<Decision>(const std::string& session,
                                                           const std::string& cause)>& decide,
               const std::function<void(std::size_t)>& settled = {});

 private:
  struct Session {
    std::optional<StoredTranscript> golden;
    StoredTranscript pending;
    Comparison comparison;                 // pending against golden
    std::vector<std::string> cause_ids;    // of comparison.differences
    std::optional<Cause> whole;            // where there is no single difference to decide on
  };

  Review(Store& store, IsMask is_mask) : store_(store), is_mask_(std::move(is_mask)) {}
  void collect();
  std::optional<harness::Error> settle(const std::string& name, const Session& session,
                                       const std::vector<std::optional<Decision>>& decisions,
                                       Result& result);
  // `golden` with the changes for which `take` holds; an error where they cannot be told apart.
  harness::Result<StoredTranscript> with(const std::string& name, const Session& session,
                                         const std::vector<bool>& take) const;

  Store& store_;
  IsMask is_mask_;
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::vector<std::string> names_;
  std::vector<PendingCause> causes_;
};

}  // namespace codex::golden

#endif  // GOLDEN_REVIEW_H_
