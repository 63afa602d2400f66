// Measures the reports of a large corpus: the goldens, renamed to COUNT sessions, two nights of
// them, through clusters, history, standing and every form of report.
//
//   ctd_reports_soak GOLDENS OUT [COUNT [NIGHTS]]
//
// Prints a table: seconds and bytes of each step, and the most memory that the process ever had.
// NIGHTS nights come before the two (default 0). In the last night a client has changed in every
// third session, C++ in one, and one session in seven is new. Exits with 1 where that is not what
// the reports say.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "golden/store.h"
#include "golden/verdict.h"
#include "harness/model/data_dir.h"
#include "harness/normalize/normalize.h"
#include "matrix/history.h"
#include "matrix/report.h"
#include "matrix/report_night.h"
#include "matrix/standing.h"

namespace {

namespace golden = codex::golden;
namespace harness = codex::harness;
namespace json = codex::json;
namespace matrix = codex::matrix;
using golden::Verdict;

constexpr std::size_t kDefaultCount = 10'000;

[[noreturn]] void stop(const std::string& why) {
  std::cerr << "ctd_reports_soak: " << why << '\n';
  std::exit(2);
}

template <typename T>
T need(harness::Result<T> result) {
  if (!result) stop(result.error().text());
  return std::move(result.value());
}

// In megabytes.
double most_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void step(const char* name, const std::function<std::size_t()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t bytes = work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%-22s %8.3f s %12zu bytes   %7.1f MB at most so far\n", name, took.count(), bytes,
              most_memory());
}

// Each golden as a session that matches: the subject's transcript and C++'s are the golden's own.
std::vector<matrix::SessionReport> corpus(const std::string& folder) {
  golden::Store store(folder);
  const harness::RuleSet rules =
      need(harness::RuleSet::load(harness::data_file("harness/data/rules.json")));
  const golden::Subjects subjects =
      need(golden::load_subjects(harness::data_file("harness/data/subjects.json")));
  std::vector<matrix::SessionReport> sessions;
  for (const std::string& name : need(store.list())) {
    const auto stored = need(store.read(name));
    if (!stored) continue;
    harness::Transcript cpp = stored->transcript;
    cpp.subject.name = "cpp";
    golden::SessionInput input;
    input.session = name;
    input.cpp = golden::SubjectSide::ran(cpp);
    input.python = golden::SubjectSide::ran(stored->transcript);
    input.golden = &*stored;
    input.today = stored->provenance;
    input.reference = stored->transcript.subject.name;
    const auto declared = subjects.find(input.reference);
    if (declared != subjects.end()) input.observability = declared->second;
    input.is_mask = [&](const json::Value& value, std::string* rule) {
      return rules.is_mask(value, rule);
    };
    matrix::SessionReport report;
    report.session = name;
    report.path = "harness/sessions/" + name + ".tape.jsonl";
    report.judgement = golden::judge(input);
    for (const std::string& subject : {std::string("cpp"), input.reference}) {
      report.subjects[subject].outcome = stored->transcript.outcome;
      report.subjects[subject].observations = stored->transcript.lines.size();
    }
    report.tape_digest = stored->provenance.tape;
    report.golden_digest = stored->provenance.driver;
    report.seconds = 0.1;
    sessions.push_back(std::move(report));
  }
  if (sessions.empty()) stop(folder + " has no golden");
  return sessions;
}

void differ(matrix::SessionReport& session, const std::string& subject, const std::string& name,
            const std::string& actual, Verdict kind) {
  golden::Difference difference;
  difference.lane = "event/call:1";
  difference.name = "codex.item.completed";
  difference.path = "/data/item/" + name;
  difference.expected = json::Value("completed");
  difference.actual = json::Value(actual);
  session.judgement.differences.push_back({.subject = subject,
                                           .against = "golden",
                                           .difference = std::move(difference),
                                           .kind = kind,
                                           .known = std::nullopt});
  session.judgement.causes.insert(kind);
  session.judgement.verdict = golden::worst(session.judgement.verdict, kind);
}

const std::string& reference(const matrix::SessionReport& session) {
  const std::string& first = session.subjects.begin()->first;
  return first == "cpp" ? session.subjects.rbegin()->first : first;
}

