// The history file: what it keeps, what it refuses, what it survives.
#include "matrix/history.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "matrix/clusters.h"
#include "matrix/standing.h"
#include "tests/matrix/nights.h"
#include "tests/support/temp_folder.h"

namespace codex::matrix::testing {
namespace {

namespace fs = std::filesystem;
using golden::Verdict;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Sessions of which every third differs, so that each night has rows in every table.
Report big_night(int number, std::size_t count) {
  std::vector<SessionReport> sessions;
  for (std::size_t i = 0; i < count; ++i) {
    SessionReport session = ran("s" + std::to_string(i));
    if (i % 3 == 0) add(session, change("agents", "/x", "1", std::to_string(number)));
    sessions.push_back(std::move(session));
  }
  return night(number, std::move(sessions));
}

class HistoryFile : public ::testing::Test {
 protected:
  harness::Result<History> open(int wait_ms = 5000) { return History::open(path_, {wait_ms}); }

  // Opens and records; the error's text where one of both fails.
  std::string record(const Report& report, std::size_t keep = 0, int wait_ms = 5000) {
    auto history = open(wait_ms);
    if (!history) return history.error().text();
    const auto recorded = history->record(report, keep);
    if (!recorded) return recorded.error().text();
    return *recorded.operator->() == History::Recorded::kNew ? "new" : "already";
  }

  Past past(std::size_t nights = 1000, std::size_t trend = 1000) {
    auto history = open();
    if (!history) throw std::runtime_error(history.error().text());
    auto read = history->past("", nights, trend);
    if (!read) throw std::runtime_error(read.error().text());
    return std::move(read.value());
  }

  // What opening says, and that the file has not changed by it.
  std::string refused() {
    const std::string before = bytes_of(path_);
    const auto history = open(50);
    EXPECT_FALSE(history) << "it was opened";
    EXPECT_EQ(bytes_of(path_), before);
    return history ? "" : history.error().text();
  }

