// What a proxy makes of what passed: drivers, tapes, files.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/proxy/codex_command.h"
#include "harness/proxy/exec_request.h"
#include "harness/proxy/growing_file.h"
#include "harness/proxy/line_cutter.h"
#include "harness/proxy/rpc_direction.h"
#include "harness/proxy/tape_scrub.h"
#include "harness/proxy/watcher.h"
#include "harness/tape/file.h"
#include "harness/tape/pairing.h"
#include "tests/support/temp_folder.h"

namespace codex::harness {
namespace {

namespace fs = std::filesystem;
using json::Value;
using testing::ElementsAre;
using testing::HasSubstr;

using Words = std::vector<std::string>;

std::vector<Tape> corpus(Transport transport) {
  std::vector<Tape> tapes;
  const auto files = find_tapes({CTD_SOURCE_DIR "/harness/sessions"});
  EXPECT_TRUE(files.ok());
  for (const TapeFile& file : files.value()) {
    Result<Tape> tape = read_tape(file.path, file.root);
    EXPECT_TRUE(tape.ok()) << tape.error().text();
    if (tape->transport == transport) tapes.push_back(std::move(tape.value()));
  }
  return tapes;
}

TEST(CodexCommand, SaysWhatItSpeaks) {
  const auto spoken = [](const Words& words) { return transport_of(words); };
  EXPECT_EQ(spoken({"exec", "--json", "hi"}), Transport::kExec);
  EXPECT_EQ(spoken({"-m", "exec-model", "e", "--experimental-json", "-"}), Transport::kExec);
  EXPECT_EQ(spoken({"exec", "--sandbox", "read-only", "--json", "resume", "id"}), Transport::kExec);
  EXPECT_EQ(spoken({"--config", "a=b", "app-server", "--listen", "stdio://"}), Transport::kAppServer);
  EXPECT_EQ(spoken({"app-server"}), Transport::kAppServer);
  EXPECT_EQ(spoken({"app-server", "--listen=ws://127.0.0.1:1"}), std::nullopt);
  EXPECT_EQ(spoken({"app-server", "generate-json-schema", "--out", "x"}), std::nullopt);
  EXPECT_EQ(spoken({"exec", "hi"}), std::nullopt) << "it prints for people";
  EXPECT_EQ(spoken({"exec", "--", "--json"}), std::nullopt) << "that is a prompt";
  EXPECT_EQ(spoken({"--model", "exec", "--json"}), std::nullopt);
  EXPECT_EQ(spoken({"--version"}), std::nullopt);
  EXPECT_EQ(spoken({}), std::nullopt);
}

// What the client has started, of every tape: read backwards and forwards again it is the same.
TEST(ExecRequest, IsWhatTheClientDid) {
  std::size_t seen = 0;
  for (const Tape& tape : corpus(Transport::kExec)) {
    for (const Entry& entry : tape.entries) {
      const auto* start = std::get_if<ToCodex>(&entry.what);
      if (start == nullptr || start->message.get("stdin") == nullptr) continue;
      Words argv;
      for (const Value& word : *start->message.get("argv")->array()) argv.emplace_back(word.text());
      const std::string input(start->message.get("stdin")->text());
      const bool schema = !schema_file(argv).empty();
      const ExecRequest request =
          exec_request(argv, input, schema ? Value(json::Object{{"type", "object"}}) : Value());
      EXPECT_TRUE(same_argv(request.argv, argv))
          << tape.name << ": " << testing::PrintToString(request.argv);
      EXPECT_EQ(request.standard_input, input) << tape.name;
      ++seen;
    }
  }
  EXPECT_GT(seen, 25U);
}

TEST(ExecRequest, OfACommandThatSomebodyTypedIsTheClientsOwn) {
  const ExecRequest request =
      exec_request({"exec", "--json", "-m", "gpt-5", "-c", "web_search=live", "-c", "other=1", "-i",
                    "a.png", "--color", "never", "say hi"},
                   "typed ahead\n", Value());
  EXPECT_THAT(request.argv,
              ElementsAre("exec", "--experimental-json", "--model", "gpt-5", "--config",
                          "web_search=\"live\"", "--image", "a.png", "-"));
  EXPECT_EQ(request.standard_input, "say hi");
  const ExecRequest resumed =
      exec_request({"exec", "resume", "--json", "id-1", "go on"}, std::nullopt, Value());
  EXPECT_THAT(resumed.argv, ElementsAre("exec", "--experimental-json", "resume", "--", "id-1", "-"));
  EXPECT_EQ(resumed.standard_input, "go on");
  const ExecRequest last = exec_request({"exec", "resume", "--last", "--json"}, "more\n", Value());
  EXPECT_THAT(last.argv, ElementsAre("exec", "--experimental-json", "-"));
  EXPECT_EQ(last.standard_input, "more");
}

// A tape marks which way each message goes; without the marks it is told by the protocol.
TEST(RpcDirection, IsThatOfEveryTape) {
  std::size_t seen = 0;
  for (const Tape& tape : corpus(Transport::kAppServer)) {
    if (tape.name.starts_with("odd/")) continue;  // what no codex says
    // There codex asks by a method that the protocol does not have.
    if (tape.name.starts_with("ways/app-server/approval-")) continue;
    RpcDirection direction;
    for (const Entry& entry : tape.entries) {
      if (const auto* sent = std::get_if<ToCodex>(&entry.what)) {
        EXPECT_TRUE(direction.from_client(json::dump(sent->message))) << tape.name << ":" << entry.line;
        ++seen;
      } else if (const auto* said = std::get_if<FromCodex>(&entry.what)) {
        EXPECT_FALSE(direction.from_client(said->bytes)) << tape.name << ":" << entry.line;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 1000U);
}

TEST(RpcDirection, KnowsWhatCodexAsks) {
  const Result<std::string> text = read_file(CTD_SOURCE_DIR "/telemetry/protocol/app_server.json");
  ASSERT_TRUE(text.ok());
  const json::ParseResult protocol = json::parse(text.value());
  ASSERT_TRUE(protocol.ok());
  for (const Value& method : *protocol.value().get("server_requests")->array()) {
    RpcDirection direction;
    EXPECT_FALSE(direction.from_client(json::dump(json::Object{{"id", 1}, {"method", method}})));
    EXPECT_TRUE(direction.from_client(R"({"id":1,"result":{}})"));
    EXPECT_FALSE(direction.from_client(R"({"id":1,"result":{}})")) << "it was answered";
  }
}

TEST(LineCutter, LeavesOutALineWithAHole) {
  LineCutter cutter;
  Words lines;
  const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
  cutter.feed("one\ntw", keep);
  cutter.gap();
  cutter.feed("o\nthree", keep);
  cutter.feed("\nfour", keep);
  cutter.end(keep);
  EXPECT_THAT(lines, ElementsAre("one\n", "three\n", "four"));
}

TEST(GrowingFile, TakesItsNameWhenItIsWhole) {
  const test::TempFolder folder;
  const std::string name = folder.path() + "/a.tape.jsonl";
  GrowingFile file(name);
  EXPECT_TRUE(file.write("one\n"));
  EXPECT_FALSE(fs::exists(name));
  EXPECT_EQ(read_file(name + ".partial").value(), "one\n");
  EXPECT_EQ(file.finish(), name);
  EXPECT_EQ(read_file(name).value(), "one\n");
  EXPECT_FALSE(fs::exists(name + ".partial"));
}

TEST(GrowingFile, WritesOverNothing) {
  const test::TempFolder folder;
  const std::string name = folder.write("a.tape.jsonl", "first");
  folder.write("a-2.tape.jsonl.partial", "of one that died");
  GrowingFile third(name);
  EXPECT_TRUE(third.write("third"));
  // Taken while it was written.
  folder.write("a-3.tape.jsonl", "another");
  EXPECT_EQ(third.finish(), folder.path() + "/a-4.tape.jsonl");
  EXPECT_EQ(read_file(name).value(), "first");
  EXPECT_EQ(read_file(folder.path() + "/a-3.tape.jsonl").value(), "another");
  EXPECT_EQ(read_file(folder.path() + "/a-2.tape.jsonl.partial").value(), "of one that died");
  EXPECT_EQ(numbered("x.exec.jsonl", 2), "x-2.exec.jsonl");
  EXPECT_EQ(numbered("x.jsonl", 3), "x-3.jsonl");
  EXPECT_EQ(numbered("x", 2), "x-2");
}

TEST(GrowingFile, SaysWhyItCannot) {
  GrowingFile file("/no/such/folder/a.tape.jsonl");
  EXPECT_FALSE(file.write("x"));
  EXPECT_EQ(file.finish(), std::nullopt);
  EXPECT_EQ(file.error()->text(),
            "/no/such/folder/a.tape.jsonl.partial: cannot be created: No such file or directory");
}

// ---- secrets ----

constexpr const char* kSecret = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL";

class TapeScrubTest : public testing::Test {
 protected:
  TapeScrubTest()
      : scrub_(std::make_shared<telemetry::Scrubber>(), [this](TapeScrub::Kind, std::string_view text, bool) {
          lines_.emplace_back(text);
        }) {}
  static std::string delta(const std::string& item, const std::string& text) {
    return R"({"method":"item/agentMessage/delta","params":{"threadId":"t","turnId":"u","itemId":")" +
           item + R"(","delta":")" + text + R"("}})";
  }
  void codex(const std::string& line) { scrub_.add(TapeScrub::Kind::kFromCodex, line); }
  std::string all() const {
    std::string out;
    for (const std::string& line : lines_) out += line + "\n";
    return out;
  }

