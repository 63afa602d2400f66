#!/usr/bin/env python3
"""Runs the commands that a page shows, and compares what they print with what the page says.

    run_docs.py --tree TREE --program PROGRAM PAGE.md …

A page's commands stand in fenced blocks marked ``console``:

    $ a command             bash runs it; lines that begin with "> " continue it
    what it prints          stdout and stderr, in the order in which they come
    a line …                "…" in a line stands for any text of that line
    …                       alone on a line: for any lines

All blocks of one page run in one shell, one after another, in a folder that looks like the project
and is thrown away afterwards: nothing that a page does touches TREE. Blocks of other kinds
(``sh``, ``text``) are not run. A page without a command is an error, as is one whose output is
not what it says; the exit status is then 1.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COPIED = ("harness/data", "harness/sessions", "harness/recordings", "golden/transcripts", "matrix")
FENCE = re.compile(r"^```(\S*)\s*$")
ANY_LINES = "…"


class Step:
    """One command of a page and the lines that it should print."""

    def __init__(self, line, command):
        self.line = line
        self.command = command
        self.expected = []


def steps(text):
    """The commands of a page, in order."""
    found, kind = [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if fence:
            kind = None if kind is not None else fence.group(1)
        elif kind != "console":
            continue
        elif line.startswith("$ "):
            found.append(Step(number, line[2:]))
        elif line.startswith("> ") and found and not found[-1].expected:
            found[-1].command += "\n" + line[2:]
        elif found:
            found[-1].expected.append(line)
        else:
            raise ValueError(f"line {number}: output without a command")
    if kind is not None:
        raise ValueError("a block is not closed")
    for step in found:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return found


def line_fits(pattern, line):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), line) is not None


def fits(expected, actual):
    """Do the lines `actual` fit the lines `expected`, with "…" for any lines?"""
    if not expected:
        return not actual
    if expected[0] == ANY_LINES:
        return any(fits(expected[1:], actual[skip:]) for skip in range(len(actual) + 1))
    return bool(actual) and line_fits(expected[0], actual[0]) and fits(expected[1:], actual[1:])


def project(folder, tree, program):
    """A folder like TREE, with all that a command may change copied."""
    for name in COPIED:
        shutil.copytree(tree / name, folder / name)
    for name in (".venv", "scripts", "docs"):
        if (tree / name).exists():
            (folder / name).symlink_to((tree / name).resolve())
    (folder / "build").mkdir()
    (folder / "build" / "codex-telemetry-diff").symlink_to(program)


def environment(folder):
    keep = {key: value for key, value in os.environ.items() if key in ("PATH", "TMPDIR")}
    return keep | {
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "CODEX_TELEMETRY_DATA_DIR": str(folder),
        "COLUMNS": "100",
    }


def run_page(page, tree, program, timeout):
    """What is wrong with the page; nothing where all is as it says."""
    found = steps(page.read_text(encoding="utf-8"))
    if not found:
        return [f"{page}: shows no command"]
    end = f"end-of-step-{os.getpid()}"
    script = "".join(f"{step.command}\nstatus=$?\nprintf '%s\\n' '{end}'\n(exit $status)\n" for step in found)
    with tempfile.TemporaryDirectory(prefix="docs-") as name:
        folder = Path(name)
        project(folder, tree, program)
        ran = subprocess.run(
            ["bash"], input=script, cwd=folder, env=environment(folder), timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    outputs = ran.stdout.split(end + "\n")
    problems = []
    for index, step in enumerate(found):
        if index >= len(outputs) - 1:
            problems.append(f"{page}:{step.line}: the shell ended before it came to `{step.command}`")
            break
        actual = [line.rstrip() for line in outputs[index].splitlines()]
        while actual and not actual[-1]:
            actual.pop()
        if not fits([line.rstrip() for line in step.expected], actual):
            problems.append("\n".join(
                [f"{page}:{step.line}: `{step.command}` prints"]
                + ["    " + line for line in actual] + ["  and the page says"]
                + ["    " + line for line in step.expected]))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--timeout", type=float, default=240, help="seconds a page may take")
    parser.add_argument("page", type=Path, nargs="+")
    options = parser.parse_args()
    problems = []
    for page in options.page:
        try:
            problems += run_page(page, options.tree.resolve(), options.program.resolve(), options.timeout)
        except (ValueError, OSError) as error:
            problems.append(f"{page}: {error}")
        except subprocess.TimeoutExpired:
            problems.append(f"{page}: took more than {options.timeout:g} s")
    print("\n".join(problems) if problems else f"{len(options.page)} pages print what they say")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
