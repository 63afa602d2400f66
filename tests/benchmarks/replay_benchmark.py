"""What a replay costs, beside what the same drivers cost with nothing observed, as JSON.

    replay_benchmark.py BIN VENV FOLDER [--session GLOB …] [--times N]

BIN has the programs, VENV the clients; FOLDER takes what is made. Without --session it is the whole
corpus. Run it in the root of the tree.

* `corpus`: `replay` with every subject against the goldens, and the same programs with adapters that
  observe nothing (tests/benchmarks/unobserved), nothing compared. Both drive the clients alike, with as many
  sessions at a time; the tool and the peers are the same, so what codex says is paced alike. Sessions
  whose client hangs, as the golden has it, wait for the time-out by design and are left out of both.
* `first`: from the start of the tool to the end of one session, beside a Python that imports what the
  adapter of that client imports and leaves at once.
* `cpp`: the C++ subject alone, all sessions, against the goldens. It runs where the worker with Python
  is not there, so that none can be started.

`wall` are seconds; `cpu` are seconds of processor, user and system, of all processes that were started,
those too that outlived their parents.
"""

from __future__ import annotations

import argparse
import collections
import ctypes
import fnmatch
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SESSIONS = ROOT / "harness" / "sessions"
GOLDENS = ROOT / "golden" / "transcripts"
PROGRAMS = ["codex-telemetry-diff", "codex-telemetry-cpp-worker", "codex-telemetry-peer"]
PYTHON_WORKER = "codex-telemetry-py-worker"
ENDINGS = (".tape.jsonl", ".exec.jsonl", ".jsonl")
FIRST = {
    "agents": (
        "echo",
        "agents, agents.extensions.experimental.codex.codex, agents.testing, agents.tracing, agents.usage",
    ),
    "codex-sdk": (
        "echo-app-server",
        "openai_codex, openai_codex.client, openai_codex.generated.v2_all, openai_codex.models",
    ),
}
PARITY = 0
NOT_COMPARED = 1  # there is neither a golden nor a second subject
ENDED = {"completed", "failed"}
PR_SET_CHILD_SUBREAPER = 36


def stop(why: str) -> None:
    sys.exit(f"replay_benchmark.py: {why}")


def used() -> float:
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def reap_orphans() -> None:
    """Their time counts where they are waited for, and that is here (PR_SET_CHILD_SUBREAPER)."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass


def measured(command: list[object], status: int = PARITY) -> dict[str, float]:
    begin, before = time.monotonic(), used()
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True
    )
    wall = time.monotonic() - begin
    reap_orphans()
    if done.returncode != status:
        sys.stderr.buffer.write(done.stdout[-2000:] + done.stderr[-2000:])
        stop(f"{command[0]} ended with status {done.returncode}")
    return {"wall": wall, "cpu": used() - before}


def programs(bin: pathlib.Path, folder: pathlib.Path, adapters: pathlib.Path | None) -> pathlib.Path:
    """Copies, beside which the worker finds these adapters; without adapters without the worker."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in PROGRAMS + ([PYTHON_WORKER] if adapters else []):
        shutil.copy2(bin / name, folder / name)
    if adapters:
        (folder / "python").symlink_to(adapters)
    return folder / PROGRAMS[0]


def name_of(tape: pathlib.Path) -> str:
    name = tape.relative_to(SESSIONS).as_posix()
    return next(name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending))


def hangs(session: str) -> bool:
    with (GOLDENS / f"{session}.golden.jsonl").open(encoding="utf-8") as file:
        return json.loads(file.readline())["outcome"] == "hang"


def corpus(folder: pathlib.Path, globs: list[str]) -> tuple[pathlib.Path, list[str], list[str]]:
    """Links to the sessions that do not hang; their names, and those of the ones that do."""
    shutil.rmtree(folder, ignore_errors=True)
    taken, left_out = [], []
    for tape in sorted(SESSIONS.rglob("*.jsonl")):
        name = name_of(tape)
        if globs and not any(fnmatch.fnmatch(name, glob) for glob in globs):
            continue
        if hangs(name):
            left_out.append(name)
            continue
        taken.append(name)
        link = folder / tape.relative_to(SESSIONS)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(tape)
    if not taken:
        stop("no session is called so")
    return folder, taken, left_out


def read_report(path: pathlib.Path, sessions: list[str]) -> list[dict[str, object]]:
    report = json.loads(path.read_text(encoding="utf-8"))
    if sorted(one["session"] for one in report["sessions"]) != sorted(sessions):
        stop(f"{path} has other sessions than were asked for")
    return report["sessions"]


def whole(bin: pathlib.Path, venv: pathlib.Path, folder: pathlib.Path, globs: list[str]) -> dict[str, object]:
    tapes, taken, left_out = corpus(folder / "sessions", globs)
    bare = programs(bin, folder / "unobserved", HERE / "unobserved")
    report = folder / "report.json"
    options = ["--python", venv, "--format", "json", "-o", report]
    clients = ["--no-golden", "--subject", "agents", "--subject", "codex-sdk"]
    unobserved = measured([bare, "replay", tapes, *options, *clients], NOT_COMPARED)
    for session in read_report(report, taken):
        for subject, shown in session["subjects"].items():
            if shown["outcome"] not in ENDED:
                stop(f"unobserved, {session['session']} of {subject} ended as {shown['outcome']}")
    observed = measured([bin / PROGRAMS[0], "replay", tapes, *options])
    verdicts = collections.Counter(one["verdict"] for one in read_report(report, taken))
    return {
        "sessions": len(taken),
        "left_out": left_out,
        "verdicts": dict(verdicts),
        "observed": observed,
        "unobserved": unobserved,
    }


def first(bin: pathlib.Path, venv: pathlib.Path, times: int) -> dict[str, object]:
    found = {}
    for subject, (session, modules) in FIRST.items():
        ours, bare = [], []
        for _ in range(times):
            bare.append(measured([venv / "bin" / "python", "-I", "-c", f"import os, {modules}; os._exit(0)"]))
            command = [bin / PROGRAMS[0], "replay", SESSIONS, "--session", session, "--python", venv]
            ours.append(measured(command))
        found[subject] = {"session": session, "ours": ours, "import": bare}
    return found


def cpp(bin: pathlib.Path, folder: pathlib.Path, times: int) -> dict[str, object]:
    alone = programs(bin, folder / "without-python", None)
    report = folder / "cpp.json"
    command = [alone, "replay", SESSIONS, "--subject", "cpp", "--python", folder / "none"]
    runs = [measured([*command, "--format", "json", "-o", report]) for _ in range(times)]
    shown = json.loads(report.read_text(encoding="utf-8"))["sessions"]
    if any(set(one["subjects"]) != {"cpp"} for one in shown):
        stop("the run of the C++ subject alone shows other subjects")
    return {"sessions": len(shown), "runs": runs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("venv", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--session", action="append", default=[])
    parser.add_argument("--times", type=int, default=5, help="of what takes seconds (5)")
    options = parser.parse_args()
    bin, venv, folder = (path.absolute() for path in (options.bin, options.venv, options.folder))
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        stop("processes that outlive their parents cannot be waited for")
    found = {
        "corpus": whole(bin, venv, folder, options.session),
        "first": first(bin, venv, options.times),
        "cpp": cpp(bin, folder, options.times),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