  // Runs `work` in a process of its own; gives its status.
  static int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  test::TempFolder folder_;
  std::string path_ = folder_.path() + "/history.sqlite";
};

TEST_F(HistoryFile, KeepsWhatANightWas) {
  SessionReport session = ran("a");
  add(session, change("agents", "/data/x", "1", "2"));
  add(session, change("agents", "/data/x", "1", "2"));
  auto known = change("cpp", "/data/y", "1", "2", Verdict::kKnownDifference);
  known.known = "k";
  add(session, known);
  add_further(session, "agents@0.23.0", change("agents", "/data/z", "1", "3"));
  session.further["agents@0.23.0"].accepted = true;
  Report report = night(1, {session, ran("b")});
  report.columns.push_back(
      {"agents@0.23.0", "agents", "openai-agents", "0.23.0", true, "not driven"});
  compare_with_past({}, report);
  ASSERT_EQ(record(report), "new");

  const Past read = past();
  ASSERT_THAT(read.nights, SizeIs(1));
  const PastNight& found = read.nights[0];
  EXPECT_EQ(found.point.started, "2026-03-01T02:00:00Z");
  EXPECT_EQ(found.point.seconds, 12.5);
  EXPECT_EQ(found.point.exit, 1);
  EXPECT_EQ(found.point.verdicts,
            (std::map<std::string, std::size_t>{{"match", 1}, {"upstream-drift", 1}}));
  EXPECT_EQ(found.tool, "1.0.0");
  EXPECT_EQ(found.rules, "rules/1");
  EXPECT_TRUE(found.whole_corpus);
  EXPECT_EQ(found.columns, report.columns);

  ASSERT_THAT(found.sessions, SizeIs(2));
  EXPECT_EQ(found.sessions[0].session, "a");
  EXPECT_EQ(found.sessions[0].path, "tapes/a.tape.jsonl");
  EXPECT_EQ(found.sessions[0].tape_digest, "7a9ea");
  EXPECT_EQ(found.sessions[0].golden_digest, "901da");
  EXPECT_EQ(found.sessions[0].verdict, Verdict::kUpstreamDrift);
  ASSERT_THAT(found.sessions[0].columns, SizeIs(3));
  EXPECT_EQ(found.sessions[0].columns[0].column, "agents");
  EXPECT_EQ(found.sessions[0].columns[0].outcome, "completed");
  EXPECT_FALSE(found.sessions[0].columns[0].further);
  EXPECT_EQ(found.sessions[0].columns[1].column, "agents@0.23.0");
  EXPECT_EQ(found.sessions[0].columns[1].verdict, Verdict::kUpstreamDrift);
  EXPECT_TRUE(found.sessions[0].columns[1].further);
  EXPECT_TRUE(found.sessions[0].columns[1].accepted);
  EXPECT_EQ(found.sessions[1].session, "b");
  EXPECT_EQ(found.sessions[1].verdict, Verdict::kMatch);

  ASSERT_THAT(found.differences, SizeIs(2)) << "known ones are not among them";
  for (const PastDifference& each : found.differences) {
    EXPECT_EQ(each.session, "a");
    EXPECT_EQ(each.against, "golden");
    EXPECT_EQ(each.count, each.column == "agents" ? 2U : 1U);
    const auto& judgement = each.column == "agents"
                                ? session.judgement
                                : session.further["agents@0.23.0"].judgement;
    const golden::Difference& difference = judgement.differences[0].difference;
    EXPECT_EQ(each.fingerprint, fingerprint("a", std::string(each.column), difference));
    EXPECT_EQ(each.cause, golden::cause_of(difference).id);
    EXPECT_EQ(read.causes.at(std::string(each.cause)), golden::cause_of(difference));
  }
  EXPECT_THAT(found.clusters, SizeIs(3));
  for (const PastCluster& each : found.clusters)
    EXPECT_EQ(each.since, "2026-03-01T02:00:00Z");
}

TEST_F(HistoryFile, KeepsNamesOfAnyBytes) {
  const std::string odd = std::string("e\xff\n'\"%", 6) + '\0' + "z";
  SessionReport session = ran(odd);
  add(session, change(odd, "/" + odd, odd, ""));
  ASSERT_EQ(record(night(1, {session})), "new");
  const Past read = past();
  EXPECT_EQ(read.nights.at(0).sessions.at(0).session, odd);
  EXPECT_EQ(read.nights[0].differences.at(0).column, odd);
}

TEST_F(HistoryFile, CutsTheTextOfACauseBetweenCharacters) {
  std::string longest;
  for (int i = 0; i < 3000; ++i)
    longest += "ä";
  SessionReport session = ran("a");
  add(session, change("agents", "/x", longest, "1"));
  ASSERT_EQ(record(night(1, {session})), "new");
  const std::string what = past().causes.begin()->second.what;
  EXPECT_LT(what.size(), 2010U);
  EXPECT_THAT(what, ::testing::EndsWith("ä…"));
}

TEST_F(HistoryFile, GivesTheLastNightsOldestFirst) {
  for (int i = 1; i <= 5; ++i) {
    Report report = night(i, {ran("a")});
    report.whole_corpus = i != 4;
    ASSERT_EQ(record(report), "new");
  }
  const Past read = past(2, 3);
  ASSERT_THAT(read.nights, SizeIs(2));
  EXPECT_EQ(read.nights[0].point.started, "2026-03-04T02:00:00Z");
  EXPECT_EQ(read.nights[1].point.started, "2026-03-05T02:00:00Z");
  std::vector<std::string> trend;
  for (const NightPoint& each : read.trend)
    trend.push_back(each.started.substr(8, 2));
  EXPECT_THAT(trend, ElementsAre("02", "03", "05"));
}

TEST_F(HistoryFile, RecordsARunOnce) {
  Report report = night(1, {ran("a")});
  EXPECT_EQ(record(report), "new");
  report.sessions.push_back(ran("b"));
  EXPECT_EQ(record(report), "already");
  EXPECT_THAT(past().nights.at(0).sessions, SizeIs(1)) << "it stays as it was";
  report.run.id.clear();
  EXPECT_EQ(record(report), "new") << "its begin is its id now";
  EXPECT_EQ(record(report), "already");
}

TEST_F(HistoryFile, KeepsOnlyTheLastNightsWhenAsked) {
  for (int i = 1; i <= 6; ++i)
    ASSERT_EQ(record(big_night(i, 9), i < 6 ? 0 : 2), "new");
  const Past read = past();
  ASSERT_THAT(read.nights, SizeIs(2));
  EXPECT_EQ(read.nights[0].point.started, "2026-03-05T02:00:00Z");
  EXPECT_THAT(read.nights[1].sessions, SizeIs(9));
  EXPECT_THAT(read.nights[1].differences, SizeIs(3));
  EXPECT_THAT(read.causes, SizeIs(2));
  // No text is left of the nights that are gone, none is missing of those that are there.
  Report fresh = night(5, {});
  const std::string other = folder_.path() + "/fresh.sqlite";
  const auto texts = [](const std::string& path) {
    sqlite3* handle = nullptr;
    sqlite3_open(path.c_str(), &handle);
    int count = 0;
    sqlite3_exec(
        handle, "SELECT count(*) FROM text",
        [](void* out, int, char** values, char**) {
          *static_cast<int*>(out) = std::atoi(values[0]);
          return 0;
        },
        &count, nullptr);
    sqlite3_close(handle);
    return count;
  };
  const std::string first = path_;
  path_ = other;
  for (int i = 5; i <= 6; ++i)
    ASSERT_EQ(record(big_night(i, 9)), "new");
  EXPECT_EQ(texts(first), texts(other));
}

TEST_F(HistoryFile, IsOneFileWhenNobodyHasItOpen) {
  ASSERT_EQ(record(night(1, {ran("a")})), "new");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, ElementsAre("history.sqlite"));
}

TEST_F(HistoryFile, IsNotCreatedWhereTheFolderIsMissing) {
  path_ = folder_.path() + "/no/history.sqlite";
  EXPECT_THAT(refused(), AllOf(HasSubstr("/no/history.sqlite: "), HasSubstr("folder")));
}

TEST_F(HistoryFile, IsNotAFolder) {
  path_ = folder_.path();
  const auto history = open();
  ASSERT_FALSE(history);
  EXPECT_THAT(history.error().text(), HasSubstr("is a folder, no history (name a file)"));
}

TEST_F(HistoryFile, IsNotAnEmptyFile) {
  folder_.write("history.sqlite", "");
  EXPECT_THAT(refused(), HasSubstr("is empty or cut: 0 bytes (put a copy of it there; or remove"));
}

TEST_F(HistoryFile, IsNotAnyOtherFile) {
  folder_.write("history.sqlite", std::string(5000, 'x'));
  EXPECT_THAT(refused(), HasSubstr("is no history: not an SQLite file (name another file"));
}

void make_database(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
}

TEST_F(HistoryFile, IsNotADatabaseOfAnotherProgram) {
  make_database(path_, "PRAGMA application_id = 7; CREATE TABLE run (id)");
  EXPECT_THAT(refused(), HasSubstr("is no history: an SQLite file of another program"));
}

TEST_F(HistoryFile, IsNotOneOfANewerVersion) {
  ASSERT_EQ(record(night(1, {ran("a")})), "new");
  make_database(path_, "PRAGMA user_version = 2");
  EXPECT_THAT(refused(), HasSubstr("is a history of version 2, this tool reads up to 1 (use the newer"));
}

TEST_F(HistoryFile, IsNotOneWithoutItsTables) {
  ASSERT_EQ(record(night(1, {ran("a")})), "new");
  make_database(path_, "DROP TABLE session");
  EXPECT_THAT(record(night(2, {ran("a")})), HasSubstr("no such table: session"));
}

TEST_F(HistoryFile, IsRefusedWhereverItIsCut) {
  ASSERT_EQ(record(big_night(1, 200)), "new");
  const std::string whole = bytes_of(path_);
  ASSERT_GT(whole.size(), 40'000U);
  for (const std::size_t size :
       {whole.size() - 1, whole.size() - 4096, whole.size() / 2, std::size_t{4096}, std::size_t{4095},
        std::size_t{100}, std::size_t{99}, std::size_t{16}, std::size_t{1}}) {
    folder_.write("history.sqlite", whole.substr(0, size));
    EXPECT_THAT(refused(), AllOf(HasSubstr("history.sqlite: "), HasSubstr(" cut: "))) << size;
  }
  folder_.write("history.sqlite", whole);
  EXPECT_THAT(past().nights, SizeIs(1));
}

TEST_F(HistoryFile, IsRefusedWherePagesAreOverwritten) {
  ASSERT_EQ(record(big_night(1, 200)), "new");
  std::string broken = bytes_of(path_);
  for (std::size_t page = 1; page * 4096 < broken.size(); page += 2)
    broken.replace(page * 4096, 4096, 4096, '\x5a');
  folder_.write("history.sqlite", broken);
  EXPECT_THAT(refused(), HasSubstr("history.sqlite: "));
}

TEST_F(HistoryFile, IsNotBegunBesideTheLogOfOneThatIsGone) {
  folder_.write("history.sqlite-wal", "nights");
  EXPECT_THAT(refused(), HasSubstr("is not there, but "));
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_EQ(bytes_of(path_ + "-wal"), "nights");
}

TEST_F(HistoryFile, WaitsForALockAndThenSaysSo) {
  ASSERT_EQ(record(night(1, {ran("a")})), "new");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(record(night(2, {ran("a")}), 0, 50),
              AllOf(HasSubstr("database is locked"), HasSubstr("more than 50 ms; run again")));
  EXPECT_THAT(past().nights, SizeIs(1)) << "and it can be read meanwhile";
  // A lock that is let go in time is no error.
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  });
  EXPECT_EQ(record(night(2, {ran("a")}), 0, 60'000), "new");
  release.join();
  sqlite3_close(other);
}

TEST_F(HistoryFile, IsUsableAfterAnError) {
  auto history = open(50);
  ASSERT_TRUE(history);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_FALSE(history->record(night(1, {ran("a")})));
  sqlite3_close(other);
  EXPECT_TRUE(history->record(night(1, {ran("a")})));
  EXPECT_TRUE(history->past(""));
}

TEST_F(HistoryFile, IsAnErrorWhereItMayNotBeWritten) {
  ASSERT_EQ(record(night(1, {ran("a")})), "new");
  const std::string before = bytes_of(path_);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  const int status = in_child([&] {
    if (::getuid() == 0 && ::setuid(65534) != 0) return 3;
    const std::string said = record(night(2, {ran("a")}));
    return said.find("make file and folder writable") != std::string::npos ? 0 : 1;
  });
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(HistoryFile, LosesNothingWhereTheDiskIsFull) {
  ASSERT_EQ(record(big_night(1, 10)), "new");
  const int status = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;
    const std::string said = record(big_night(2, 3000));
    return said.find("nothing of this night was recorded") != std::string::npos ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  ASSERT_THAT(past().nights, SizeIs(1));
  EXPECT_EQ(record(big_night(2, 3000)), "new");
}

// Every night that is there is wholly there: sessions, columns, differences, clusters, totals.
void expect_whole(const Past& past, std::size_t sessions) {
  for (const PastNight& each : past.nights) {
    EXPECT_THAT(each.sessions, SizeIs(sessions));
    for (const PastSession& session : each.sessions)
      EXPECT_THAT(session.columns, SizeIs(2));
    EXPECT_THAT(each.differences, SizeIs((sessions + 2) / 3));
    EXPECT_THAT(each.clusters, SizeIs(1));
    EXPECT_THAT(each.columns, SizeIs(2));
    std::size_t count = 0;
    for (const auto& [verdict, number] : each.point.verdicts)
      count += number;
    EXPECT_EQ(count, sessions);
  }
}

// Records one night after another in a process of its own, opening the file anew each time. It is
// killed when `nights` are recorded and so many microseconds more have passed. Gives how many it
// had recorded by its own account.
class Killed {
 public:
  Killed(const std::function<bool(int)>& record, int nights, int microseconds) {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      for (int i = 0; record(i); ++i) {
        if (::write(ends[1], "x", 1) != 1) break;
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    char byte = 0;
    while (recorded < static_cast<std::size_t>(nights) && ::read(ends[0], &byte, 1) == 1)
      ++recorded;
    ::usleep(static_cast<useconds_t>(microseconds));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    was_killed = WIFSIGNALED(status);
    while (::read(ends[0], &byte, 1) == 1)
      ++recorded;
    ::close(ends[0]);
  }

  std::size_t recorded = 0;
  bool was_killed = false;
};

constexpr std::size_t kSessions = 60;

TEST_F(HistoryFile, HasEachNightWhollyOrNotAfterAKillAtAnyMoment) {
  std::size_t before = 0;
  for (int round = 0; round < 30; ++round) {
    const auto record_next = [&](int i) {
      Report report = big_night(1 + i % 9, kSessions);
      report.run.id = std::to_string(round) + "/" + std::to_string(i);
      return record(report) == "new";
    };
    const Killed killed(record_next, round == 0 ? 1 : round % 3, 800 * round);
    ASSERT_TRUE(killed.was_killed) << "it ended by itself";
    Past read = past(8);
    expect_whole(read, kSessions);
    // What was recorded is there, and of what was under way all or nothing.
    ASSERT_GE(read.trend.size(), before + killed.recorded);
    ASSERT_LE(read.trend.size(), before + killed.recorded + 1);
    Report next = big_night(5, kSessions);
    next.run.id = "after " + std::to_string(round);
    ASSERT_EQ(record(next), "new") << "the next night goes on";
    before = read.trend.size() + 1;
  }
}

TEST_F(HistoryFile, IsThereOrNotAfterAKillWhileItIsMade) {
  for (int round = 0; round < 30; ++round) {
    path_ = folder_.path() + "/" + std::to_string(round) + ".sqlite";
    const auto record_next = [&](int i) {
      Report report = big_night(1 + i % 9, kSessions);
      report.run.id = std::to_string(i);
      return record(report, 2) == "new";
    };
    const Killed killed(record_next, round < 25 ? 0 : 3, 3000 * (round % 25));
    ASSERT_TRUE(killed.was_killed) << "it ended by itself";
    const Past read = past();
    expect_whole(read, kSessions);
    ASSERT_GE(read.nights.size(), std::min<std::size_t>(killed.recorded, 2));
    ASSERT_LE(read.nights.size(), 2U);
    Report next = big_night(5, kSessions);
    next.run.id = "after";
    ASSERT_EQ(record(next), "new");
  }
}

TEST_F(HistoryFile, TakesNightsOfSeveralProcessesAtOnce) {
  constexpr int kProcesses = 4;
  constexpr int kNights = 12;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int i = 0; i < kNights; ++i) {
        Report report = big_night(1 + i % 9, 30);
        // Of every second run there are two: one of them records it.
        report.run.id = std::to_string(i % 2 == 0 ? process : process / 2) + "/" + std::to_string(i);
        const std::string said = record(report, 0, 60'000);
        if (said != "new" && said != "already") ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const Past read = past();
  EXPECT_THAT(read.nights, SizeIs(4 * 6 + 2 * 6));
  expect_whole(read, 30);
}

TEST_F(HistoryFile, HasViewsForPeople) {
  ASSERT_EQ(record(big_night(1, 3)), "new");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
  std::string shown;
  const auto show = [&](const char* sql) {
    shown.clear();
    EXPECT_EQ(sqlite3_exec(
                  handle, sql,
                  [](void* out, int count, char** values, char**) {
                    for (int i = 0; i < count; ++i)
                      *static_cast<std::string*>(out) +=
                          std::string(i == 0 ? "" : "|") + (values[i] ? values[i] : "") ;
                    *static_cast<std::string*>(out) += "\n";
                    return 0;
                  },
                  &shown, nullptr),
              SQLITE_OK);
    return shown;
  };
  EXPECT_EQ(show("SELECT started, exit, totals FROM nights"),
            "2026-03-01T02:00:00Z|1|2 match, 1 upstream-drift\n");
  EXPECT_EQ(show("SELECT session, col, outcome, verdict FROM verdicts WHERE session = 's0' "
                 "ORDER BY col"),
            "s0|agents|completed|upstream-drift\ns0|cpp|completed|upstream-drift\n");
  EXPECT_EQ(show("SELECT session, col, kind, lane, name, path, change FROM differences"),
            "s0|agents|upstream-drift|event/call:2|codex.item.completed|/x|\"1\" → \"1\"\n");
  sqlite3_close(handle);
}

}  // namespace
}  // namespace codex::matrix::testing
