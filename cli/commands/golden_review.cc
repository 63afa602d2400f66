// golden review, accept, reject, prune: what becomes of the changes that wait.
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <ostream>
#include <set>

#include "cli/commands/golden.h"
#include "cli/exit_codes.h"
#include "cli/golden_job.h"
#include "cli/job_options.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/review_dialog.h"
#include "golden/review.h"
#include "golden/store.h"
#include "matrix/difference_text.h"
#include "matrix/invocation.h"

namespace codex::cli {
namespace {

using golden::Decision;
using golden::Slot;

struct ReviewOptions {
  GoldenOptions golden;
  bool as_it_is = false;            // review what waits, run nothing
  std::vector<std::string> causes;  // accept, reject
  bool all = false;
};

harness::Result<golden::Review> load(golden::Store& store, const JobData& data,
                                     const std::vector<std::string>& globs) {
  return golden::Review::load(
      store,
      [&data](const json::Value& value, std::string* rule) {
        return data.rules.is_mask(value, rule);
      },
      [&globs](const std::string& session) { return is_wanted(globs, session); });
}

int tell(const golden::Review::Result& result, const Console& console) {
  for (const harness::Error& error : result.errors) console.error(error);
  console.out << matrix::counted(result.accepted, "golden", "goldens") << " changed, "
              << matrix::counted(result.rejected, "session", "sessions") << " with rejected changes, "
              << result.left << " still waiting\n";
  return result.errors.empty() ? kParity : kUsage;
}

// Does what was decided, and tells what became of it.
int apply(golden::Review& review,
          const std::function<std::optional<Decision>(const std::string& session,
                                                      const std::string& cause)>& decide,
          const Console& console) {
  Progress progress(console, "sessions", review.sessions().size());
  const golden::Review::Result result =
      review.apply(decide, [&progress](std::size_t settled) { progress.show(settled); });
  progress.clear();
  return tell(result, console);
}

// Runs the clients; what differs from its golden waits from now on. Nothing: go on; else the exit
// status.
std::optional<int> find_changes(GoldenOptions& options, const JobData& data, golden::Store& store,
                                const Console& console) {
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty() || !choose_references(options, console)) return kUsage;
  const auto result = reference_runs(options, data, selected.tapes, console);
  if (!result) return kUsage;
  bool failed = false;
  const Refused refused = for_each_keepable(
      *result, console, [&](const SessionOutcome& session, const harness::Transcript& transcript) {
        const golden::StoredTranscript fresh{session.provenance, transcript};
        const auto old = store.read(transcript.session);
        if (!old) console.error(old.error());
        const bool same = old && old.value() &&
                          golden::print_transcript(*old.value()) == golden::print_transcript(fresh);
        const golden::Status status =
            same ? store.reject(transcript.session) : store.write(fresh, Slot::kPending);
        if (status) console.error(*status);
        failed = failed || !old || status;
      });
  if (result->interrupted) return kInterrupted;
  if (failed) return kUsage;
  if (refused.unavailable) return kUnavailable;
  return std::nullopt;
}

// The command that lists what waits there.
std::string listing(const matrix::Invocation& called) {
  matrix::CommandLine line(called, "golden review --pending");
  return line.options("--session", called.sessions).option("--golden", called.golden).text();
}

void tell_how_to_accept(const golden::Review& review, const matrix::Invocation& called,
                        const Console& console) {
  for (const golden::PendingCause& cause : review.causes()) print_cause(cause, false, console);
  const auto command = [&](const char* name, const std::string& id) {
    matrix::CommandLine line(called, std::string("golden ") + name);
    line.option("--cause", id).options("--session", called.sessions);
    if (id.empty() && called.sessions.empty()) line.flag("--all");
    return "\n  " + line.option("--golden", called.golden).text();
  };
  const std::string id = review.causes().front().cause.id;
  console.error("golden review asks on a terminal, and this is none; say" + command("accept", id) +
                command("reject", id) + command("accept", ""));
}

int review(ReviewOptions& options, const Console& console) {
  if (!may_write("review", console)) return kUsage;
  const matrix::Invocation called =
      invocation_of(options.golden.job, options.golden.folder, console);
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  golden::Store store(golden_folder(options.golden.folder));
  if (!options.as_it_is) {
    if (const auto status = find_changes(options.golden, data.value(), store, console)) {
      return *status;
    }
  }
  auto review = load(store, data.value(), options.golden.job.session_globs);
  if (!review) {
    console.error(review.error());
    return kUsage;
  }
  if (review->causes().empty()) {
    console.out << "nothing waits for review in " << store.root() << '\n';
    return kParity;
  }
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    tell_how_to_accept(review.value(), called, console);
    return kUsage;
  }
  ReviewDialog dialog(review.value(), std::cin, console);
  if (!dialog.run()) {
    console.note("nothing was changed; the changes wait: " + listing(called));
    return kInterrupted;
  }
  return apply(
      review.value(),
      [&](const std::string& session, const std::string& cause) {
        return dialog.decision(session, cause);
      },
      console);
}

