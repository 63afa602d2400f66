#!/usr/bin/env python3
"""Record sessions of the real codex as tapes.

    scripts/record.py harness/recordings/echo.json -o /tmp/tapes

runs the real codex against a scripted model on loopback and writes `echo-exec.tape.jsonl` (`codex exec`, one process
per codex call of the session's driver) and `echo-app-server.tape.jsonl` (one `codex app-server`), each started and
spoken to exactly as its Python client would. `--transport` records one of them; `--short` leaves `-exec` out of the
name; `--raw` writes `echo.exec.jsonl`, what the one process printed and nothing else. Nothing leaves the machine, and
the machine does not get onto the tape. `recording/README.md` describes the data file.

Exit status: 0 recorded, 2 a data file or an option is wrong or codex did not do what the file says, 3 codex or the
Python with the clients cannot run, 70 a bug of ours, 130 interrupted.
"""
from __future__ import annotations

import argparse
import copy
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Iterable, Sequence

from recording import RecordingError
from recording.app_server import AppServer
from recording.binary import Binary
from recording.driver import planned_calls
from recording.exec_runs import run_all
from recording.printable import printable
from recording.progress import Progress
from recording.checks import TRANSPORTS
from recording.session import Session
from recording.steps import Player
from recording.tape import app_server_lines, exec_lines, header
from recording.workshop import Workshop

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str] | None = None) -> int:
    options = parse(argv)
    try:
        return record_all(options)
    except KeyboardInterrupt:
        print("record: interrupted", file=sys.stderr)
        return 130
    except Exception:
        traceback.print_exc()
        print("record: a bug of ours: please report it with the command that you ran", file=sys.stderr)
        return 70


def record_all(options: argparse.Namespace) -> int:
    """Data files are all read before codex runs; then a session that cannot be recorded leaves the others alone."""
    status, sessions = 0, []
    for script in options.script:
        try:
            sessions.append(Session.load(script))
        except RecordingError as error:
            status = said(error, status)
    if status:
        return status
    progress = Progress(sum(len(transports(session, options)) for session in sessions), options.quiet)
    try:
        for session in sessions:
            try:
                for tape in record(session, options, progress):
                    progress.clear()
                    if not options.quiet:
                        print(tape, flush=True)
            except RecordingError as error:
                progress.clear()
                status = said(error, status)
    finally:
        progress.clear()
    return status


def transports(session: Session, options: argparse.Namespace) -> Sequence[str]:
    """Those to record; a raw log is of exec."""
    return ["exec"] if options.raw else [options.transport] if options.transport else session.transports


def said(error: RecordingError, status: int) -> int:
    print(f"record: {printable(str(error))}", file=sys.stderr)
    return error.status if status in (0, error.status) else min(status, error.status)


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="record",
        description=__doc__.split("\n", 1)[0],
        epilog="example: scripts/record.py harness/recordings/echo.json -o harness/sessions",
    )
    parser.add_argument("script", nargs="+", type=Path, help="a session's data file, harness/recordings/NAME.json")
    parser.add_argument("-o", "--out", required=True, type=Path, help="folder for the tapes")
    parser.add_argument("--transport", choices=TRANSPORTS,
                        help="record this one alone (default: all that the file can)")
    parser.add_argument("--short", action="store_true", help="name the tape of exec NAME.tape.jsonl")
    parser.add_argument("--raw", action="store_true", help="write NAME.exec.jsonl: the bytes of exec's stdout alone")
    parser.add_argument("-q", "--quiet", action="store_true", help="do not list the files written")
    parser.add_argument("--codex", type=Path, help="the codex executable (default: the one that --python ships)")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv", metavar="VENV",
                        help="the environment with the clients, or its Python: it names codex and runs MCP servers "
                             "(default: .venv)")
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds for a process or a step (60)")
    parser.add_argument("--settle", type=float, default=0.4, metavar="S",
                        help="seconds of silence before an app-server is sent the next request (0.4)")
    return parser.parse_args(argv)


def record(session: Session, options: argparse.Namespace, progress: Progress) -> Iterable[Path]:
    """Runs one session; yields the files written."""
    python = options.python / "bin/python" if options.python.is_dir() else options.python
    binary = Binary.find(options.codex, python)
    try:
        if options.raw:
            progress.begin(f"{session.name} (exec)")
            yield raw_log(session, binary, python, options)
            return
        for transport in transports(session, options):
            if transport not in session.transports:
                raise RecordingError(f"records {', '.join(session.transports)} only, not {transport}")
            progress.begin(f"{session.name} ({transport})")
            lines = (exec_tape if transport == "exec" else app_server_tape)(session, binary, python, options)
            suffix = "" if options.short and transport == "exec" else f"-{transport}"
            yield write(options.out / f"{session.name}{suffix}.tape.jsonl", lines)
    except RecordingError as error:
        raise type(error)(f"{session.path}: {error}") from error


def raw_log(session: Session, binary: Binary, python: Path, options: argparse.Namespace) -> Path:
    calls = planned_calls(copy.deepcopy(session.driver("exec"))) if "exec" in session.transports else []
    if len(calls) != 1:
        raise RecordingError(f"a raw log is one process of exec, and the session has {len(calls)}")
    with Workshop(session.workshop_data("exec"), python, ROOT) as workshop:
        runs = run_all(workshop, binary.path, calls, options.timeout)
    return write(options.out / f"{session.name}.exec.jsonl", [runs[0].stdout])


def exec_tape(session: Session, binary: Binary, python: Path, options: argparse.Namespace) -> list[bytes]:
    driver = copy.deepcopy(session.driver("exec"))  # it learns the ids of its threads
    with Workshop(session.workshop_data("exec"), python, ROOT) as workshop:
        runs = run_all(workshop, binary.path, planned_calls(driver), options.timeout)
        replaced = workshop.replacements.described()
    return [header("exec", session.title("exec"), driver, provenance(session, binary, replaced)), *exec_lines(runs)]


def app_server_tape(session: Session, binary: Binary, python: Path, options: argparse.Namespace) -> list[bytes]:
    with Workshop(session.workshop_data("app-server"), python, ROOT) as workshop:
        player = Player(session.approvals(), workshop.model, binary.client_version, session.api())
        for steps in filter(None, (session.before(), session.steps())):
            with AppServer(workshop, binary.path, options.timeout, options.settle, player.answer) as server:
                player.play(server, steps)
        player.check_used_up()
        workshop.model.check_used_up()
        for passed in server.wire:
            workshop.check_private(passed.printed or json.dumps(passed.sent, ensure_ascii=False).encode())
        replaced = workshop.replacements.described()
    recorded = provenance(session, binary, replaced)
    return [header("app-server", session.title("app-server"), session.driver("app-server"), recorded),
            *app_server_lines(server.wire)]


def provenance(session: Session, binary: Binary, replaced: list[str]) -> dict:
    return {**binary.provenance(), "script": f"harness/recordings/{session.path.name}", "replaced": replaced}


def write(path: Path, lines: Iterable[bytes]) -> Path:
    """Replaces the file in one step, so that a recording that is stopped leaves the old tape whole."""
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(b"".join(lines))
        os.replace(draft, path)
    except OSError as error:
        raise RecordingError(f"cannot write {path} ({error.strerror}): choose another folder with -o") from error
    return path


if __name__ == "__main__":
    sys.exit(main())
