#!/usr/bin/env python3
"""Runs fuzz targets of ctd_parser_fuzz, each from the tree's own seeds, and prints a line for each: executions, rate,
coverage (edges of the whole program) at the start, after two thirds and at the end.

Exit status: 0 where nothing was found; 1 where something was: the input that shows it is named."""
from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    executions: int
    seconds: float
    coverage: list[tuple[int, int]]  # after so many executions, so many edges
    finding: str  # empty: none

    def at(self, executions: float) -> int:
        return max((edges for done, edges in self.coverage if done <= executions), default=0)

    def line(self, target: str) -> str:
        start = self.coverage[0][1] if self.coverage else 0
        then, end = self.at(self.executions * 2 / 3), self.at(self.executions)
        grown = "flat" if end == then else f"+{end - then} ({100 * (end - then) / end:.1f} %)"
        rate = self.executions / max(self.seconds, 1)
        return (f"{target:18}{self.executions:>10,}{self.seconds:>7.0f} s{rate:>8,.0f}/s"
                f"{start:>8,}{then:>8,}{end:>8,}  {self.finding or grown}")


HEAD = f"{'target':18}{'runs':>10}{'time':>9}{'rate':>10}{'seeds':>8}{'at 2/3':>8}{'end':>8}  last third"


def read_log(log: str) -> Run:
    """Of libFuzzer's own words."""
    coverage = [(int(done), int(edges)) for done, edges in re.findall(r"^#(\d+)\t\w+\s+cov: (\d+)", log, re.MULTILINE)]
    inited = next((i for i, line in enumerate(re.findall(r"^#\d+\t(\w+)\s+cov:", log, re.MULTILINE)) if line == "INITED"), 0)
    coverage = coverage[inited:]
    done = re.search(r"^Done (\d+) runs in (\d+) second", log, re.MULTILINE)
    executions = int(done[1]) if done else max((done for done, _ in coverage), default=0)
    if done:
        return Run(executions, float(done[2]), coverage, "")
    said = re.search(r"^(does not hold: .*|.*runtime error: .*|==\d+==ERROR: .*)$", log, re.MULTILINE)
    wrote = re.search(r"Test unit written to (\S+)", log)
    what = said[1] if said else (log.strip().splitlines() or ["nothing was said"])[-1]
    return Run(executions, 0, coverage, f"FOUND {what[:160]}" + (f": {wrote[1]}" if wrote else ""))


def targets_of(program: str) -> dict[str, int]:
    """Name → the longest input."""
    listed = subprocess.run([program, "--list"], check=True, capture_output=True, text=True)
    return {name: int(longest) for name, longest in map(str.split, listed.stdout.splitlines())}


def run_target(program: str, target: str, longest: int, folder: Path, arguments: argparse.Namespace) -> Run:
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    subprocess.run([program, f"--target={target}", f"--seeds={folder / 'seeds'}"], check=True)
    command = [program, f"--target={target}", f"-runs={arguments.runs}", f"-seed={arguments.seed}",
               f"-max_len={longest}", "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={folder}/"]
    if arguments.seconds:
        command.append(f"-max_total_time={arguments.seconds}")
    with open(folder / "log.txt", "w+", encoding="utf-8", errors="replace") as log:
        status = subprocess.run([*command, corpus, folder / "seeds"], stdout=log, stderr=log, check=False).returncode
        log.seek(0)
        run = read_log(log.read())
    if status != 0 and not run.finding:
        return Run(run.executions, run.seconds, run.coverage, f"FOUND exit status {status}: {folder}/log.txt")
    return run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of corpora, logs and findings")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=0, help="at most so long a target; 0: until the runs are done")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("target", nargs="*", help="default: all but the planted one")
    arguments = parser.parse_args()
    known = targets_of(arguments.program)
    wanted = arguments.target or [name for name in known if name != "planted"]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        parser.error(f"no target is named {', '.join(unknown)}; there are {', '.join(known)}")
    print(HEAD, flush=True)
    found = False
    for target in wanted:
        run = run_target(arguments.program, target, known[target], arguments.output / target, arguments)
        print(run.line(target), flush=True)
        found = found or bool(run.finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
