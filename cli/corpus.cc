#include "cli/corpus.h"

#include <algorithm>
#include <utility>

#include "cli/places.h"
#include "golden/files.h"
#include "harness/model/sha256.h"

namespace codex::cli {
namespace {

// Of a file's bytes, or a word for why it has none.
std::string digest_of(const std::string& path) {
  const auto bytes = golden::disk().read(path);
  if (!bytes) return "unreadable";
  const std::optional<std::string>& text = *bytes.operator->();
  return text ? harness::sha256_hex(*text) : "absent";
}

// Of all files below the folder.
std::string digest_of_folder(const std::string& folder) {
  const auto files = golden::disk().list(folder);
  if (!files) return "unreadable";
  std::string text;
  for (const std::string& file : *files.operator->()) {
    text += file + '\0' + digest_of(folder + "/" + file) + '\n';
  }
  return harness::sha256_hex(text);
}

}  // namespace

Corpus read_corpus(const JobOptions& options, const matrix::Shard& shard) {
  Corpus corpus;
  const auto files = harness::find_tapes(options.paths);
  if (!files) {
    corpus.error = files.error();
    return corpus;
  }
  std::string text;
  for (const harness::TapeFile& file : *files.operator->()) {
    const std::string name = harness::session_name(file.path, file.root);
    corpus.sessions.push_back(name);
    text += name + '\0' + digest_of(file.path) + '\n';
    if (!matrix::contains(shard, name)) continue;
    auto tape = harness::read_tape(file.path, file.root);
    if (!tape) {
      corpus.unreadable.push_back(tape.error());
    } else {
      corpus.tapes.push_back(std::move(tape.value()));
    }
  }
  std::sort(corpus.sessions.begin(), corpus.sessions.end());
  corpus.digests["corpus"] = harness::sha256_hex(text);
  if (options.goldens) corpus.digests["goldens"] = digest_of_folder(*options.goldens);
  corpus.digests["known differences"] = digest_of(nearest(kKnownDifferences));
  return corpus;
}

}  // namespace codex::cli
