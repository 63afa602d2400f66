#!/usr/bin/env python3
"""Record a session of the real codex as a tape.

    scripts/record_exec.py harness/recordings/echo.json -o harness/sessions

runs `codex exec` once per codex call of the session's driver, each exactly as the Python client would start it,
against a scripted model on loopback, and writes `echo.tape.jsonl`. With `--raw` it writes `echo.exec.jsonl`: what
the one process printed, and nothing else. Nothing leaves the machine, and the machine does not get onto the tape.
`recording/README.md` describes the data file.
"""
from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from recording import RecordingError
from recording.binary import Binary
from recording.driver import planned_calls
from recording.tape import tape_lines
from recording.workshop import Workshop

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    options = parse(argv)
    try:
        for script in options.script:
            print(record(script, options))
    except RecordingError as error:
        print(f"record_exec: {error}", file=sys.stderr)
        return 1
    return 0


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", 1)[0],
        epilog="example: scripts/record_exec.py harness/recordings/echo.json -o harness/sessions",
    )
    parser.add_argument("script", nargs="+", type=Path, help="the session's data file, harness/recordings/NAME.json")
    parser.add_argument("-o", "--out", required=True, type=Path, help="folder for NAME.tape.jsonl")
    parser.add_argument("--raw", action="store_true", help="write NAME.exec.jsonl: the bytes of stdout alone")
    parser.add_argument("--codex", type=Path, help="the codex executable (default: the one that --python ships)")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python",
                        help="the Python with the clients: it names codex and runs MCP servers (default: .venv)")
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds for one process (60)")
    return parser.parse_args(argv)


def record(script: Path, options: argparse.Namespace) -> Path:
    """Runs one session from its data file and writes it; returns the file written."""
    name, session = script.stem, load(script)
    binary = Binary.find(options.codex, options.python)
    calls = planned_calls(session["driver"])
    if options.raw and len(calls) != 1:
        raise RecordingError(f"{script}: a raw log is one process, and the driver starts {len(calls)}")
    with Workshop(session, options.python, ROOT) as workshop:
        runs = workshop.run_all(binary.path, calls, options.timeout)
        replaced = workshop.replacements.described()
        workshop.check_private(runs)
    if options.raw:
        return write(options.out / f"{name}.exec.jsonl", runs[0].stdout)
    recorded = {**binary.provenance(), "script": f"harness/recordings/{script.name}", "replaced": replaced}
    return write(options.out / f"{name}.tape.jsonl", b"".join(tape_lines(session, recorded, runs)))


def load(script: Path) -> dict:
    try:
        session = json.loads(script.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordingError(f"{script}: {error}") from error
    for key in ("title", "driver", "answers"):
        if key not in session:
            raise RecordingError(f"{script}: no {key!r}")
    return session


def write(path: Path, content: bytes) -> Path:
    """Replaces the file in one step, so that a recording that is stopped leaves the old tape whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content)
    os.replace(draft, path)
    return path


if __name__ == "__main__":
    sys.exit(main())
