#include "golden/side_by_side.h"

#include <gmock/gmock.h>

#include "golden/json_pointer.h"
#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<LaneSides> sides(const Transcript& actual, const Transcript& reference,
                             const SideLimits& limits = {}, const Observability& subject = {}) {
  return side_by_side(actual, reference, subject, is_time, "cpp", "golden", limits);
}

std::string pointer(const std::optional<std::string>& text) {
  return text.value_or("-");
}

// "= 3", "! 3|4 /data/n", "+ |4", "- 3|", "... 12", with what `data` of numbered() holds.
std::vector<std::string> told(const LaneSides& lane) {
  const auto side = [](const std::optional<json::Value>& value) {
    const json::Value* n = value ? value_at(*value, "/data/n") : nullptr;
    return n == nullptr ? std::string() : json::dump(*n, json::kCompact);
  };
  std::vector<std::string> rows;
  for (const Row& row : lane.rows) {
    if (row.skipped > 0) {
      rows.push_back("... " + std::to_string(row.skipped));
      continue;
    }
    std::string text = row.differs() ? "! " : "= ";
    text += side(row.expected) + "|" + side(row.actual);
    for (const DifferingPlace& place : row.differing) {
      text += " " + place.path + "@" + pointer(place.in_expected) + "," + pointer(place.in_actual);
    }
    rows.push_back(text);
  }
  return rows;
}

TEST(SideBySide, ShowsWhatDiffersWithALittleAroundIt) {
  const auto found = sides(numbered({1, 2, 3, 4, 5, 6, 7, 9, 10, 11}),
                           numbered({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), {.context = 2});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].lane, "event/run");
  EXPECT_EQ(found[0].column, "cpp");
  EXPECT_EQ(found[0].against, "golden");
  EXPECT_THAT(told(found[0]),
              ElementsAre("... 5", "= 6|6", "= 7|7", "! 8|", "= 9|9", "= 10|10", "... 1"));
}

TEST(SideBySide, LeavesOutLanesThatAreEqual) {
  EXPECT_THAT(sides(numbered({1, 2}), numbered({1, 2})), IsEmpty());
  const auto with = [](const char* time) {
    return transcript("cpp", {line("event/run", "n", std::string("{\"at\":") + time + "}")});
  };
  EXPECT_THAT(sides(with("\"<time>\""), with("\"<time>\"")), IsEmpty());
}

