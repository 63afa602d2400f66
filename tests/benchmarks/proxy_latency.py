#!/usr/bin/env python3
"""What `observe` adds to each line: a line goes to a program that sends it back, and the next one when it is there.

    tests/benchmarks/proxy_latency.py [--program build/codex-telemetry-diff] [--lines N] [--rounds N]

Prints a table in Markdown: microseconds for a line there and back, median and 99th percentile, of the best of several
rounds; bytes a second of one direction; and what starting costs. Run it on a quiet machine.
"""
from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Sequence

ROOT = Path(__file__).resolve().parents[2]
ECHO = [sys.executable, "-I", "-c", "import os\nwhile piece := os.read(0, 1 << 20): os.write(1, piece)"]
EVENT = '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"%s"}}\n'
LINES = {"200 bytes": 200, "4 KiB": 4096, "60 KiB": 60000}


def round_trips(command: Sequence[str], line: bytes, count: int) -> list[float]:
    """Microseconds, each."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, bufsize=0) as process:
        assert process.stdin and process.stdout
        there, back = process.stdin.fileno(), process.stdout.fileno()
        times = []
        for number in range(count + count // 10):
            start = time.perf_counter_ns()
            os.write(there, line)
            left = len(line)
            while left:
                left -= len(os.read(back, 1 << 20))
            if number >= count // 10:  # the first warm it up
                times.append((time.perf_counter_ns() - start) / 1000)
        process.stdin.close()
    return times


def throughput(prefix: Sequence[str], megabytes: int) -> float:
    """MB a second that `cat` prints into this process."""
    with tempfile.NamedTemporaryFile() as data:
        line = (EVENT % ("x" * 900)).encode()
        data.write(line * (megabytes * 1_000_000 // len(line)))
        data.flush()
        start = time.perf_counter()
        with subprocess.Popen([*prefix, "cat", data.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            assert process.stdout
            size = 0
            while piece := os.read(process.stdout.fileno(), 1 << 20):
                size += len(piece)
            return size / 1e6 / (time.perf_counter() - start)


def started(prefix: Sequence[str], count: int) -> list[float]:
    """Milliseconds of a program that does nothing."""
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        subprocess.run([*prefix, "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter_ns() - start) / 1e6)
    return times


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/codex-telemetry-diff")
    parser.add_argument("--lines", type=int, default=5000, help="a round (5000)")
    parser.add_argument("--rounds", type=int, default=5, help="of which the best counts (5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        observe = [str(options.program.resolve()), "observe", "--transport", "exec"]
        ways = {
            "without": [],
            "observe, no output": [*observe, "--log", "none", "--"],
            "observe --log FILE": [*observe, "--log", f"{folder}/log", "--"],
            "observe --log, --events, --tape": [*observe, "--log", f"{folder}/log", "--events", f"{folder}/events",
                                                "--tape", f"{folder}/", "--"],
        }
        print(f"{platform.machine()}, {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}, "
              f"Python {platform.python_version()}; {options.lines} lines a round, best of {options.rounds}\n")
        print("| | " + " | ".join(f"{name}: median, p99 (µs)" for name in LINES) + " | MB/s | start (ms) |")
        print("|---|" + "---|" * (len(LINES) + 2))
        for way, prefix in ways.items():
            cells = []
            for size in LINES.values():
                line = (EVENT % ("x" * (size - len(EVENT) + 1))).encode()
                rounds = [round_trips([*prefix, *ECHO], line, options.lines) for _ in range(options.rounds)]
                best = min(rounds, key=statistics.median)
                cells.append(f"{statistics.median(best):.1f}, {percentile(best, 0.99):.1f}")
            speed = max(throughput(prefix, 100) for _ in range(options.rounds))
            start = min(statistics.median(started(prefix, 20)) for _ in range(options.rounds))
            print(f"| {way} | " + " | ".join(cells) + f" | {speed:.0f} | {start:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
