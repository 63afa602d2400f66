#!/usr/bin/env python3
"""Input of hostile sizes: a line of 1 GB, nesting of a million, ten million keys, through each reader of the tool.

Prints a table: exit status, seconds, peak memory of the tool and its workers. Exit status 1 where a run dies, hangs,
does not say what it refuses, or takes more memory than its limit."""
from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MB = 1 << 20
DEADLINE = 900
# MB of memory for each MB of the file, and ALWAYS for anything.
LIMITS = {"line of 1 GB": 8, "arrays, a million deep": 8, "objects, a million deep": 8, "ten million keys": 45}
ALWAYS = 300



def sizes(part: float) -> dict[str, Callable[[], Iterator[bytes]]]:
    length, depth, keys = (max(int(each * part), 1) for each in (1024, 1_000_000, 10_000_000))

    def line() -> Iterator[bytes]:
        yield b'"'
        for _ in range(length):
            yield b"x" * MB
        yield b'"'

    def nesting() -> Iterator[bytes]:
        yield b"[" * depth
        yield b"]" * depth

    def objects() -> Iterator[bytes]:
        yield b'{"a":' * depth
        yield b"1" + b"}" * depth

    def members() -> Iterator[bytes]:
        yield b'{"k":1'
        for start in range(0, keys, 10_000):
            yield b"".join(b',"k%d":1' % number for number in range(start, min(start + 10_000, keys)))
        yield b"}"

    return {"line of 1 GB": line, "arrays, a million deep": nesting, "objects, a million deep": objects,
            "ten million keys": members}


EXEC = (b'{"type":"thread.started","thread_id":"t"}\n{"type":"turn.started"}\n'
        b'{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"a","more":',
        b'}}\n{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1}}\n')
FORMS = {
    "exec.jsonl": EXEC,
    "tape.jsonl": (b'{"tape":1,"transport":"exec","driver":{}}\n{">":{"argv":["codex"]}}\n'
                   b'{"<":{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"a","more":', b"}}}\n"),
    "app.jsonl": (b'{"method":"turn/started","params":{"threadId":"t","more":', b"}}\n"),
    "golden.jsonl": (b'{"lane":"event/run","name":"n","data":', b"}\n"),
    "results.jsonl": (b'{"results":1,"tool":', b"}\n"),
}


def commands(tool: str, folder: Path) -> list[tuple[str, list[str], Path | None]]:
    log, tape, app, golden = (folder / f"big.{form}" for form in ("exec.jsonl", "tape.jsonl", "app.jsonl", "golden.jsonl"))
    goldens = folder / "goldens"
    goldens.mkdir(exist_ok=True)
    return [
        ("observe, exec", [tool, "observe"], log),
        ("observe, app-server", [tool, "observe", "--transport", "app-server"], app),
        ("replay of a log", [tool, "replay", str(log), "--subject", "cpp", "--no-golden", "--timeout", "600"], None),
        ("replay of a tape", [tool, "replay", str(tape), "--subject", "cpp", "--no-golden", "--timeout", "600"], None),
        ("diff", [tool, "diff", str(golden), str(golden)], None),
        ("merge", [tool, "merge", str(folder / "big.results.jsonl"), "-o", str(folder / "night")], None),
    ]


def run(command: list[str], stdin: Path | None) -> tuple[int | str, float, int, str]:
    """Status, seconds, peak MB of any one process, the end of what was said."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        began = time.monotonic()
        with open(stdin or os.devnull, "rb") as source:
            try:
                done = subprocess.run(command, stdin=source, capture_output=True, timeout=DEADLINE, check=False)
                status, said = str(done.returncode), done.stderr[-2000:].decode(errors="replace")
            except subprocess.TimeoutExpired:
                status, said = "hangs", ""
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        os.write(writer, f"{status}\n{time.monotonic() - began}\n{peak}\n{said}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as told:
        status, seconds, peak, said = told.read().split("\n", 3)
    os.waitpid(child, 0)
    return (int(status) if status.lstrip("-").isdigit() else status), float(seconds), int(peak), said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder for the files; they are removed")
    parser.add_argument("--part", type=float, default=1.0, help="of the sizes, for a quick look")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    bad = 0
    print(f"{'input':26}{'reader':22}{'file MB':>8}{'exit':>6}{'seconds':>9}{'peak MB':>9}  said", flush=True)
    for name, value in sizes(arguments.part).items():
        for form, (head, tail) in FORMS.items():
            with open(arguments.output / f"big.{form}", "wb") as file:
                file.write(head)
                for piece in value():
                    file.write(piece)
                file.write(tail)
        mb = (arguments.output / "big.exec.jsonl").stat().st_size / MB
        for reader, command, stdin in commands(arguments.tool, arguments.output):
            status, seconds, peak, said = run(command, stdin)
            wrong = []
            if status not in (0, 1, 2):
                wrong.append("DIES" if status != "hangs" else "HANGS")
            if status == 2 and "big." not in said:
                wrong.append("DOES NOT SAY WHERE")
            if peak > ALWAYS + LIMITS[name] * mb:
                wrong.append("TAKES TOO MUCH")
            bad += bool(wrong)
            first = said.strip().splitlines()[0] if said.strip() else ""
            print(f"{name:26}{reader:22}{mb:8.0f}{status!s:>6}{seconds:9.1f}{peak:9}  {' '.join(wrong)} {first[:150]}",
                  flush=True)
    for file in arguments.output.glob("big.*"):
        file.unlink()
    print(f"{bad} of these are wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
