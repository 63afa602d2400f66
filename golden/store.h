// The folder of goldens: one file a session, and beside it one that waits for review.
//
// Nothing here decides whether writing is allowed (policy.h).
#ifndef GOLDEN_STORE_H_
#define GOLDEN_STORE_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "golden/files.h"
#include "golden/transcript_file.h"
#include "harness/model/result.h"

namespace codex::golden {

// kAccepted: NAME.golden.jsonl. kPending: NAME.pending.jsonl, seen but not yet reviewed.
enum class Slot { kAccepted, kPending };

class Store {
 public:
  // `files` must outlive the store.
  explicit Store(std::string root, Files& files = disk());

  const std::string& root() const { return root_; }
  // A session's name is a relative path: no "..", no empty segment, no control character.
  harness::Result<std::string> path(const std::string& session, Slot slot = Slot::kAccepted) const;

  // Sessions that have a file in that slot, sorted. Other files are passed over.
  harness::Result<std::vector<std::string>> list(Slot slot = Slot::kAccepted) const;
  // Three answers: nothing (there is none), an error (it is broken or cannot be read), the golden.
  harness::Result<std::optional<StoredTranscript>> read(const std::string& session,
                                                        Slot slot = Slot::kAccepted) const;

  // After a crash or an error at any moment the file is wholly the old or wholly the new one.
  // Folders are created as needed. An error after the file was replaced (its folder could not be
  // synced) is still an error.
  Status write(const StoredTranscript& golden, Slot slot = Slot::kAccepted);
  Status remove(const std::string& session, Slot slot = Slot::kAccepted);
  // The pending file becomes the golden, in one step. An error where there is none.
  Status accept(const std::string& session);
  Status reject(const std::string& session) { return remove(session, Slot::kPending); }

  // Goldens (and pending files) of sessions that are not among `sessions`: candidates for
  // `golden prune`, to be given to remove().
  harness::Result<std::vector<std::string>> orphans(const std::set<std::string>& sessions,
                                                    Slot slot = Slot::kAccepted) const;
  // Temporary files that a crash left; their paths, for remove_leftovers().
  harness::Result<std::vector<std::string>> leftovers() const;
  Status remove_leftovers();

 private:
  std::string root_;
  Files& files_;
};

}  // namespace codex::golden

#endif  // GOLDEN_STORE_H_
