// The options that replay and golden share, and what they mean.
#ifndef CLI_JOB_OPTIONS_H_
#define CLI_JOB_OPTIONS_H_

#include "cli/console.h"
#include "cli/session_job.h"
#include "matrix/invocation.h"

namespace CLI {
class App;
}

namespace codex::cli {

// Whether --python may be repeated, for further columns.
enum class Environments { kOne, kSeveral };
void add_job_options(CLI::App& command, JobOptions& options,
                     Environments environments = Environments::kOne);
// The parts of it that nightly has too, for the whole of a corpus.
void add_corpus_options(CLI::App& command, JobOptions& options, Environments environments);
// True when nothing was left out: every tape of the default corpus, every subject. Only then an
// entry that matches no tape is stale.
bool covers_corpus(const JobOptions& options);
// What the user gave, and not what was there without it. `golden`: the value of --golden.
matrix::Invocation invocation_of(const JobOptions& options, const std::string& golden,
                                 const Console& console);

}  // namespace codex::cli

#endif  // CLI_JOB_OPTIONS_H_