  Words lines_;
  TapeScrub scrub_;
};

TEST_F(TapeScrubTest, LeavesWhatIsCleanAsItStood) {
  const Words lines = {R"({ "method" : "x", "params":{"a":1.0e5} })", delta("i", "one "),
                       delta("i", "two"), R"({"method":"item/completed","params":{"item":{"id":"i"}}})",
                       "no json at all"};
  for (const std::string& line : lines) codex(line);
  scrub_.finish();
  EXPECT_EQ(lines_, lines);
}

TEST_F(TapeScrubTest, FindsASecretThatDeltasCut) {
  const std::string secret = kSecret;
  codex(delta("i", "the key is " + secret.substr(0, 9)));
  codex(delta("j", "another item"));
  codex(delta("i", secret.substr(9, 20)));
  codex(delta("i", secret.substr(29) + " ok"));
  codex(R"({"method":"item/completed","params":{"threadId":"t","item":{"id":"i","text":"the key is )" +
        secret + R"( ok"}}})");
  scrub_.finish();
  ASSERT_EQ(lines_.size(), 5U) << "none is left out";
  for (std::size_t at = 0; at + 12 <= secret.size(); ++at) {
    EXPECT_THAT(all(), testing::Not(HasSubstr(secret.substr(at, 12))));
  }
  std::string joined;
  for (const std::size_t i : {0U, 2U, 3U}) {
    joined += json::parse(lines_[i]).value().get("params")->get("delta")->text();
  }
  EXPECT_EQ(joined, "the key is [REDACTED:openai-project-key] ok");
  EXPECT_EQ(lines_[1], delta("j", "another item"));
}

