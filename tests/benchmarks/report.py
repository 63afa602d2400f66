#!/usr/bin/env python3
"""Makes docs/benchmarks.md of the results of scripts/benchmark.

    report.py FOLDER      FOLDER has cpp.N.json, agents.N.json, opentelemetry.N.json and
                          ingest-CLIENT.N.json of N rounds, growth.SIZE.json and compare.json
"""

import json
import pathlib
import platform
import statistics
import subprocess
import sys

# (what, ours, peer, bound, how): ours / peer <= bound, or peer / ours >= bound where how is "x".
# From the project's targets; a peer in Python is named agents/… or opentelemetry/….
TARGETS = [
    ("Event, nobody listens", "event/nobody_listens", "floor/load_and_branch", 2, "<="),
    ("Event, one handler that does nothing; time, ids and correlation", "event/one_handler", "floor/steady_clock_now", 3, "<="),
    ("Span, 4 attributes, processor that does nothing", "span/4_attributes", "agents/span", 60, "x"),
    ("the same", "span/4_attributes", "opentelemetry/span", 100, "x"),
    ("the same", "span/4_attributes", "floor/steady_clock_now", 12, "<="),
    ("Span, 4 attributes, exported by OTLP over HTTP, all threads", "otlp/span", "opentelemetry/exported", 5, "x"),
    ("JSON log line, made and thrown away", "log/json", "log/hand_rendered", 2, "<="),
    ("the same", "log/json", "log/spdlog_default_pattern", 1, "<="),
    ("JSON log line, written to /dev/null and flushed", "log/json_dev_null", "log/spdlog_dev_null", 1, "<="),
    ("Counter, one thread", "counter/ours/real_time/threads:1", "counter/prometheus_cpp/real_time/threads:1", 1, "<="),
    ("Counter, two threads", "counter/ours/real_time/threads:2", "counter/prometheus_cpp/real_time/threads:2", 1, "<="),
    ("Counter of 100 series, Prometheus and StatsD every 10 ms; the peer scraped alike", "counter/ours_exported", "counter/prometheus_cpp_exported", 1, "<="),
    ("Observing exec, a line; the client's own stream", "ingest/exec", "agents/ingest", 25, "x"),
    ("Observing app-server, a line; the client's own stream", "ingest/app_server", "codex-sdk/ingest", 25, "x"),
    ("Scrubbing, clean text, as RE2 alone", "scrub/clean", "scrub/re2_clean", 1.5, "<="),
    ("Scrubbing, a secret every 100 bytes, as RE2 alone", "scrub/dense", "scrub/re2_dense", 1.5, "<="),
]

# (what, ours, at least): megabytes a second.
RATES = [
    ("Scrubbing, clean text", "scrub/clean", 100),
    ("Scrubbing, a secret every 100 bytes", "scrub/dense", 10),
]

# (what, ours, at least): events a second.
EVENT_RATES = [
    ("Observing exec, to a handler that does nothing", "ingest/exec", 2_000_000),
    ("Observing app-server, to a handler that does nothing", "ingest/app_server", 2_000_000),
]

# (pair, observations a side, seconds at most): of transcripts.
COMPARE_SECONDS = [
    ("equal", 100_000, 0.12),
    ("edited", 100_000, 0.2),
    ("equal", 1_000_000, 2),
    ("edited", 1_000_000, 2),
    ("rotated", 100_000, 10),
    ("nothing", 100_000, 10),
]
COMPARE_MEMORY = 128  # bytes an observation beyond the mapped files, of equal and edited ones
COMPARE_PEERS = ["GNU diff", "git diff", "Python =="]

# Paths on which nothing may be allocated once a thread is warm.
NO_ALLOCATION = [
    "event/nobody_listens",
    "event/one_handler",
    "span/4_attributes",
    "log/json",
    "ingest/exec_nobody_listens",
    "counter/ours/real_time/threads:1",
]


