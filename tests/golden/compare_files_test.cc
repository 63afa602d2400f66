// What is read where it lies must say the same as what is read whole.
#include "golden/compare_files.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "golden/file_bytes.h"
#include "tests/golden/builders.h"
#include "tests/support/temp_folder.h"

namespace codex::golden::testing {
namespace {

const IsMask kIsMask = is_time;

// Everything that a comparison says.
std::string text_of(const Comparison& comparison) {
  std::string text;
  const auto value_text = [](const std::optional<json::Value>& value) {
    return value ? json::dump(*value) : "absent";
  };
  for (const Difference& each : comparison.differences) {
    text += each.lane + " " + each.name + " " + each.path + ": " + value_text(each.expected) +
            " > " + value_text(each.actual) + (each.key_order ? " order " : " ") +
            (each.origin == Origin::kWire ? "wire" : "driver") + " at " +
            std::to_string(each.place.line) + "+" +
            (each.place.added ? std::to_string(*each.place.added) : "") + each.place.path + "\n";
  }
  const auto tally_text = [](const LeafTally& tally) {
    std::string all;
    for (const std::size_t count : {tally.compared, tally.masked, tally.not_observed,
                                    tally.differing, tally.identity})
      all += " " + std::to_string(count);
    for (const auto& [rule, count] : tally.by_rule)
      all += " " + rule + "=" + std::to_string(count);
    return all;
  };
  for (const auto& [lane, leaves] : comparison.lanes)
    text += lane + ":" + tally_text(leaves.wire) + " |" + tally_text(leaves.driver) + "\n";
  return text;
}

// One of the two ways: the comparison, or the error.
std::string whole(const std::string& actual, const std::string& reference,
                  const Observability& observability) {
  const auto a = parse_observations(actual, "a");
  const auto r = parse_observations(reference, "r");
  if (!r) return r.error().text();
  if (!a) return a.error().text();
  return text_of(compare(a->transcript, r->transcript, observability, kIsMask));
}

std::string where_it_lies(const std::string& actual, const std::string& reference,
                          const Observability& observability) {
  LineSkimmer skimmer(kIsMask);
  const auto r = TranscriptIndex::read(reference, "r", skimmer);
  if (!r) return r.error().text();
  const auto a = TranscriptIndex::read(actual, "a", skimmer, &r.value());
  if (!a) return a.error().text();
  return text_of(compare(a.value(), r.value(), observability, kIsMask, skimmer));
}

class Lines {
 public:
  explicit Lines(unsigned seed) : random_(seed) {}

  std::vector<std::string> some() {
    std::vector<std::string> lines(below(30));
    for (std::string& line : lines)
      line = one();
    return lines;
  }