TEST_F(TapeScrubTest, KeepsTheOrderOfLinesAndWaitsForNoOneForEver) {
  codex(delta("i", "begin sk-proj-abcdefgh"));
  scrub_.add(TapeScrub::Kind::kToCodex, R"({"method":"initialized"})");
  codex(R"({"method":"turn/completed","params":{"threadId":"t"}})");
  EXPECT_EQ(lines_.size(), 3U);
  EXPECT_EQ(lines_[1], R"({"method":"initialized"})");
}

// ---- tapes ----

class TapeWriterTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  // All of it at once; the tape as it is read again.
  Result<Tape> written(TapeWriterOptions options, const std::vector<std::pair<Stream, std::string>>& said,
                       const ChildEnd& end, bool asked = false) {
    options.scrubber = std::make_shared<telemetry::Scrubber>();
    WatcherOptions watch;
    watch.transport = options.transport;
    watch.argv = options.argv;
    TapeWriter writer(options);
    watch.tape = &writer;
    telemetry::Hub hub;
    Watcher watcher(hub, watch);
    watcher.started();
    for (const auto& [stream, bytes] : said) {
      if (bytes.empty()) {
        watcher.closed(stream);
      } else {
        watcher.bytes(stream, bytes);
      }
    }
    watcher.ended(end, asked);
    left_out_ = writer.left_out();
    const std::optional<std::string> name = writer.finish();
    EXPECT_TRUE(name) << (writer.file().error() ? writer.file().error()->text() : "incomplete");
    text_ = name ? read_file(*name).value() : "";
    return read_tape(name.value_or(""), "");
  }

  const test::TempFolder folder_;
  std::string text_;
  std::size_t left_out_ = 0;
};

