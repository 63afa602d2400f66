#include "codex/telemetry/correlation.h"

#include <array>
#include <future>
#include <memory>
#include <rapidcheck.h>
#include <set>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include <sys/wait.h>

namespace codex::telemetry {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";

TEST(Traceparent, ReadsVersionZero) {
  const auto context = parse_traceparent("00-" + kTrace + "-" + kSpan + "-01");
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_EQ(context->span_id, kSpan);
  EXPECT_TRUE(context->sampled);
  EXPECT_TRUE(context->valid());
}

TEST(Traceparent, SampledIsTheLastBitOfTheFlags) {
  const std::string head = "00-" + kTrace + "-" + kSpan + "-";
  EXPECT_FALSE(parse_traceparent(head + "00")->sampled);
  EXPECT_FALSE(parse_traceparent(head + "fe")->sampled);
  EXPECT_TRUE(parse_traceparent(head + "03")->sampled);
  EXPECT_TRUE(parse_traceparent(head + "ff")->sampled);
}

TEST(Traceparent, LaterVersionsMayBeLonger) {
  const std::string rest = "-" + kTrace + "-" + kSpan + "-01";
  EXPECT_TRUE(parse_traceparent("01" + rest));
  EXPECT_TRUE(parse_traceparent("cc" + rest + "-what-the-future-will-be-like"));
  EXPECT_TRUE(parse_traceparent("cc" + rest + "-"));
  EXPECT_TRUE(parse_traceparent("cc" + rest + "-" + std::string(456, 'x')));
  EXPECT_FALSE(parse_traceparent("cc" + rest + "-" + std::string(457, 'x'))) << "513 bytes";
  EXPECT_FALSE(parse_traceparent("cc" + rest + ".what"));
  EXPECT_FALSE(parse_traceparent("cc" + rest + "0"));
}

TEST(Traceparent, RefusesWhatIsMalformed) {
  const std::string good = "00-" + kTrace + "-" + kSpan + "-01";
  std::vector<std::string> bad = {
      "",
      "00",
      good + "-",
      good + "-extra",
      good + "x",
      good + "\n",
      " " + good,
      good + " ",
      "ff-" + kTrace + "-" + kSpan + "-01",
      "0-" + kTrace + "-" + kSpan + "-01",
      "000-" + kTrace + "-" + kSpan + "-01",
      "00-" + std::string(32, '0') + "-" + kSpan + "-01",
      "00-" + kTrace + "-" + std::string(16, '0') + "-01",
      "00-" + kTrace + "-" + kSpan + "-1",
      "00-" + kTrace + "-" + kSpan + "-0x",
      "00-" + kTrace + "-" + kSpan,
      "00_" + kTrace + "-" + kSpan + "-01",
      "00-" + kTrace + "_" + kSpan + "-01",
      "00-" + kTrace + "-" + kSpan + "_01",
      "0A-" + kTrace + "-" + kSpan + "-01",
      "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kSpan + "-01",
      "00-" + kTrace + "-00F067AA0BA902B7-01",
      "00-" + kTrace + "-" + kSpan + "-0A",
  };
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    bad.push_back(good.substr(0, cut));
  for (const std::string& header : bad)
    EXPECT_FALSE(parse_traceparent(header)) << header;
}

TEST(Traceparent, WritesWhatItReads) {
  EXPECT_TRUE(rc::check([] {
    TraceContext context = make_trace_context();
    context.sampled = *rc::gen::arbitrary<bool>();
    const std::string header = traceparent(context);
    RC_ASSERT(header.size() == 55U);
    const auto read = parse_traceparent(header);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == context);
  }));
  EXPECT_EQ(traceparent(TraceContext{}), "");
  EXPECT_EQ(traceparent(TraceContext{kTrace, "", true}), "");
}

TEST(Traceparent, NeverFailsOnAnyBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const auto read = parse_traceparent(bytes);
    RC_ASSERT(!read || read->valid());
  }));
  // One byte changed in a good header: what is still read differs from it in that byte alone.
  EXPECT_TRUE(rc::check([] {
    std::string header = "00-" + kTrace + "-" + kSpan + "-01";
    const auto at = *rc::gen::inRange<std::size_t>(0, header.size());
    header[at] = *rc::gen::arbitrary<char>();
    if (const auto read = parse_traceparent(header)) {
      RC_ASSERT(header.substr(3, 32) == read->trace_id);
      RC_ASSERT(header.substr(36, 16) == read->span_id);
    }
  }));
}

TEST(TraceContext, IsFreshAndKeepsItsParentsTrace) {
  std::set<std::string> spans;
  const TraceContext parent = make_trace_context();
  for (int i = 0; i < 1000; ++i) {
    const TraceContext child = make_trace_context(&parent);
    EXPECT_TRUE(child.valid());
    EXPECT_EQ(child.trace_id, parent.trace_id);
    EXPECT_TRUE(spans.insert(child.span_id).second);
  }
  const TraceContext none;
  EXPECT_TRUE(make_trace_context(&none).valid());
  TraceContext unsampled = parent;
  unsampled.sampled = false;
  EXPECT_FALSE(make_trace_context(&unsampled).sampled);
}