  // Some of them are others, are gone, come twice, or are elsewhere.
  std::vector<std::string> bent(const std::vector<std::string>& lines) {
    std::vector<std::string> result;
    for (const std::string& line : lines) {
      const std::size_t what = below(12);
      if (what == 0) continue;
      if (what == 1) result.push_back(one());
      result.push_back(what == 2 ? one() : line);
      if (what == 3) result.push_back(line);
      if (what == 4 && result.size() > 1) std::swap(result.back(), result[below(result.size())]);
    }
    return result;
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::string pick(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string one() {
    const std::string lane = pick({"event/run", "event/call:1", "event/call:10", "event/call:2",
                                   "span/run", "outcome/run"});
    const std::string name = pick({"n", "m", "hidden", "hang"});
    const std::string origin = pick({"wire", "driver"});
    // Forms that only one of the two ways knows are among them.
    const std::string value =
        pick({"1", "-0", "0.5", "1e2", "1E400", "NaN", "12345678901234567890", "18446744073709551615",
              "99999999999999999999999", "true", "null", "\"\"", "\"text\"", "\"\\u00e9\"", "\"é\"",
              "\"\\ud800\"", "\"<time>\"", "\"<span:1>\"", "\"<span>\"", "[]", "{}", "[1,[2,{}]]",
              "[2,[1]]", R"({"$":"nan"})", R"({"$":"int","digits":"99999999999999999999"})",
              R"({"a":1,"b":2})", R"({"b":2,"a":1})", R"({"a":1,"a":2})", R"({"a":2})"});
    const std::string other = pick({"1", "2", "\"<time>\"", "{\"x\":\"<span:2>\"}"});
    const std::string data = "{\"k\":" + value + ",\"l\":" + other + "}";
    const std::string begin = "{\"lane\":\"" + lane + "\",\"name\":\"" + name + "\",";
    switch (below(6)) {
      case 0:
        return begin + "\"data\":" + data + "}";
      case 1:
        return begin + "\"origin\":\"" + origin + "\", \"data\" : " + data + ",\"more\":1}";
      default:
        return begin + "\"origin\":\"" + origin + "\",\"data\":" + data + "}";
    }
  }

  std::mt19937 random_;
};

std::string joined(const std::vector<std::string>& lines, std::string_view end = "\n") {
  std::string text;
  for (const std::string& line : lines)
    (text += line) += end;
  return text;
}

Observability hiding() {
  auto declared = Observability::from_json(parsed(
      R"({"lanes":["event/*","outcome/run"],
          "observations":[{"channel":"event","only":["n","m","hang"],"source":"s"}],
          "fields":[{"channel":"event","name":"n","at":"/data","drop":["l"],"source":"s"}]})"));
  EXPECT_TRUE(declared) << declared.error().text();
  return declared.value();
}

TEST(CompareFiles, SaysWhatCompareSays) {
  const Observability everything, hides = hiding();
  std::size_t with_differences = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    Lines lines(seed);
    const std::vector<std::string> reference = lines.some();
    const std::string r = joined(reference);
    const std::string a = joined(lines.bent(reference), lines.below(5) == 0 ? "\r\n" : "\n");
    for (const Observability* each : {&everything, &hides}) {
      const std::string expected = whole(a, r, *each);
      ASSERT_EQ(where_it_lies(a, r, *each), expected) << "seed " << seed << "\n" << r << "\n" << a;
      if (expected.find(" > ") != std::string::npos) ++with_differences;
    }
  }
  EXPECT_GT(with_differences, 400U);  // of 800: it is no comparison of nothing
}

TEST(CompareFiles, RefusesWhatIsRefusedWholeInTheSameWords) {
  const std::string good = R"({"lane":"event/run","name":"n","origin":"wire","data":{}})";
  for (const std::string& bad : std::vector<std::string>{
           "{", "[]", "1", R"({"lane":"event/run","name":"n"})",
           R"({"lane":"nowhere","name":"n","origin":"wire","data":{}})",
           R"({"lane":"event/run","name":"n","origin":"elsewhere","data":{}})",
           R"({"lane":"event/run","name":1,"origin":"wire","data":{}})",
           R"({"lane":"event/run","name":"n","origin":"wire","data":{"$":"what"}})",
           "\xef\xbb\xbf" + good, good + good, good + "\x01",
           R"({"lane":"event/run","name":"n","origin":"wire","data":")" "\xff\"}",
           R"({"observations":7,"sha256":""})"}) {
    const std::string text = joined({good, bad, good});
    const auto refused = parse_observations(text, "r");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(where_it_lies(text, text, {}), refused.error().text()) << bad;
  }
}

TEST(CompareFiles, GoldensKeepTheirFrame) {
  StoredTranscript stored;
  stored.transcript = numbered({1, 2, 3});
  const std::string text = print_transcript(stored);
  EXPECT_EQ(where_it_lies(text, text, {}), whole(text, text, {}));
  std::string edited = text;
  edited.replace(edited.find("\"n\":2"), 5, "\"n\":7");
  EXPECT_EQ(where_it_lies(edited, text, {}), whole(edited, text, {}));
  EXPECT_NE(where_it_lies(edited, text, {}).find("the file was edited"), std::string::npos);
}

TEST(CompareFiles, TheWordsOfAHangAreMasked) {
  const auto hanging = [](const char* words) {
    StoredTranscript stored;
    stored.transcript = transcript(
        "agents", {line("outcome/run", "hang", "{\"words\":\"" + std::string(words) + "\"}")},
        Outcome::kHang);
    return print_transcript(stored);
  };
  for (const char* words : {"waits", "waits long"}) {
    const std::string said = where_it_lies(hanging(words), hanging("waits"), {});
    EXPECT_EQ(said, whole(hanging(words), hanging("waits"), {}));
    EXPECT_NE(said.find("hang=1"), std::string::npos) << said;
  }
}

TEST(CompareFiles, FindsItsPlaceAgainAfterALongInsertion) {
  std::vector<int> numbers, more;
  for (int i = 0; i < 200; ++i)
    numbers.push_back(i);
  more = numbers;
  more.insert(more.begin() + 50, 60, -1);
  more.erase(more.begin() + 150, more.begin() + 190);
  const auto text = [](const std::vector<int>& all) {
    StoredTranscript stored;
    stored.transcript = numbered(all);
    return print_transcript(stored);
  };
  EXPECT_EQ(where_it_lies(text(more), text(numbers), {}), whole(text(more), text(numbers), {}));
}

TEST(FileBytes, AreThoseOfTheFileOrAnError) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/file";
  for (const std::string& bytes : {std::string(), std::string("a\0b", 3), std::string(100'000, 'x')}) {
    folder.write("file", bytes);
    const auto read = FileBytes::open(path, "hint");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->view(), bytes);
  }
  EXPECT_EQ(FileBytes::open(folder.path(), "hint").error().text(),
            folder.path() + ": is a folder (hint)");
  EXPECT_EQ(FileBytes::open(path + "s", "hint").error().text(),
            path + "s: cannot be read: No such file or directory (hint)");
  EXPECT_EQ(FileBytes::open("/dev/null", "hint")->view(), "");
}

}  // namespace
}  // namespace codex::golden::testing
