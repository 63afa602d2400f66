// A span with four attributes, exported by OTLP to a receiver in another process: what all threads
// of this one pay for it, from its start until the receiver has answered.
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "codex/telemetry/otlp.h"
#include "tests/support/failure_server.h"

#include <benchmark/benchmark.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace {

namespace tel = codex::telemetry;
using codex::json::Object;

// Takes all, in a process of its own, until this one ends.
class Sink {
 public:
  Sink() {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      codex::test::FailureServer server;
      server.forget_requests();
      const std::string url = server.url() + "\n";
      if (::write(ends[1], url.data(), url.size()) < 0) ::_exit(1);
      for (;;)
        ::pause();
    }
    ::close(ends[1]);
    for (char c; ::read(ends[0], &c, 1) == 1 && c != '\n';)
      url_ += c;
    ::close(ends[0]);
  }
  ~Sink() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  const std::string& url() const { return url_; }

 private:
  pid_t child_ = -1;
  std::string url_;
};

void exported(benchmark::State& state) {
  constexpr int kSpans = 1000;
  const Sink sink;
  tel::Logger logger("openai.agents");
  tel::TraceProvider::Options options;
  options.logger = &logger;
  tel::TraceProvider provider(options);
  const auto otlp = tel::attach_otlp({.traces = &provider}, tel::otlp_options(sink.url()));
  const auto trace = provider.create_trace({});
  provider.start_trace(trace);
  for (auto _ : state) {
    for (int i = 0; i < kSpans; ++i) {
      Object data;
      data.append("tool", "command_execution");
      data.append("command", "ls -la src");
      data.append("exit_code", 0);
      data.append("status", "completed");
      const auto made =
          provider.create_span(std::make_shared<tel::CustomSpanData>("step", std::move(data)));
      provider.start(made, true);
      provider.finish(made, true);
    }
    otlp->flush(std::chrono::steady_clock::now() + std::chrono::seconds(30));
  }
  provider.finish_trace(trace);
  const tel::ExporterStats stats = otlp->stats().at(0);
  if (stats.exported != stats.emitted) state.SkipWithError("not all were exported");
  state.counters["spans"] = kSpans;
}
BENCHMARK(exported)->Name("otlp/1000_spans")->MeasureProcessCPUTime();

}  // namespace
