#!/usr/bin/env python3
"""Writes what the real openai-agents shows of a session, for default_logger_parity_test.cc.

    .venv/bin/python tests/telemetry/generate_log_lines.py [--out FILE]

Each case is one tape of harness/sessions, with one set of redaction switches, run plain or
streamed, in two processes: one calls enable_verbose_stdout_logging(), the other configures no
logging at all. One JSON object a line; the first names the package and counts the cases:

    tape, env, streamed   what was run
    events      what on_stream was called with, in that order
    verbose     what went to stdout, one text a record, without the last LF
    basic       the same records as logging.BASIC_FORMAT shows them
    default     what went to stderr where nothing is configured, one text a record
    at_exit     the rest of stdout, printed when the interpreter shuts down

Masked: addresses of objects (0x…). Left out: the frames of tracebacks, which name files and lines
of the Python program; their other lines stay. The codex that the client starts is a script that
plays the tape's lines.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import importlib.metadata
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SESSIONS = ROOT / "harness/sessions"
PACKAGE, VERSION = "openai-agents", "0.24.0"
TAPES = ["echo", "http-500", "patch", "odd/malformed-line"]
MODEL_DATA, TOOL_DATA = "OPENAI_AGENTS_DONT_LOG_MODEL_DATA", "OPENAI_AGENTS_DONT_LOG_TOOL_DATA"
SWITCHES = [{}, {MODEL_DATA: "0", TOOL_DATA: "0"}]
MIXED = [{MODEL_DATA: "no", TOOL_DATA: "TRUE"}, {MODEL_DATA: "1", TOOL_DATA: ""}]

FAKE_CODEX = """#!{python} -I
import json, os, pathlib, sys
sys.stdin.buffer.read()
status = 0
for line in pathlib.Path(__file__).with_name("tape").read_bytes().splitlines():
    if line.startswith(b'{{"<":'):
        sys.stdout.buffer.write(line[5:-1] + b"\\n")
    elif line.startswith(b'{{"<raw":'):
        sys.stdout.buffer.write(json.loads(line)["<raw"].encode())
    elif line.startswith(b'{{"!":'):
        status = json.loads(line)["!"].get("exit", 0)
    sys.stdout.buffer.flush()
os._exit(status)
"""


class Writes:
    """A stream that also remembers what each single write() said."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.texts: list[str] = []

    def write(self, text: str) -> int:
        self.texts.append(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def stable(text: str) -> str:
    """One record less what cannot be the same twice or on another machine."""
    lines = text.removesuffix("\n").split("\n")
    kept, frames = [], False
    for line in lines:
        if line == "Traceback (most recent call last):":
            frames = True
        elif frames and not line.startswith("  "):
            frames = False
        if not (frames and line.startswith("  ")):
            kept.append(line)
    return re.sub(r"0x[0-9a-f]+", "0x…", "\n".join(kept))


# ---- in the child ----


async def session(driver: dict[str, Any], codex_path: str, events: list[Any]) -> None:
    from agents import Agent, Runner
    from agents.extensions.experimental.codex import codex_tool
    from agents.extensions.experimental.codex.codex import Codex
    from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
    from agents.usage import Usage

    steps = []
    for step in driver["steps"]:
        output: list[Any] = [
            function_call("codex", call["arguments"], call_id=call["call_id"])
            for call in step.get("calls", [])
        ]
        if "message" in step:
            output.append(assistant_message(step["message"], item_id="msg-1"))
        steps.append(ModelStep(output=output, usage=Usage(requests=1), response_id="resp-1"))

    def on_stream(payload: Any) -> None:
        events.append(dataclasses.asdict(payload.event))

    codex = Codex(codex_path_override=codex_path, env=dict(os.environ))
    agent = Agent(
        name=driver["agent"]["name"],
        model=ScriptedModel(steps, emit_traces=False),
        tools=[codex_tool(codex=codex, on_stream=on_stream, **driver["codex_tool"])],
    )
    if driver["streamed"]:
        result = Runner.run_streamed(agent, input=driver["prompt"], max_turns=10)
        async for _ in result.stream_events():
            pass
    else:
        await Runner.run(agent, input=driver["prompt"], max_turns=10)


def child(mode: str, folder: pathlib.Path, streamed: bool) -> None:
    import agents

    header = (folder / "tape").read_text(encoding="utf-8").split("\n", 1)[0]
    agents.set_trace_processors([])  # else it would look for somebody to send traces to
    # asyncio tells of tasks that nobody waited for, at times of its own.
    logging.getLogger("asyncio").disabled = True
    stdout, stderr, basic = Writes(sys.stdout), Writes(sys.stderr), Writes(open(os.devnull, "w"))
    sys.stdout, sys.stderr = stdout, stderr  # type: ignore[assignment]
    if mode == "verbose":
        agents.enable_verbose_stdout_logging()
        handler = logging.StreamHandler(basic)
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        logging.getLogger("openai.agents").addHandler(handler)
    events: list[Any] = []
    driver = {**json.loads(header)["driver"], "streamed": streamed}
    asyncio.run(session(driver, str(folder / "codex"), events))
    told = {"stdout": stdout.texts, "stderr": stderr.texts, "basic": basic.texts, "events": events}
    (folder / f"{mode}.json").write_text(json.dumps(told))


# ---- in the parent ----


def run(
    mode: str, folder: pathlib.Path, env: dict[str, str], streamed: bool
) -> tuple[dict[str, Any], str]:
    command = [sys.executable, str(pathlib.Path(__file__).resolve())]
    command += ["--child", mode, str(folder), "streamed" if streamed else "plain"]
    clean = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    clean |= {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder), **env}
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"the child failed:\n{done.stderr}")
    return json.loads((folder / f"{mode}.json").read_text()), done.stdout


def case(tape: str, env: dict[str, str], streamed: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "tape").write_bytes((SESSIONS / f"{tape}.tape.jsonl").read_bytes())
        (folder / "codex").write_text(FAKE_CODEX.format(python=sys.executable))
        (folder / "codex").chmod(0o755)
        verbose, printed = run("verbose", folder, env, streamed)
        plain, _ = run("default", folder, env, streamed)
    told = "".join(verbose["stdout"])
    if not printed.startswith(told):
        sys.exit(f"{tape}: stdout is not what was written there")
    texts = {
        "verbose": [stable(text) for text in verbose["stdout"]],
        "basic": [stable(text) for text in verbose["basic"]],
        "default": [stable(text) for text in plain["stderr"]],
        "at_exit": printed[len(told) :].splitlines(),
        "events": verbose["events"],
    }
    if str(ROOT) in json.dumps(texts) or name in json.dumps(texts):
        sys.exit(f"{tape}: a path of this machine is left in what was printed")
    return {"tape": tape, "env": env, "streamed": streamed, **texts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "log_lines.jsonl")
    parser.add_argument("--child", nargs=3, metavar=("MODE", "FOLDER", "RUN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        mode, folder, how = options.child
        child(mode, pathlib.Path(folder), how == "streamed")
        return
    found = importlib.metadata.version(PACKAGE)
    if found != VERSION or sys.version_info[:2] != (3, 11):
        sys.exit(f"needs Python 3.11 with {PACKAGE} {VERSION}, found {found}")
    wanted = [(tape, env, how) for tape in TAPES for how in (False, True) for env in SWITCHES]
    wanted += [("http-500", env, False) for env in MIXED]
    cases = [case(*one) for one in wanted]
    header = {"kind": "header", "package": PACKAGE, "version": VERSION, "cases": len(cases)}
    lines = [json.dumps(one) for one in [header, *cases]]
    options.out.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{options.out.name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
