#!/usr/bin/env python3
"""Compare recordings of the same sessions.

    scripts/compare_tapes.py harness/sessions/hello-app-server.tape.jsonl /tmp/tapes/hello-app-server.tape.jsonl

prints a diff of what they say once ids are numbered and clocks are masked, nothing where they say the same. Given two
folders it compares the tapes that both have. With `--lanes` the order of messages that do not depend on each other may
differ: a line says so. With `--shape` it prints by kind of message what another version of codex has changed.

Exit status: 0 the same, 1 not, 2 a file cannot be read.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Iterator

from recording import RecordingError
from recording.compare import differences, masks
from recording.printable import printable
from recording.shape import Shape, changes


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="compare_tapes", description=__doc__.split("\n", 1)[0], epilog="put aside in both:\n" + masks(),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("left", type=Path, help="a tape, or a folder of tapes")
    parser.add_argument("right", type=Path, help="another recording of it, or of them")
    parser.add_argument("--lanes", action="store_true",
                        help="let the order of messages that do not depend on each other differ")
    parser.add_argument("--shape", action="store_true", help="print a table of changes by kind of message instead")
    parser.add_argument("--width", type=int, default=0, metavar="N", help="cut lines after N characters (0: never)")
    options = parser.parse_args(argv)
    status = 0
    try:
        both = list(pairs(options.left, options.right))
        if options.shape:
            return compare_shapes(both)
        for left, right in both:
            status |= compare(left, right, options.lanes, options.width)
    except RecordingError as error:
        print(f"compare_tapes: {error}", file=sys.stderr)
        return error.status
    return status


def compare(left: Path, right: Path, lanes: bool, width: int) -> int:
    diff = differences(left, right)
    if diff and lanes and not differences(left, right, by_lane=True):
        print(f"{right}: the same but for the order of messages that do not depend on each other")
        return 0
    for line in diff:
        print(printable(line)[:width or None])
    return 1 if diff else 0


def compare_shapes(both: list[tuple[Path, Path]]) -> int:
    left, right = Shape(), Shape()
    for old, new in both:
        left.add(old)
        right.add(new)
    rows = list(changes(left, right))
    for kind, change in rows:
        print(printable(f"| `{kind}` | {change} |"))
    return 1 if rows else 0


def pairs(left: Path, right: Path) -> Iterator[tuple[Path, Path]]:
    if not left.is_dir() or not right.is_dir():
        yield left, right
        return
    names = {path.name for path in left.glob("*.jsonl")} & {path.name for path in right.glob("*.jsonl")}
    if not names:
        raise RecordingError(f"{left} and {right} have no tape of the same name")
    for name in sorted(names):
        yield left / name, right / name


if __name__ == "__main__":
    sys.exit(main())