TEST(SideBySide, NamesTheFieldsThatDifferOnEachSide) {
  const auto with = [](const char* data) {
    return transcript("cpp", {line("event/run", "n", data)});
  };
  const auto found = sides(with(R"({"n":1,"a/b":2,"list":["x","p",{"q":2,"r":0}],"new":[1]})"),
                           with(R"({"n":1,"a/b":3,"list":["p",{"q":1,"r":0}],"old":1})"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(told(found[0]),
              ElementsAre("! 1|1 /data/a~1b@/data/a~1b,/data/a~1b /data/list/0@-,/data/list/0 "
                          "/data/list/1/q@/data/list/1/q,/data/list/2/q /data/old@/data/old,- "
                          "/data/new/0@-,/data/new/0"));
}

// What people see is what compare() judged, whatever the transcripts are.
TEST(SideBySide, TellsTheDifferencesOfACompare) {
  const std::vector<std::vector<int>> runs = {{}, {1}, {1, 1}, {2, 1, 3}, {3, 2, 1}, {1, 4, 4, 1}};
  for (const auto& a : runs) {
    for (const auto& b : runs) {
      std::vector<std::string> shown;
      for (const LaneSides& lane : sides(numbered(a), numbered(b))) {
        for (const Row& row : lane.rows) {
          for (const DifferingPlace& place : row.differing)
            shown.push_back(place.path);
          if (row.differs() && row.differing.empty()) shown.emplace_back();
        }
      }
      std::vector<std::string> judged;
      for (const Difference& each : compared(numbered(a), numbered(b)).differences)
        judged.push_back(each.path);
      EXPECT_EQ(shown, judged);
    }
  }
}

TEST(SideBySide, LimitsRowsAndSaysHowManyAreLeftOut) {
  std::vector<int> many(50);
  for (int i = 0; i < 50; ++i)
    many[static_cast<std::size_t>(i)] = i;
  const auto found = sides(numbered({}), numbered(many), {.most_rows = 10});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rows.size(), 10U);
  EXPECT_EQ(found[0].rows_left_out, 40U);
  const auto bytes = sides(numbered({}), numbered(many), {.most_bytes = 1});
  EXPECT_EQ(bytes.at(0).rows.size(), 1U);
  EXPECT_EQ(bytes.at(0).rows_left_out, 49U);
}

TEST(SideBySide, CutsLongTextsWhereTheyDiffer) {
  const auto with = [](const std::string& text) {
    return transcript("cpp", {line("event/run", "n", "{\"t\":\"" + text + "\"}")});
  };
  const std::string same(10'000, 'a');
  const auto found = sides(with(same + "é" + same), with(same + "è" + same));
  const Row& row = found.at(0).rows.at(0);
  const std::string_view text = value_at(*row.actual, "/data/t")->text();
  EXPECT_EQ(text.substr(0, 45), "…" + std::string(40, 'a') + "é");
  EXPECT_EQ(json::length(text), 402U);
  EXPECT_THAT(row.cut, ElementsAre("/data/t"));
}

TEST(SideBySide, KeepsWhatDiffersInAHugeValue) {
  std::string list;
  for (int i = 0; i < 5000; ++i)
    list += std::to_string(i) + ",";
  const auto with = [&](const char* end) {
    return transcript(
        "cpp", {line("event/run", "n", "{\"list\":[" + list + end + "],\"last\":" + end + "}")});
  };
  const auto found = sides(with("true"), with("false"), {.longest_value = 200});
  const Row& row = found.at(0).rows.at(0);
  ASSERT_EQ(row.differing.size(), 2U);
  for (const DifferingPlace& place : row.differing) {
    EXPECT_EQ(*value_at(*row.expected, *place.in_expected), json::Value(false)) << place.path;
    EXPECT_EQ(*value_at(*row.actual, *place.in_actual), json::Value(true)) << place.path;
  }
  EXPECT_THAT(row.cut, ElementsAre("/data/list"));
  EXPECT_LT(json::compact_size(*row.actual), 500U);
  const auto few = sides(with("true"), with("false"), {.most_places = 1});
  EXPECT_EQ(few.at(0).rows.at(0).more, 1U);
}

TEST(SideBySide, ComesBackFromJson) {
  const auto with = [](const char* data) {
    return transcript("cpp", {line("event/run", "n", data), line("event/run", "m", "{}"),
                              line("event/run", "m", "{}"), line("event/run", "m", "{}")});
  };
  for (const LaneSides& lane :
       sides(with(R"({"list":["x","p",2]})"), with(R"({"list":["p",1],"o":null})"),
             {.context = 1, .most_rows = 2, .longest_text = 1, .most_places = 2})) {
    const auto back = lane_sides_from(to_json(lane));
    ASSERT_TRUE(back.ok()) << back.error().text();
    EXPECT_EQ(back.value(), lane);
  }
}

TEST(SideBySide, SaysWhatIsWrongWithItsJson) {
  const auto fault = [](const char* text) {
    const auto result = lane_sides_from(parsed(text));
    return result.ok() ? std::string() : result.error().text();
  };
  EXPECT_EQ(fault(R"({"column":"c","against":"g","lane":"l","rows":[{}]})"), "");
  EXPECT_THAT(fault("1"), HasSubstr("\"column\" of a lane's sides is missing"));
  EXPECT_THAT(fault(R"({"column":"c","against":"g","lane":1})"), HasSubstr("no string"));
  const std::string head = R"({"column":"c","against":"g","lane":"l","rows":)";
  EXPECT_THAT(fault((head + "1}").c_str()), HasSubstr("no array"));
  EXPECT_THAT(fault((head + "[1]}").c_str()), HasSubstr("no array of objects"));
  EXPECT_THAT(fault((head + R"([{"skipped":-1}]})").c_str()), HasSubstr("no count"));
  EXPECT_THAT(fault((head + R"([{"cut":[1]}]})").c_str()), HasSubstr("no array of strings"));
  EXPECT_THAT(fault((head + R"([{"differing":[1]}]})").c_str()), HasSubstr("\"path\""));
}

}  // namespace
}  // namespace codex::golden::testing