TEST(TraceContext, AForkedChildDrawsOtherIds) {
  make_trace_context();  // the buffer is filled
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string id = make_trace_context().trace_id;
    _exit(write(ends[1], id.data(), id.size()) == 32 ? 0 : 1);
  }
  std::string theirs(32, ' ');
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), 32);
  EXPECT_NE(make_trace_context().trace_id, theirs);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(CorrelationScope, InheritsWhatItDoesNotSet) {
  EXPECT_EQ(current_correlation(), Correlation{});
  const TraceContext trace = make_trace_context();
  {
    const CorrelationScope outer({"s", "t", "", "", "", trace});
    {
      const CorrelationScope inner({"", "", "u", "i", "", {}});
      EXPECT_EQ(current_correlation(), (Correlation{"s", "t", "u", "i", "", trace}));
      const CorrelationScope other({"", "t2", "", "", "c", {}});
      EXPECT_EQ(current_correlation(), (Correlation{"s", "t2", "u", "i", "c", trace}));
    }
    EXPECT_EQ(current_correlation(), (Correlation{"s", "t", "", "", "", trace}));
    const CorrelationScope same(current_correlation());
    EXPECT_EQ(current_correlation(), (Correlation{"s", "t", "", "", "", trace}));
  }
  EXPECT_EQ(current_correlation(), Correlation{});
}

TEST(CorrelationScope, IsThereWhileAThreadEnds) {
  // An object of the thread that asks in its destructor, when the scopes' storage may be gone.
  struct Late {
    std::string* seen = nullptr;
    ~Late() {
      const CorrelationScope scope({"late", "", "", "", "", {}});
      *seen = current_correlation().session;
    }
  };
  std::string seen = "untouched";
  std::thread([&seen] {
    static thread_local Late late;
    late.seen = &seen;
    const CorrelationScope scope({"s", "", "", "", "", {}});
  }).join();
  EXPECT_TRUE(seen == "late" || seen.empty()) << seen;
}

// What a nest of scopes must come to, the simple way.
Correlation merged(const Correlation& inner, const Correlation& outer) {
  const auto first = [](const std::string& a, const std::string& b) { return a.empty() ? b : a; };
  return {first(inner.session, outer.session), first(inner.thread, outer.thread),
          first(inner.turn, outer.turn),       first(inner.item, outer.item),
          first(inner.call, outer.call),       inner.trace.valid() ? inner.trace : outer.trace};
}

Correlation any_correlation() {
  const auto field = [] {
    return *rc::gen::element<std::string>("", "", "a", "b", "long enough for the heap");
  };
  Correlation made{field(), field(), field(), field(), field(), {}};
  if (*rc::gen::arbitrary<bool>()) made.trace = make_trace_context();
  return made;
}

TEST(CorrelationProperty, AnyNestingInheritsAndRestores) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Correlation> expected{{}};
    std::vector<std::unique_ptr<CorrelationScope>> open;
    const int steps = *rc::gen::inRange(0, 40);
    for (int step = 0; step < steps; ++step) {
      if (open.empty() || *rc::gen::inRange(0, 5) < 3) {
        const Correlation next = any_correlation();
        open.push_back(std::make_unique<CorrelationScope>(next));
        expected.push_back(merged(next, expected.back()));
      } else {
        open.pop_back();
        expected.pop_back();
      }
      RC_ASSERT(current_correlation() == expected.back());
    }
    while (!open.empty()) {
      open.pop_back();
      expected.pop_back();
      RC_ASSERT(current_correlation() == expected.back());
    }
    RC_ASSERT(current_correlation() == Correlation{});
  }));
}

TEST(CorrelationProperty, IsHandedOverAlongAnyChainOfThreads) {
  EXPECT_TRUE(rc::check("hand-over", [] {
    const int threads = *rc::gen::inRange(1, 6);
    Correlation handed;
    Correlation expected;
    for (int i = 0; i < threads; ++i) {
      const Correlation own = any_correlation();
      expected = merged(own, expected);
      // Captured where the scope is open, restored on a thread that knows nothing.
      handed = std::async(std::launch::async, [&handed, &own] {
                 if (current_correlation() != Correlation{})
                   return Correlation{"dirty", "", "", "", "", {}};
                 const CorrelationScope restored(handed);
                 const CorrelationScope scope(own);
                 return current_correlation();
               }).get();
      RC_ASSERT(handed == expected);
    }
    RC_ASSERT(current_correlation() == Correlation{});
  }));
}

TEST(CorrelationProperty, ThreadsDoNotSeeEachOther) {
  constexpr int kThreads = 8;
  std::vector<std::future<bool>> results;
  for (int thread = 0; thread < kThreads; ++thread) {
    results.push_back(std::async(std::launch::async, [thread] {
      const std::string name = "session of thread " + std::to_string(thread);
      bool right = true;
      for (int turn = 0; turn < 500; ++turn) {
        const CorrelationScope scope({name, "", std::to_string(turn), "", "", {}});
        right &= current_correlation().session == name;
        right &= current_correlation().turn == std::to_string(turn);
      }
      return right && current_correlation() == Correlation{};
    }));
  }
  for (auto& result : results)
    EXPECT_TRUE(result.get());
}

}  // namespace
}  // namespace codex::telemetry