def read(folder):
    """Name -> nanoseconds of each round; name -> (MB/s …); name -> allocations a call; versions."""
    times, rates, allocations, versions = {}, {}, {}, {}
    for path in sorted(folder.glob("cpp.*.json")):
        for run in json.loads(path.read_text())["benchmarks"]:
            unit = {"ns": 1, "us": 1e3, "ms": 1e6}[run["time_unit"]]
            name, calls = run["name"], 1
            if name == "otlp/1000_spans/process_time":
                name, calls = "otlp/span", run["spans"]
            calls = run.get("lines", calls)
            times.setdefault(name, []).append(run["cpu_time"] * unit / calls)
            if "bytes_per_second" in run:
                rates.setdefault(run["name"], []).append(run["bytes_per_second"] / 1e6)
            if "allocations" in run:
                allocations[run["name"]] = run["allocations"]
    for peer in ("agents", "opentelemetry"):
        for path in sorted(folder.glob(f"{peer}.*.json")):
            result = json.loads(path.read_text())
            times.setdefault(f"{peer}/span", []).append(result["span"])
            if "exported" in result:
                times.setdefault(f"{peer}/exported", []).append(result["exported"])
            versions[peer] = result["version"]
    for client in ("agents", "codex-sdk"):
        for path in sorted(folder.glob(f"ingest-{client}.*.json")):
            result = json.loads(path.read_text())
            times.setdefault(f"{client}/ingest", []).append(result["event"])
            versions[client] = result["version"]
    return times, rates, allocations, versions


def debian(package):
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True
    )
    return shown.stdout or "not a Debian package"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def large_transcripts(folder, rows):
    """Adds to the rows of targets; gives the table, and how many are missed."""
    path = folder / "compare.json"
    found = json.loads(path.read_text()) if path.exists() else []
    by_pair = {(one["pair"], one["size"]): one for one in found}
    missed = 0
    for pair, size, most in COMPARE_SECONDS:
        one = by_pair.get((pair, size))
        if one is None:
            continue
        met = one["ours"] <= most
        missed += not met
        rows.append(
            [f"Comparing {size:,} observations, {pair}", f"{one['ours']:.2f} s",
             f"`GNU diff` {one['GNU diff']:.2f} s", f"{one['ours'] / one['GNU diff']:.2f} ×",
             f"≤ {most} s", "met" if met else "**missed**"]
        )  # fmt: skip
        if pair in ("equal", "edited"):
            met = one["memory"] <= COMPARE_MEMORY
            missed += not met
            rows.append(
                ["the same, memory beyond the files", f"{one['memory']:.0f} bytes an observation", "", "",
                 f"≤ {COMPARE_MEMORY}", "met" if met else "**missed**"]
            )  # fmt: skip
    shown = [
        [one["pair"], f"{one['size']:,}", f"{one['bytes'] / 1e6:.1f} MB", f"{one['ours']:.3f}",
         *(f"{one[peer]:.3f}" for peer in COMPARE_PEERS), f"{one['memory']:,.0f}"]
        for one in found
    ]  # fmt: skip
    head = ["pair", "observations a side", "both", "ours, s", *(f"{peer}, s" for peer in COMPARE_PEERS)]
    return table([*head, "ours, bytes an observation"], shown), missed


def growth(folder):
    rows = {}
    for path in folder.glob("growth.*.json"):
        for run in json.loads(path.read_text())["benchmarks"]:
            rows[int(run["lines"]), run["name"]] = run["items_per_second"]
    return [[f"{lines:,}", f"`{name}`", f"{rate / 1e6:.2f} M/s"] for (lines, name), rate in sorted(rows.items())]


