#include "golden/verdict.h"

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Transcript says(const char* subject, int x, int y = 0) {
  return transcript(subject, {line("event/run", "a", "{\"x\":" + std::to_string(x) + "}"),
                              line("event/run", "b", "{\"y\":" + std::to_string(y) + "}")});
}

// Knows one difference, by its told() text.
class FakeKnown final : public Known {
 public:
  FakeKnown(std::string difference, std::string id)
      : difference_(std::move(difference)), id_(std::move(id)) {}
  std::optional<std::string> find(const std::string&, const Difference& difference) const override {
    if (told(difference) != difference_) return std::nullopt;
    return id_;
  }
  std::vector<StaleEntry> missing(const std::string&,
                                  const std::set<std::string>& occurred) const override {
    if (occurred.contains(id_)) return {};
    return {{.id = id_, .file = "f", .line = 1, .why = "w"}};
  }

 private:
  std::string difference_;
  std::string id_;
};

struct Session {
  std::optional<Transcript> cpp = std::nullopt;
  std::optional<Transcript> python = std::nullopt;
  std::optional<Transcript> golden = std::nullopt;
  Provenance provenance = kToday;
  const Known* known = nullptr;
  bool require_golden = false;
  SubjectSide cpp_side = SubjectSide::not_selected();
  SubjectSide python_side = SubjectSide::not_selected();
  Observability observability = {};

  Judgement judge() const {
    const StoredTranscript stored{provenance, golden.value_or(Transcript())};
    SessionInput input;
    input.session = "session";
    input.cpp = cpp ? SubjectSide::ran(*cpp) : cpp_side;
    input.python = python ? SubjectSide::ran(*python) : python_side;
    input.golden = golden ? &stored : nullptr;
    input.today = kToday;
    input.reference = "agents";
    input.observability = observability;
    input.is_mask = is_time;
    input.known = known;
    input.require_golden = require_golden;
    return golden::judge(input);
  }
};

std::vector<std::string> listed(const Judgement& judgement) {
  std::vector<std::string> lines;
  for (const JudgedDifference& judged : judgement.differences) {
    lines.push_back(judged.subject + "/" + judged.against + " " + verdict_name(judged.kind) + " " +
                    judged.difference.path);
  }
  return lines;
}

struct Row {
  const char* name;
  int cpp;
  int python;
  int golden;
  Verdict verdict;
};

class VerdictTable : public ::testing::TestWithParam<Row> {};

