#!/usr/bin/env python3
"""Makes docs/benchmarks.md of the results of scripts/benchmark.

    report.py FOLDER      FOLDER has cpp.N.json, agents.N.json, opentelemetry.N.json, ingest-CLIENT.N.json,
                          replay.N.json and reports.N.txt of N rounds, growth.SIZE.json and compare.json

The targets stand in targets.json, what limits those that are missed in limits.json.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

from judge import judge, limits
from measures import Measures

HERE = pathlib.Path(__file__).resolve().parent
APART = ("rate/", "events/", "allocations/", "compare/", "replay/", "reports/")
COMPARE_PEERS = ["cmp", "simdjson DOM", "GNU diff", "git diff", "dtl", "Python ==", "deepdiff"]

NOTES = """
`ingest/…` is the time of a line of one session, from its bytes to a handler that does nothing;
`agents/ingest` and `codex-sdk/ingest` are the processor time, all threads, that
`Thread.run_streamed` and the turn stream of `CodexClient` take for a line of the same session.

What they do stands in [tests/benchmarks](../tests/benchmarks). `log/spdlog_default_pattern`
makes spdlog's line of the same message and throws it away, as `log/json` does; spdlog's own
`null_sink` does not make it. With `dev_null`, ours writes each line with a system call of its
own, spdlog with `fwrite` and a flush. `scrub/re2_…` is `RE2::Set` over all expressions of the
rules, and `GlobalReplace` with those that match. The clean text is the corpus, in pieces of
4 KiB; the dense one has samples of all rules in turn.
"""


def debian(package):
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True
    )
    return shown.stdout or "not a Debian package"


def pinned(package):
    for line in (HERE / "requirements.in").read_text().splitlines():
        if line.startswith(package + "=="):
            return line.partition("==")[2]
    return "?"


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


def spread(values, show):
    low, high = show(min(values)), show(max(values))
    return f"{low} – {high}" if low != high else low


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def unit_of(name):
    if name.startswith(("compare/", "replay/")):
        return " s"
    return " ns"


def target_row(one):
    target, what = one.target, one.target["what"]
    bound = target.get("shown") or (f"{one.bound:,}" if one.bound >= 1000 else f"{one.bound:g}")
    sign = "≥" if one.is_least else "≤"
    if "peer" in target:
        more = " × cheaper" if "cheaper" in target else " ×"
        wanted = f"{sign} {bound}{more}"
        if one.met is None:
            return [what, "", f"`{target['peer']}`", "", "", wanted, one.verdict()]
        unit = unit_of(target["ours"])
        return [
            what,
            number(statistics.median(one.ours)) + unit,
            f"`{target['peer'].split('/')[-1] if target['peer'].startswith('compare/') else target['peer']}` "
            f"{number(statistics.median(one.peer))}{unit}",
            ratio(one.value) + more,
            spread(one.rounds, ratio) if one.rounds else "",
            wanted,
            one.verdict(),
        ]
    unit = f" {target['unit']}" if target["unit"] else ""
    wanted = f"{sign} {bound}{unit}" if "shown" not in target else bound
    if one.met is None:
        return [what, "", "", "", "", wanted, one.verdict()]
    return [what, number(one.value) + unit, "", "", spread(one.rounds, number), wanted, one.verdict()]


def against_the_targets(judged, texts):
    met = sum(one.met is True for one in judged)
    out = ["## Against the targets", ""]
    out += table(["what", "ours", "peer", "ratio", "of the rounds", "target", ""], map(target_row, judged))
    out += ["", f"{met} of {len(judged)} met.", ""]
    missed = limits(judged, texts)
    if missed:
        out += ["## What limits what is missed", ""]
        out += [f"* **{what}**: {text}" for what, text in missed]
        out += [""]
    return out


def all_of_them(values):
    rows = []
    for name, times in sorted(values.items()):
        if name.startswith(APART):
            continue
        rate, count = values.get(f"rate/{name}"), values.get(f"allocations/{name}")
        rows.append(
            [
                f"`{name}`",
                number(statistics.median(times)),
                spread(times, number),
                f"{number(statistics.median(rate))} MB/s" if rate else "",
                f"{max(count):.2f}" if count else "",
            ]
        )
    head = ["benchmark", "median, ns", "of the rounds", "rate", "allocations"]
    return ["## All of them", "", *table(head, rows), *NOTES.splitlines(), ""]


def replay(measures):
    if not measures.replays:
        return []
    values, corpus = measures.values, measures.replays[0]["corpus"]

    def row(what, name):
        seconds = values[name]
        return [what, f"{statistics.median(seconds):.2f}", spread(seconds, "{:.2f}".format)]

    rows = []
    for kind, of in (("cpu", "processor"), ("wall", "clock")):
        rows += [row(f"the corpus, observed and compared, {of}", f"replay/observed/{kind}")]
        rows += [row(f"the same drivers, nothing observed, {of}", f"replay/unobserved/{kind}")]
    for client in measures.replays[0]["first"]:
        rows += [row(f"one session of `{client}`, start to end", f"replay/first/{client}")]
        rows += [row(f"the bare import of `{client}`", f"replay/import/{client}")]
    rows += [row("C++ alone, all sessions, clock", "replay/cpp/wall")]
    rows += [row("C++ alone, all sessions, processor", "replay/cpp/cpu")]
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(corpus["verdicts"].items()))
    left_out = ", ".join(f"`{name}`" for name in corpus["left_out"]) or "none"
    return [
        "## Replay",
        "",
        f"{corpus['sessions']} sessions ({verdicts}), as many at a time as there are processors. The processor time is",
        "that of all processes. Nothing observed: the same tool, peers and drivers, with adapters that register",
        "no callback, hook, processor or log handler and render nothing (tests/benchmarks/unobserved), without",
        "the C++ subject and without goldens. The imports, one for each set of switches that a client reads",
        "when it is imported, are in both. A bare import is a Python that imports what the adapter does, and",
        "leaves at once. C++ alone runs where the worker with Python is not there, so none can be started.",
        "",
        f"Left out of both, because their clients wait for the time-out by design: {left_out}.",
        "",
        *table(["what", "median, s", "of the rounds"], rows),
        "",
    ]


def reports(measures):
    if "reports/seconds" not in measures.values:
        return []
    seconds, memory = measures.values["reports/seconds"], measures.values["reports/megabytes"]
    return [
        "## Reports",
        "",
        "10,000 sessions made of the goldens, with differences in a third of them and a night before, through",
        "every form: JSON, HTML, JUnit, text, Markdown, the summary and the issue (tests/soak/reports_soak.cc).",
        f"{statistics.median(seconds):.2f} s ({spread(seconds, '{:.2f}'.format)}); at most "
        f"{max(memory):.0f} MB of the process, which has the sessions and the history besides.",
        "",
    ]


def large_transcripts(measures):
    def cell(one, peer):
        seconds = one["seconds"].get(peer)
        return f"{statistics.median(seconds):.3f}" if seconds else ""

    def memory(one, peer):
        return f"{one['memory'][peer] / 1e6:,.0f}" if peer in one["memory"] else ""

    every = ["ours", *COMPARE_PEERS]
    rows, peaks, edits = [], [], []
    for one in measures.compared:
        which = [one["pair"], f"{one['size']:,}", f"{one['bytes'] / 1e6:.1f} MB"]
        rows.append([*which, *(cell(one, peer) for peer in every), spread(one["seconds"]["ours"], "{:.3f}".format)])
        peaks.append([*which, *(memory(one, peer) for peer in every)])
        if one["pair"] == "edited":
            told = [f"{one['reported'][peer]:,}" if peer in one["reported"] else "" for peer in ("ours", "deepdiff")]
            edits.append([which[1], f"{one['edits']:,}", *told])
    head = ["pair", "observations a side", "both"]
    return [
        "## Large transcripts",
        "",
        "Processor time of each process in seconds; `edited`: 0.1 % of the observations changed, inserted or",
        "deleted. Medians of three runs of ours, cmp, simdjson and GNU diff, in turns; the others ran once.",
        "`simdjson DOM` parses both sides line by line and compares nothing; `cmp` stops at the first byte",
        "that differs; dtl has the lines alone; deepdiff was run where it takes no more than a minute or two.",
        "",
        *table([*head, *every, "ours, of the runs"], rows),
        "",
        "Peak memory in MB. Ours and simdjson map the files, which are in it.",
        "",
        *table([*head, *every], peaks),
        "",
        "Differences told, of the edited pairs:",
        "",
        *table(["observations a side", "edits made", "ours", "deepdiff"], edits),
        "",
    ]


def page(measures, targets, texts):
    values, versions = measures.values, measures.versions
    rounds = max((len(found) for name, found in values.items() if not name.startswith(APART)), default=0)
    out = [
        "# Benchmarks",
        "",
        "The library, the replay and the comparing of transcripts beside their peers, in one run of",
        "`scripts/benchmark`, which installs the peers, builds, runs and writes this page; do not edit it. Read",
        "the ratios: the absolute numbers are those of one machine with whatever else ran there.",
        "",
        f"* machine: {processor()}, {len(os.sched_getaffinity(0))} processors, Linux {platform.release()}",
        f"* compiler: g++ {debian('g++-12')}, `-O2 -DNDEBUG` (CMake preset `benchmark`)",
        f"* peers: spdlog {debian('libspdlog-dev')}, RE2 {debian('libre2-dev')}, "
        f"prometheus-cpp {debian('prometheus-cpp-dev')}, simdjson {debian('libsimdjson-dev')}, "
        f"dtl {debian('libdtl-dev')}, GNU diff and cmp {debian('diffutils')}, git {debian('git')}, "
        f"deepdiff {pinned('deepdiff')}, openai-agents {versions.get('agents', '?')}, "
        f"openai-codex {versions.get('codex-sdk', '?')}, opentelemetry-sdk {versions.get('opentelemetry', '?')}, "
        f"CPython {platform.python_version()}; Google Benchmark {debian('libbenchmark-dev')}",
        f"* numbers: processor time, of the calling thread where nothing else is said; medians of {rounds} rounds, each",
        "  of which runs every benchmark and every peer",
        "",
    ]
    out += against_the_targets(judge(targets, values), texts)
    out += all_of_them(values) + replay(measures) + reports(measures) + large_transcripts(measures)
    out += ["## Growth of the observers", ""]
    rows = [[f"{lines:,}", f"`{name}`", f"{rate / 1e6:.2f} M/s"] for lines, name, rate in measures.growth()]
    return "\n".join(out + table(["lines", "benchmark", "rate"], rows))


def main():
    targets, texts = (json.loads((HERE / name).read_text()) for name in ("targets.json", "limits.json"))
    print(page(Measures(sys.argv[1]), targets, texts))


if __name__ == "__main__":
    main()