def main():
    times, rates, allocations, versions = read(pathlib.Path(sys.argv[1]))
    median = {name: statistics.median(values) for name, values in times.items()}
    rounds = max(len(values) for values in times.values())
    out = [
        "# Benchmarks",
        "",
        "The library and the comparing of transcripts beside their peers, in one run of `scripts/benchmark`, which",
        "installs the peers, builds, runs and writes this page; do not edit it. Read the ratios: the",
        "absolute numbers are those of one machine with whatever else ran there.",
        "",
        f"* machine: {processor()}, {len(__import__('os').sched_getaffinity(0))} processors, "
        f"Linux {platform.release()}",
        f"* compiler: g++ {debian('g++-12')}, `-O2 -DNDEBUG` (CMake preset `benchmark`)",
        f"* peers: spdlog {debian('libspdlog-dev')}, RE2 {debian('libre2-dev')}, "
        f"prometheus-cpp {debian('prometheus-cpp-dev')}, openai-agents {versions['agents']}, "
        f"opentelemetry-sdk {versions['opentelemetry']}, CPython {platform.python_version()}; "
        f"Google Benchmark {debian('libbenchmark-dev')}",
        f"* numbers: processor time of the calling thread, medians of {rounds} rounds, each of which",
        "  runs every benchmark and every peer",
        "",
        "## Against the targets",
        "",
    ]
    rows, missed = [], 0
    for what, ours, peer, bound, how in TARGETS:
        if ours not in median or peer not in median:
            rows.append([what, "", f"`{peer}` was not run", "", "", ""])
            missed += 1
            continue
        value = median[ours] / median[peer] if how == "<=" else median[peer] / median[ours]
        met = value <= bound if how == "<=" else value >= bound
        missed += not met
        shown = f"{ratio(value)} ×" if how == "<=" else f"{ratio(value)} × cheaper"
        wanted = f"≤ {bound} ×" if how == "<=" else f"≥ {bound} × cheaper"
        rows.append(
            [what, f"{number(median[ours])} ns", f"`{peer}` {number(median[peer])} ns", shown, wanted,
             "met" if met else "**missed**"]
        )  # fmt: skip
    for what, ours, least in RATES:
        rate = statistics.median(rates[ours])
        missed += rate < least
        rows.append([what, f"{number(rate)} MB/s", "", "", f"≥ {least} MB/s", "met" if rate >= least else "**missed**"])
    for what, ours, least in EVENT_RATES:
        rate = 1e9 / median[ours]
        missed += rate < least
        rows.append([what, f"{number(rate)} events/s", "", "", f"≥ {least:,} events/s", "met" if rate >= least else "**missed**"])
    compared, more_missed = large_transcripts(pathlib.Path(sys.argv[1]), rows)
    missed += more_missed
    for ours in NO_ALLOCATION:
        count = allocations[ours]
        met = count < 0.01
        missed += not met
        rows.append([f"Allocations a call, `{ours}`", f"{count:.2f}", "", "", "0", "met" if met else "**missed**"])
    out += table(["what", "ours", "peer", "ratio", "target", ""], rows)
    out += ["", f"{len(rows) - missed} of {len(rows)} met.", "", "## All of them", ""]
    rows = []
    for name, values in sorted(times.items()):
        rate = f"{number(statistics.median(rates[name]))} MB/s" if name in rates else ""
        count = f"{allocations[name]:.2f}" if name in allocations else ""
        rows.append(
            [f"`{name}`", number(median[name]), f"{number(min(values))} – {number(max(values))}", rate, count]
        )
    out += table(["benchmark", "median, ns", "range, ns", "rate", "allocations"], rows)
    out += ["", "## Large transcripts", "", "Processor time of each process, `edited`: 0.1 % of the observations. Memory is the peak of the", "process less the size of both files, which it maps.", ""]
    out += compared
    out += ["", "## Growth of the observers", ""]
    out += table(["lines", "benchmark", "rate"], growth(pathlib.Path(sys.argv[1])))
    out += [
        "",
        "`ingest/…` is the time of a line of one session, from its bytes to a handler that does nothing;",
        "`agents/ingest` and `codex-sdk/ingest` are the processor time, all threads, that",
        "`Thread.run_streamed` and the turn stream of `CodexClient` take for a line of the same session.",
        "",
        "Where the rest of the time goes, from profiles (perf): a JSON log line reads the clock (a quarter of",
        "it) and makes four locked instructions, two that keep the handlers alive and two that let",
        "`detach()` wait for other threads; spdlog's line takes one lock. Of a line that is observed, about",
        "half is spent on reading it into values, each long text with memory of its own, and a fifth on",
        "looking for secrets; an app-server delta also goes through the scrubber of streams.",
        "",
        "What they do stands in [tests/benchmarks](../tests/benchmarks). `log/spdlog_default_pattern`",
        "makes spdlog's line of the same message and throws it away, as `log/json` does; spdlog's own",
        "`null_sink` does not make it. With `dev_null`, ours writes each line with a system call of its",
        "own, spdlog with `fwrite` and a flush. `scrub/re2_…` is `RE2::Set` over all expressions of the",
        "rules, and `GlobalReplace` with those that match. The clean text is the corpus, in pieces of",
        "4 KiB; the dense one has samples of all rules in turn.",
    ]
    print("\n".join(out))


if __name__ == "__main__":
    main()
