"""The processes of `codex exec` that a session's driver makes the client start."""
from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import RecordingError
from .driver import SCHEMA_FILE, Call
from .workshop import Workshop


@dataclass
class Run:
    """One process: how it was started, and what came of it."""

    argv: list[str]
    stdin: str
    step: int
    stdout: bytes
    stderr: str
    exit: int


def run_all(workshop: Workshop, codex: Path, calls: list[Call], timeout: float) -> list[Run]:
    """Runs the calls one after the other, parallel ones too: so the model's answers have one order."""
    runs: list[Run] = []
    for call in calls:
        call.learn_threads([_thread_id(run.stdout) for run in runs])
        runs.append(_run(workshop, codex, call, timeout))
    try:
        workshop.model.check_used_up()
    except RecordingError as error:
        said = runs[-1].stderr.strip() if runs else ""
        raise RecordingError(f"{error}; codex said: {said or 'nothing on stderr'}") from error
    for run in runs:
        workshop.check_private(run.stdout + run.stderr.encode())
    return runs


def _run(workshop: Workshop, codex: Path, call: Call, timeout: float) -> Run:
    if call.output_schema:
        workshop.schema_file.write_text(json.dumps(call.output_schema), encoding="utf-8")
    argv = call.argv()
    here = [str(workshop.schema_file) if word == SCHEMA_FILE else word for word in argv]
    try:
        done = subprocess.run([codex, *here], input=call.stdin.encode(), capture_output=True, timeout=timeout,
                              cwd=workshop.working_folder, env=workshop.environment())
    except subprocess.TimeoutExpired as error:
        raise RecordingError(f"codex {' '.join(argv)}: not done after {timeout:g} s (--timeout)") from error
    replaced = workshop.replacements.apply
    stderr = without_log_lines(replaced(done.stderr).decode("utf-8", "replace"))
    return Run(argv, call.stdin, call.step, replaced(done.stdout), stderr, done.returncode)


def _thread_id(stdout: bytes) -> str | None:
    for line in stdout.splitlines():
        event = json.loads(line)
        if event.get("type") == "thread.started":
            return event["thread_id"]
    return None


def without_log_lines(stderr: str) -> str:
    """stderr less the binary's own log, whose lines begin with the time of day."""
    kept = [line for line in stderr.splitlines(keepends=True) if not line[:4].isdigit()]
    return "".join(kept)