int decide(const ReviewOptions& options, Decision decision, const Console& console) {
  const std::string command = decision == Decision::kAccept ? "accept" : "reject";
  if (!may_write(command, console)) return kUsage;
  const std::vector<std::string>& globs = options.golden.job.session_globs;
  const matrix::Invocation called =
      invocation_of(options.golden.job, options.golden.folder, console);
  if (options.causes.empty() && globs.empty() && !options.all) {
    console.error("say what to " + command + ": --cause ID, --session GLOB or --all; " +
                  listing(called) + " lists what waits");
    return kUsage;
  }
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  golden::Store store(golden_folder(options.golden.folder));
  auto review = load(store, data.value(), globs);
  if (!review) {
    console.error(review.error());
    return kUsage;
  }
  const std::set<std::string> chosen(options.causes.begin(), options.causes.end());
  std::set<std::string> known;
  for (const golden::PendingCause& cause : review->causes()) known.insert(cause.cause.id);
  for (const std::string& id : chosen) {
    if (known.contains(id)) continue;
    console.error("no change with the cause " + plain(id) + " waits in " + store.root() +
                  "; " + listing(called) + " lists what does");
    return kUsage;
  }
  if (known.empty()) {
    console.error("nothing waits for review in " + store.root() +
                  (globs.empty() ? "" : " for the sessions of --session") + "; " +
                  matrix::CommandLine(called, "golden review")
                      .options("--session", globs)
                      .option("--golden", called.golden)
                      .text() +
                  " looks for changes");
    return kUsage;
  }
  return apply(
      review.value(),
      [&](const std::string&, const std::string& cause) {
        const bool meant = chosen.empty() || chosen.contains(cause);
        return meant ? std::optional(decision) : std::nullopt;
      },
      console);
}

// Goldens whose tape is no more.
int prune(ReviewOptions& options, const Console& console) {
  if (!may_write("prune", console)) return kUsage;
  // One tape would have the goldens of all others removed.
  for (const std::string& path : options.golden.job.paths) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    console.error(plain(path) + ": is one tape (name the folder of all of them: every golden "
                                "without a tape in it is removed)");
    return kUsage;
  }
  const SelectedTapes selected = select_tapes(options.golden.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  std::set<std::string> names;
  for (const harness::Tape& tape : selected.tapes) names.insert(tape.name);
  golden::Store store(golden_folder(options.golden.folder));
  std::size_t removed = 0;
  for (const Slot slot : {Slot::kAccepted, Slot::kPending}) {
    const auto orphans = store.orphans(names, slot);
    if (!orphans) {
      console.error(orphans.error());
      return kUsage;
    }
    for (const std::string& session : orphans.value()) {
      if (const golden::Status status = store.remove(session, slot)) {
        console.error(*status);
        return kUsage;
      }
      ++removed;
      console.out << "removed  " << plain(session)
                  << (slot == Slot::kPending ? "  (waited for review)" : "") << '\n';
    }
  }
  if (const golden::Status status = store.remove_leftovers()) {
    console.error(*status);
    return kUsage;
  }
  console.out << matrix::counted(removed, "golden", "goldens") << " removed from " << store.root()
              << '\n';
  return kParity;
}

CLI::App* add(CLI::App& golden, const char* name, const char* about, const char* example,
              ReviewOptions& options) {
  CLI::App* command = golden.add_subcommand(name, about);
  command->footer(std::string("Example: codex-telemetry-diff golden ") + example);
  command->add_option("--golden", options.golden.folder, "Folder of goldens")
      ->type_name("DIR")
      ->capture_default_str();
  return command;
}

void add_decision(CLI::App& golden, Context& context, const std::shared_ptr<ReviewOptions>& options,
                  const char* name, const char* about, const char* example, Decision decision) {
  CLI::App* command = add(golden, name, about, example, *options);
  command->add_option("--cause", options->causes, "Changes with this cause; may be repeated")
      ->type_name("ID")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--session", options->golden.job.session_globs,
                      "Changes of sessions whose name matches (glob); may be repeated")
      ->type_name("GLOB")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--all", options->all, "Everything that waits");
  command->callback([options, &context, decision] {
    context.status = decide(*options, decision, context.console);
  });
}

}  // namespace

void add_golden_review(CLI::App& golden, Context& context) {
  auto options = std::make_shared<ReviewOptions>();
  CLI::App* review_command =
      add(golden, "review", "Run the clients, then go through what changed, one cause at a time",
          "review --session 'odd/*'", *options);
  add_job_options(*review_command, options->golden.job);
  review_command->add_flag("--pending", options->as_it_is,
                           "Go through what waits already; run nothing");
  review_command->callback(
      [options, &context] { context.status = review(*options, context.console); });

  add_decision(golden, context, std::make_shared<ReviewOptions>(), "accept",
               "Make changes that wait part of their goldens", "accept --cause c1f00ba12",
               Decision::kAccept);
  add_decision(golden, context, std::make_shared<ReviewOptions>(), "reject",
               "Throw changes that wait away", "reject --session 'odd/*'", Decision::kReject);

  auto pruned = std::make_shared<ReviewOptions>();
  CLI::App* prune_command =
      add(golden, "prune", "Remove goldens whose tape is no more", "prune", *pruned);
  prune_command->add_option("PATH", pruned->golden.job.paths, "Folder with all tapes there are")
      ->type_name("")
      ->default_str(kDefaultTapes);
  pruned->golden.job.paths = {nearest(kDefaultTapes)};
  prune_command->callback(
      [pruned, &context] { context.status = prune(*pruned, context.console); });
}

}  // namespace codex::cli