TEST_P(VerdictTable, Holds) {
  const Row& row = GetParam();
  const Judgement judgement = Session{.cpp = says("cpp", row.cpp),
                                      .python = says("agents", row.python),
                                      .golden = says("agents", row.golden)}
                                  .judge();
  EXPECT_EQ(judgement.verdict, row.verdict);
  EXPECT_EQ(judgement.differences.empty(), row.verdict == Verdict::kMatch);
  for (const JudgedDifference& judged : judgement.differences) {
    EXPECT_EQ(judged.kind, row.verdict);
    EXPECT_EQ(judged.against, "golden");
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, VerdictTable,
                         ::testing::Values(Row{"same", 1, 1, 1, Verdict::kMatch},
                                           Row{"cpp", 2, 1, 1, Verdict::kCppRegression},
                                           Row{"python", 1, 2, 1, Verdict::kUpstreamDrift},
                                           Row{"agree", 2, 2, 1, Verdict::kGoldenStale},
                                           Row{"disagree", 2, 3, 1, Verdict::kConflict}),
                         [](const auto& row) { return row.param.name; });

TEST(Verdict, IsTheWorstOfTheDifferences) {
  const Judgement judgement =
      Session{
          .cpp = says("cpp", 2, 0), .python = says("agents", 1, 9), .golden = says("agents", 1, 0)}
          .judge();
  EXPECT_EQ(judgement.verdict, Verdict::kCppRegression);
  EXPECT_THAT(listed(judgement), ElementsAre("cpp/golden cpp-regression /data/x",
                                             "agents/golden upstream-drift /data/y"));
  EXPECT_THAT(judgement.causes, ElementsAre(Verdict::kUpstreamDrift, Verdict::kCppRegression));
}

TEST(Verdict, SeverityIsTheContracts) {
  std::vector<std::string> names;
  for (const Verdict verdict : kVerdicts) {
    names.insert(names.begin(), verdict_name(verdict));
    EXPECT_EQ(parse_verdict(verdict_name(verdict)), verdict);
  }
  EXPECT_THAT(names, ElementsAre("conflict", "cpp-regression", "upstream-drift", "golden-stale",
                                 "difference", "stale-known-difference", "golden-missing",
                                 "unavailable", "known-difference", "match"));
  for (const Verdict a : kVerdicts) {
    for (const Verdict b : kVerdicts)
      EXPECT_EQ(worst(a, b), std::max(a, b));
  }
}

TEST(Verdict, ADeclarationExcusesCppAndNotTheClientItself) {
  const auto declared = parse_subjects(
      R"({"subjects":{"agents":{"lanes":["*"],"fields":[)"
      R"({"channel":"event","name":"a","at":"/data","only":["x"],"source":"s"}]}}})",
      "subjects.json");
  ASSERT_TRUE(declared) << declared.error().text();
  const auto with = [](const char* subject, const char* data) {
    return transcript(subject, {line("event/run", "a", data)});
  };
  Session session{.cpp = with("cpp", R"({"x":1,"more":2})"),
                  .python = with("agents", R"({"x":1})"),
                  .golden = with("agents", R"({"x":1})"),
                  .observability = declared.value().find("agents")->second};
  EXPECT_EQ(session.judge().verdict, Verdict::kMatch);
  session.python = with("agents", R"({"x":1,"more":2})");
  const Judgement judgement = session.judge();
  EXPECT_EQ(judgement.verdict, Verdict::kUpstreamDrift) << "a new field of the client";
  ASSERT_EQ(judgement.differences.size(), 1u);
  EXPECT_EQ(told(judgement.differences[0].difference), "event/run a /data/more - -> 2");
}

TEST(Verdict, WithoutAGoldenTheTwoAreComparedWithEachOther) {
  const Judgement same = Session{.cpp = says("cpp", 1), .python = says("agents", 1)}.judge();
  EXPECT_EQ(same.verdict, Verdict::kMatch);
  EXPECT_EQ(same.lanes.at("event/run").total().compared, 2U);
  const Judgement other = Session{.cpp = says("cpp", 2), .python = says("agents", 1)}.judge();
  EXPECT_EQ(other.verdict, Verdict::kDifference);
  EXPECT_THAT(listed(other), ElementsAre("cpp/agents difference /data/x"));
}

TEST(Verdict, GoldenMissingIsSaidWhenAskedFor) {
  Session session{.cpp = says("cpp", 1), .python = says("agents", 1), .require_golden = true};
  EXPECT_EQ(session.judge().verdict, Verdict::kGoldenMissing);
  session.cpp = says("cpp", 2);
  EXPECT_EQ(session.judge().verdict, Verdict::kDifference);
  EXPECT_THAT(session.judge().causes, Contains(Verdict::kGoldenMissing));
}

TEST(Verdict, OneSubjectIsJudgedByTheGoldenAlone) {
  EXPECT_EQ((Session{.cpp = says("cpp", 1), .golden = says("agents", 1)}.judge().verdict),
            Verdict::kMatch);
  EXPECT_EQ((Session{.cpp = says("cpp", 2), .golden = says("agents", 1)}.judge().verdict),
            Verdict::kCppRegression);
  EXPECT_EQ((Session{.python = says("agents", 2), .golden = says("agents", 1)}.judge().verdict),
            Verdict::kUpstreamDrift);
}

TEST(Verdict, OneSubjectWithoutAGoldenIsNeverAMatch) {
  const Judgement judgement = Session{.cpp = says("cpp", 1)}.judge();
  EXPECT_EQ(judgement.verdict, Verdict::kGoldenMissing);
  EXPECT_THAT(judgement.notes, ElementsAre(HasSubstr("nothing was compared")));
}

TEST(Verdict, UnavailableUnlessSomethingDiffers) {
  Session session{.cpp = says("cpp", 1), .golden = says("agents", 1)};
  session.python_side = SubjectSide::unavailable("agents", "no environment");
  EXPECT_EQ(session.judge().verdict, Verdict::kUnavailable);
  EXPECT_THAT(session.judge().notes, ElementsAre("agents is unavailable: no environment"));
  session.cpp = says("cpp", 2);
  EXPECT_EQ(session.judge().verdict, Verdict::kCppRegression);
  session.golden.reset();
  EXPECT_EQ(session.judge().verdict, Verdict::kUnavailable);
  session.python_side = SubjectSide::not_selected();
  session.cpp = transcript("cpp", {}, Outcome::kUnavailable);
  EXPECT_EQ(session.judge().verdict, Verdict::kUnavailable);
}

TEST(Verdict, AGoldenOfAnotherTapeDriverRuleSetOrSubjectIsStale) {
  const auto verdict_of = [](Provenance provenance, const char* subject) {
    const Judgement judgement = Session{.cpp = says("cpp", 1),
                                        .python = says("agents", 1),
                                        .golden = says(subject, 1),
                                        .provenance = std::move(provenance)}
                                    .judge();
    EXPECT_EQ(judgement.notes.size(), judgement.verdict == Verdict::kMatch ? 0U : 1U);
    return judgement.verdict;
  };
  Provenance other = kToday;
  EXPECT_EQ(verdict_of(other, "agents"), Verdict::kMatch);
  EXPECT_EQ(verdict_of(other, "cpp"), Verdict::kGoldenStale);
  other.packages["openai-agents"] = "9";
  EXPECT_EQ(verdict_of(other, "agents"), Verdict::kMatch);
  for (std::string Provenance::*field :
       {&Provenance::tape, &Provenance::driver, &Provenance::rules}) {
    other = kToday;
    other.*field = "other";
    EXPECT_EQ(verdict_of(other, "agents"), Verdict::kGoldenStale);
  }
}

TEST(Verdict, AStaleGoldenJudgesNobodyAndTheTwoAreComparedToo) {
  Provenance other = kToday;
  other.tape = "other";
  const Judgement judgement = Session{.cpp = says("cpp", 2),
                                      .python = says("agents", 3),
                                      .golden = says("agents", 1),
                                      .provenance = other}
                                  .judge();
  EXPECT_EQ(judgement.verdict, Verdict::kGoldenStale);
  EXPECT_THAT(listed(judgement),
              ElementsAre("cpp/golden golden-stale /data/x", "agents/golden golden-stale /data/x",
                          "cpp/agents difference /data/x"));
}

TEST(Verdict, AKnownDifferenceIsTakenOutFirst) {
  const FakeKnown known("event/run a /data/x 1 -> 2", "x-is-two");
  Session session{.cpp = says("cpp", 2),
                  .python = says("agents", 1),
                  .golden = says("agents", 1),
                  .known = &known};
  const Judgement judgement = session.judge();
  EXPECT_EQ(judgement.verdict, Verdict::kKnownDifference);
  EXPECT_EQ(judgement.differences.at(0).known, "x-is-two");
  // Another value at the same place still fails, and the entry did not occur.
  session.cpp = says("cpp", 3);
  const Judgement other = session.judge();
  EXPECT_EQ(other.verdict, Verdict::kCppRegression);
  EXPECT_THAT(other.causes, Contains(Verdict::kStaleKnownDifference));
  // What is known of cpp is no excuse for Python.
  session.cpp = says("cpp", 2);
  session.python = says("agents", 4);
  EXPECT_EQ(session.judge().verdict, Verdict::kUpstreamDrift);
}

TEST(Verdict, AKnownDifferenceThatDidNotOccurIsStale) {
  const FakeKnown known("event/run a /data/x 1 -> 2", "x-is-two");
  Session session{.cpp = says("cpp", 1), .python = says("agents", 1), .known = &known};
  EXPECT_EQ(session.judge().verdict, Verdict::kStaleKnownDifference);
  EXPECT_EQ(session.judge().stale_entries.at(0).id, "x-is-two");
  // Where cpp did not run it could not occur.
  session.cpp.reset();
  session.golden = says("agents", 1);
  EXPECT_EQ(session.judge().verdict, Verdict::kMatch);
}

TEST(Verdict, HangingAlikeMatchesAndWhatCameBeforeIsCompared) {
  const auto hanging = [](const char* subject, int x) {
    return transcript(subject,
                      {line("event/run", "a", std::to_string(x)),
                       line("outcome/run", "hang", std::string("\"") + subject + "\"")},
                      Outcome::kHang);
  };
  EXPECT_EQ((Session{.cpp = hanging("cpp", 1), .python = hanging("agents", 1)}.judge().verdict),
            Verdict::kMatch);
  EXPECT_EQ((Session{.cpp = hanging("cpp", 1), .python = hanging("agents", 2)}.judge().verdict),
            Verdict::kDifference);
}

TEST(ExitCode, IsOfTheWorstKind) {
  const auto code = [](std::initializer_list<Verdict> verdicts) {
    Totals totals;
    for (const Verdict verdict : verdicts)
      totals.add(verdict);
    return exit_code(totals);
  };
  EXPECT_EQ(code({}), 2);
  EXPECT_EQ(code({Verdict::kMatch, Verdict::kKnownDifference}), 0);
  EXPECT_EQ(code({Verdict::kMatch, Verdict::kUnavailable}), 3);
  for (const Verdict verdict :
       {Verdict::kConflict, Verdict::kCppRegression, Verdict::kUpstreamDrift, Verdict::kGoldenStale,
        Verdict::kDifference, Verdict::kStaleKnownDifference, Verdict::kGoldenMissing}) {
    EXPECT_EQ(code({Verdict::kMatch, Verdict::kUnavailable, verdict}), 1);
  }
  Totals totals;
  totals.add(Verdict::kMatch);
  totals.stale_entries = 1;
  EXPECT_EQ(exit_code(totals), 1);
  totals.stale_entries = 0;
  totals.matrix_regressions = 1;
  EXPECT_EQ(exit_code(totals), 1);
}

}  // namespace
}  // namespace codex::golden::testing