matrix::Report night(const std::vector<matrix::SessionReport>& corpus, std::size_t count,
                     std::size_t number, bool is_last) {
  matrix::Report report;
  report.run.id = "soak " + std::to_string(number);
  report.run.started = "night " + std::to_string(number);
  report.tool = "soak";
  report.rules = "soak";
  report.whole_corpus = true;
  for (const char* name : {"cpp", "agents", "codex-sdk"})
    report.columns.push_back({name, name, name, is_last ? "2" : "1", false, ""});
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_last && i % 7 == 6) continue;
    matrix::SessionReport session = corpus[i % corpus.size()];
    session.session += "-" + std::to_string(i);
    session.path = "harness/sessions/" + session.session + ".tape.jsonl";
    session.tape_digest[0] = "0123456789abcdef"[i % 16];
    if (is_last && i % 3 == 0)
      differ(session, reference(session), "status", "done", Verdict::kUpstreamDrift);
    if (is_last && i == count / 2)
      differ(session, "cpp", "text", "", Verdict::kCppRegression);
    report.sessions.push_back(std::move(session));
  }
  return report;
}

std::size_t written(const std::filesystem::path& path) {
  return static_cast<std::size_t>(std::filesystem::file_size(path));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 5) stop("usage: ctd_reports_soak GOLDENS OUT [COUNT [NIGHTS]]");
  const std::filesystem::path out = argv[2];
  const std::size_t count = argc > 3 ? std::stoul(argv[3]) : kDefaultCount;
  const std::size_t nights = argc > 4 ? std::stoul(argv[4]) : 0;
  const std::filesystem::path file = out / "history.sqlite";
  std::filesystem::create_directories(out);

  std::vector<matrix::SessionReport> sessions;
  step("read goldens, judge", [&] {
    sessions = corpus(argv[1]);
    return std::size_t{0};
  });
  {
    matrix::Report report = night(sessions, count, 0, false);
    matrix::History history = need(matrix::History::open(file.string()));
    for (std::size_t i = 1; i <= nights; ++i) {
      report.run.id = report.run.started = "before " + std::to_string(i);
      need(history.record(report));
    }
    report.run.id = report.run.started = "night 0";
    step("record the night before", [&] {
      need(history.record(report));
      return std::size_t{0};
    });
  }
  matrix::Report report;
  step("make the night", [&] {
    report = night(sessions, count, 1, true);
    return report.sessions.size();
  });
  {
    std::optional<matrix::History> history;
    step("open the history", [&] {
      history.emplace(need(matrix::History::open(file.string())));
      return written(file);
    });
    step("clusters, standing", [&] {
      if (const auto failed = matrix::apply_history(&*history, report)) stop(failed->text());
      return report.night->clusters.size();
    });
    step("record", [&] {
      need(history->record(report));
      history.reset();
      return written(file);
    });
  }
  double total = 0;
  const auto render = [&](const char* name, const std::function<std::string()>& make) {
    const auto begin = std::chrono::steady_clock::now();
    step(name, [&] {
      const std::string text = make();
      std::FILE* stream = std::fopen((out / name).c_str(), "wb");
      if (!stream || std::fwrite(text.data(), 1, text.size(), stream) != text.size() ||
          std::fclose(stream) != 0)
        stop("cannot write " + (out / name).string());
      return text.size();
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    total += took.count();
  };
  render("report.json", [&] { return matrix::render_json(report); });
  render("report.html", [&] { return matrix::render_html(report); });
  render("junit.xml", [&] { return matrix::render_junit(report); });
  render("report.txt", [&] { return matrix::render_text(report); });
  render("replay.md", [&] { return matrix::render_markdown(report); });
  render("summary.md", [&] { return matrix::render_summary(report); });
  render("issue.md", [&] { return matrix::render_issue(report); });
  std::printf("reports: %.3f s, %.1f MB at most\n", total, most_memory());

  const matrix::Night& seen = *report.night;
  std::vector<std::size_t> sizes;
  for (const matrix::Cluster& each : seen.clusters)
    sizes.push_back(each.sessions.size());
  std::size_t drift = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    drift += sizes[i];
  const std::size_t fresh = count / 7;
  std::size_t absent = 0;
  for (const matrix::VerdictChange& each : seen.changed)
    absent += each.was == "absent" ? 1U : 0U;
  const bool right = !sizes.empty() && sizes.size() <= 3 && sizes[0] == 1 &&
                     drift == (count + 2) / 3 && absent == fresh;
  std::printf("%zu clusters, %zu sessions drift, %zu are new: %s\n", sizes.size(), drift, absent,
              right ? "as it was made" : "NOT as it was made");
  return right ? 0 : 1;
}
