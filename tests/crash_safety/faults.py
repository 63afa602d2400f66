"""Runs a command once for each system call of it that matters, which fails or is the last one."""
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

# Calls that change what a file system holds, and those that open and close its files.
CHANGES = (
    "write", "writev", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "ftruncate", "fallocate", "fchmod",
)
OPENS = ("open", "openat", "creat", "close")
FAULTS = {"ENOSPC": "error=ENOSPC", "EIO": "error=EIO", "KILL": "signal=KILL"}


@dataclass(frozen=True)
class Fault:
    call: str
    number: int  # of the calls of this name, from 1
    kind: str  # of FAULTS

    def __str__(self) -> str:
        return f"{self.kind} at {self.call} {self.number}"


@dataclass
class Update:
    """A command that changes files. `wanted` are those that must be old or new, relative to the folder."""

    command: Callable[[Path], list[str]]
    before: Path  # the folder as it is before
    wanted: list[str]
    # What of a file's bytes is compared: without the clock, say.
    view: Callable[[Path], object] = lambda path: path.read_bytes() if path.exists() else None
    # A file that is neither, and whole: what could not be read is told in it.
    other: Callable[[Path], bool] = lambda path: False
    healed_exit: tuple[int, ...] = (0,)
    # Files that may stand beside the wanted ones after a crash.
    leftover: Callable[[str], bool] = lambda name: False
    environment: dict[str, str] = field(default_factory=dict)


def _environment(update: Update) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return kept | update.environment


def _strace(update: Update, folder: Path, log: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["strace", "-q", "-o", str(log), *options, *update.command(folder)],
        env=_environment(update), cwd=folder, text=True, errors="replace", stdin=subprocess.DEVNULL,
        capture_output=True, timeout=60, check=False,
    )


def _state(update: Update, folder: Path) -> dict[str, object]:
    return {name: update.view(folder / name) for name in update.wanted}


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _faults(log: str, every_call: bool) -> list[Fault]:
    """Of a run without faults: where there is something to fail. Without `every_call` no opening for reading."""
    counts: dict[str, int] = {}
    found: list[tuple[str, int]] = []
    changed = False
    for line in log.splitlines():
        match = re.match(r"(\w+)\((.*)", line)
        if match is None:
            continue
        call, rest = match.groups()
        counts[call] = counts.get(call, 0) + 1
        writes = call in CHANGES or (call != "close" and re.search(r"O_(WRONLY|RDWR|CREAT)", rest) is not None)
        changed = changed or writes
        if writes or (every_call and (changed or ".so" not in rest)) or (call == "close" and changed):
            found.append((call, counts[call]))
    if not every_call:
        found = [place for call in dict.fromkeys(call for call, _ in found)
                 for place in _spread([place for place in found if place[0] == call])]
    return [Fault(*place, kind) for place in found for kind in FAULTS]


def _spread(places: list[tuple[str, int]], most: int = 6) -> list[tuple[str, int]]:
    """The first, the last and some between."""
    step = max((len(places) - 1) / (most - 1), 1)
    return [places[round(i * step)] for i in range(min(most, len(places)))]


@dataclass
class Outcome:
    faults: int
    old: int  # runs after which everything was old
    new: int
    between: int  # some of several files new
    problems: list[str]


def try_all(update: Update, scratch: Path, every_call: bool = False, jobs: int = 2) -> Outcome:
    """Everything that was wrong, a sentence each; empty where each file is always wholly old or wholly new, no
    success is a lie, and the next run brings what a run without faults does."""
    scratch.mkdir(parents=True, exist_ok=True)
    calls = ",".join(f"?{name}" for name in (*CHANGES, *OPENS))
    clean = scratch / "clean"
    shutil.copytree(update.before, clean)
    old = _state(update, clean)
    run = _strace(update, clean, scratch / "clean.log", "-e", f"trace={calls}")
    new = _state(update, clean)
    outcome = Outcome(0, 0, 0, 0, [])
    if run.returncode not in update.healed_exit:
        outcome.problems.append(f"without faults: exit {run.returncode}, {run.stderr}")
    if old == new:
        outcome.problems.append("without faults: nothing changed")
    known = _files(update.before) | _files(clean)
    faults = _faults((scratch / "clean.log").read_text(errors="replace"), every_call)

    def attempt(fault: Fault) -> tuple[str, list[str]]:
        folder = scratch / str(fault).replace(" ", "-")
        log = folder.with_suffix(".log")
        shutil.copytree(update.before, folder)
        try:
            run = _strace(update, folder, log, "-e", f"trace={fault.call}",
                          "-e", f"inject={fault.call}:{FAULTS[fault.kind]}:when={fault.number}")
        except subprocess.TimeoutExpired:
            return "between", [f"{fault}: the run hangs"]
        problems = []
        text = log.read_text(errors="replace")
        killed = run.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        state = _state(update, folder)
        # Threads make a call more or less from run to run: a last one that did not come leaves a run as
        # any other, judged alike. That faults do happen is shown by the wrong writers.
        for name, value in state.items():
            told = run.returncode not in (0, None) and not killed and update.other(folder / name)
            if value not in (old[name], new[name]) and not told:
                problems.append(f"{name} is neither old nor new")
        if run.returncode == 0 and state != new:
            problems.append("the run says that all went well")
        if killed and fault.kind != "KILL":
            problems.append("the process died of an error")
        told_to = re.search(r"\((\d+),.*\(INJECTED\)", text)
        if not killed and run.returncode in (2, 70) and not run.stderr and (told_to is None or told_to[1] != "2"):
            problems.append("the run fails and does not say why")
        extra = sorted(name for name in _files(folder) - known if not update.leftover(name))
        if extra:
            problems.append("there is also " + ", ".join(extra))
        again = subprocess.run(update.command(folder), env=_environment(update), cwd=folder, text=True,
                               errors="replace", stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                               check=False)
        healed = _state(update, folder)
        if healed != new:
            changed = [name for name in healed if healed[name] != new[name]]
            problems.append(f"the next run does not heal {', '.join(changed)}: exit {again.returncode}, {again.stderr}")
        elif again.returncode not in update.healed_exit and state != new:
            problems.append(f"the next run fails: exit {again.returncode}, {again.stderr}")
        shutil.rmtree(folder)
        log.unlink()
        which = "old" if state == old else "new" if state == new else "between"
        return which, [f"{fault}: {problem}" for problem in problems]

    with ThreadPoolExecutor(jobs) as pool:
        for which, problems in pool.map(attempt, faults):
            outcome.faults += 1
            setattr(outcome, which, getattr(outcome, which) + 1)
            outcome.problems += problems
    return outcome