// Every exec tape of one process, played past a writer, is that tape again.
TEST_F(TapeWriterTest, OfAnExecTapeIsThatTape) {
  std::size_t seen = 0;
  for (const Tape& tape : corpus(Transport::kExec)) {
    if (tape.raw || tape.processes != 1) continue;
    const auto* start = std::get_if<ToCodex>(&tape.entries[0].what);
    Words argv = {"codex"};
    for (const Value& word : *start->message.get("argv")->array()) argv.emplace_back(word.text());
    std::vector<std::pair<Stream, std::string>> said;
    if (const Value* input = start->message.get("stdin")) {
      said.emplace_back(Stream::kInput, std::string(input->text()));
    }
    said.emplace_back(Stream::kInput, "");
    std::string expected;
    ChildEnd end{0, std::nullopt};
    for (const Entry& entry : tape.entries) {
      if (const auto* output = std::get_if<FromCodex>(&entry.what)) {
        said.emplace_back(Stream::kOutput, output->bytes);
        expected += output->bytes;
      } else if (const auto* event = std::get_if<ProcessEvent>(&entry.what)) {
        if (event->exit) end.exit = event->exit;
      }
    }
    if (tape.name.find("secrets") != std::string::npos) continue;
    const Result<Tape> again = written({.file = path(std::to_string(++seen) + ".tape.jsonl"),
                                        .transport = Transport::kExec,
                                        .argv = argv,
                                        .scrubber = nullptr},
                                       said, end);
    ASSERT_TRUE(again.ok()) << tape.name << ": " << again.error().text();
    std::string bytes;
    std::optional<int> exit;
    for (const Entry& entry : again->entries) {
      if (const auto* output = std::get_if<FromCodex>(&entry.what)) bytes += output->bytes;
      if (const auto* event = std::get_if<ProcessEvent>(&entry.what)) exit = event->exit;
    }
    EXPECT_EQ(bytes, expected) << tape.name;
    EXPECT_EQ(exit.value_or(0), end.exit) << tape.name;
    EXPECT_EQ(again->processes, 1U);
  }
  EXPECT_GT(seen, 20U);
}

TEST_F(TapeWriterTest, KeepsWhatIsNoJsonByteForByte) {
  const Result<Tape> tape = written({.file = path("a.tape.jsonl"),
                                     .transport = Transport::kExec,
                                     .argv = {"codex", "exec", "--experimental-json", "-"},
                                     .scrubber = nullptr},
                                    {{Stream::kInput, "hi"},
                                     {Stream::kInput, ""},
                                     {Stream::kError, "Reading prompt\n"},
                                     {Stream::kOutput, "{\"type\":\"turn.started\"}\r\n"},
                                     {Stream::kOutput, " {\"a\":1}\n\n\xff\xfe\n"},
                                     {Stream::kOutput, "cut"}},
                                    ChildEnd{std::nullopt, 9});
  ASSERT_TRUE(tape.ok()) << tape.error().text();
  std::string bytes;
  for (const Entry& entry : tape->entries) {
    if (const auto* output = std::get_if<FromCodex>(&entry.what)) bytes += output->bytes;
  }
  EXPECT_EQ(bytes, "{\"type\":\"turn.started\"}\r\n {\"a\":1}\n\n\xff\xfe\ncut");
  EXPECT_EQ(std::get<ProcessEvent>(tape->entries.back().what).signal, 9);
  EXPECT_THAT(text_, HasSubstr("{\"!\":{\"stderr\":\"Reading prompt\\n\"}}\n{\"<raw\":"));
  EXPECT_THAT(text_, HasSubstr("{\"<b64\":"));
}

TEST_F(TapeWriterTest, OfAppServerHasBothWaysInTheirOrder) {
  const TapeWriterOptions options{.file = path("a.tape.jsonl"),
                                  .transport = Transport::kAppServer,
                                  .argv = {"codex", "--config", "a=b", "app-server"},
                                  .scrubber = nullptr};
  const std::vector<std::pair<Stream, std::string>> said = {
      {Stream::kInput, "{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientInfo\":{\"name\":\"me\"}}}\n"},
      {Stream::kOutput, "{\"id\":1,\"result\":{}}\n"},
      {Stream::kInput, "{\"method\":\"initialized\"}\nnonsense\n"},
      {Stream::kError, "a warning\n"},
      {Stream::kOutput, "no json\n"}};
  const Result<Tape> tape = written(options, said, ChildEnd{1, std::nullopt});
  ASSERT_TRUE(tape.ok()) << tape.error().text();
  EXPECT_EQ(left_out_, 1U);
  EXPECT_THAT(text_, HasSubstr(R"("driver":{"config":{"config_overrides":["a=b"],"client_name":"me"}})"));
  EXPECT_EQ(text_.substr(text_.find('\n') + 1),
            "{\">\":{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientInfo\":{\"name\":\"me\"}}}}\n"
            "{\"<\":{\"id\":1,\"result\":{}}}\n"
            "{\">\":{\"method\":\"initialized\"}}\n"
            "{\"!\":{\"stderr\":\"a warning\\n\"}}\n"
            "{\"<raw\":\"no json\\n\"}\n"
            "{\"!\":{\"exit\":1}}\n");
  // Ended by its client, it stays on the tape until it is ended again.
  TapeWriterOptions asked = options;
  asked.file = path("b.tape.jsonl");
  ASSERT_TRUE(written(asked, said, ChildEnd{std::nullopt, 15}, true).ok());
  EXPECT_THAT(text_, testing::EndsWith("{\"<raw\":\"no json\\n\"}\n"));
}

TEST_F(TapeWriterTest, UnderTheNameOfARawLogIsTheOutputAlone) {
  const Result<Tape> tape = written({.file = path("a.exec.jsonl"),
                                     .transport = Transport::kExec,
                                     .argv = {"codex", "exec", "--json", "hi"},
                                     .scrubber = nullptr},
                                    {{Stream::kInput, ""},
                                     {Stream::kError, "noise\n"},
                                     {Stream::kOutput, "{\"type\":\"turn.started\"}\nodd"}},
                                    ChildEnd{0, std::nullopt});
  ASSERT_TRUE(tape.ok());
  EXPECT_TRUE(tape->raw);
  EXPECT_EQ(text_, "{\"type\":\"turn.started\"}\nodd");
}

TEST_F(TapeWriterTest, HoldsNoSecret) {
  const std::string secret = kSecret;
  const Result<Tape> tape =
      written({.file = path("a.tape.jsonl"),
               .transport = Transport::kExec,
               .argv = {"codex", "exec", "--json", "--cd", "/x/" + secret, "-"},
               .scrubber = nullptr},
              {{Stream::kInput, "use " + secret},
               {Stream::kInput, ""},
               {Stream::kError, "key " + secret.substr(0, 20)},
               {Stream::kError, secret.substr(20) + "\n"},
               {Stream::kOutput, "{\"type\":\"x\",\"text\":\"" + secret + "\"}\nraw " + secret + "\n"}},
              ChildEnd{1, std::nullopt});
  ASSERT_TRUE(tape.ok()) << tape.error().text();
  EXPECT_THAT(text_, testing::Not(HasSubstr(secret.substr(8, 16))));
  const auto& start = std::get<ToCodex>(tape->entries[0].what).message;
  EXPECT_EQ(start.get("stdin")->text(), "use [REDACTED:openai-project-key]");
  EXPECT_THAT(json::dump(tape->driver), HasSubstr("use [REDACTED:openai-project-key]"));
}

}  // namespace
}  // namespace codex::harness
