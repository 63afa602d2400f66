"""Where a session is recorded: a working folder, a home and a CODEX_HOME that are made for it and go with it.

codex is given five environment variables and a configuration that names only the model on loopback: no account, no
setting and no file of the machine can reach a recording, and what still names the machine (folders, the model's
port) is replaced in the bytes.
"""
from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import RecordingError
from .driver import SCHEMA_FILE, Call
from .model import ScriptedModel

_SHELL = "/bin/bash"
_PATH = "/usr/local/bin:/usr/bin:/bin"
_DEFAULT_MODEL = "gpt-5.5"  # in the catalog that codex carries; another one adds an error item


@dataclass
class Run:
    """One process: how it was started, and what came of it."""

    argv: list[str]
    stdin: str
    step: int
    stdout: bytes
    stderr: str
    exit: int


@dataclass
class Replacements:
    """What of the machine is taken out of the recorded bytes, and what stands there instead."""

    pairs: list[tuple[str, str, str]] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)

    def add(self, what: str, here: str, there: str) -> None:
        self.pairs.append((what, here, there))

    def apply(self, data: bytes) -> bytes:
        for what, here, there in self.pairs:
            if here.encode() in data:
                self.happened.add(what)
                data = data.replace(here.encode(), there.encode())
        return data

    def described(self) -> list[str]:
        return [f"{what} -> {there}" for what, _, there in self.pairs if what in self.happened]


class Workshop:
    """The folders and the model of one session. Lives in the user's cache folder, because codex warns on stderr
    about a CODEX_HOME in the system's temporary folder."""

    def __init__(self, session: dict[str, Any], python: Path, root: Path, telemetry: str | None = None) -> None:
        """`telemetry`: where codex's own goes; else to the model, which swallows it."""
        self._session, self._python, self._root, self._telemetry = session, python, root, telemetry
        self._model = ScriptedModel([a if isinstance(a, list) else [a] for a in session["answers"]])
        self.replacements = Replacements()

    def __enter__(self) -> "Workshop":
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        cache.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="codex-recording-", dir=cache)).resolve()
        self._model.__enter__()
        self._add_folder("working folder", "work", "/workspace")
        self._add_folder("CODEX_HOME", "codex", "/codex-home")
        self._add_folder("HOME", "home", "/home/user")
        self._add_folder("output schema's folder", "schema", str(Path(SCHEMA_FILE).parent))
        self.replacements.add("model's address", self._model.address, "http://127.0.0.1:8080")
        self._prepare_files()
        (self._folder / "codex/config.toml").write_text(self._config(), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._model.__exit__()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run_all(self, codex: Path, calls: list[Call], timeout: float) -> list[Run]:
        """Runs the calls one after the other, parallel ones too: so the model's answers have one order."""
        runs: list[Run] = []
        for call in calls:
            call.learn_threads([_thread_id(run.stdout) for run in runs])
            runs.append(self._run(codex, call, timeout))
        try:
            self._model.check_used_up()
        except RecordingError as error:
            raise RecordingError(f"{error}; codex said: {runs[-1].stderr.strip() or 'nothing on stderr'}") from error
        return runs

    @property
    def working_folder(self) -> Path:
        return self._folder / "work"

    def environment(self) -> dict[str, str]:
        """All that codex is given."""
        return {"PATH": _PATH, "LANG": "C.UTF-8", "SHELL": _SHELL,
                "HOME": str(self._folder / "home"), "CODEX_HOME": str(self._folder / "codex")}

    def check_private(self, runs: list[Run]) -> None:
        """Fails rather than let a folder of this machine through."""
        for run in runs:
            text = run.stdout.decode("utf-8", "replace") + run.stderr
            for mark in (str(self._folder), self._folder.name, str(Path.home()) + "/", str(self._root)):
                if mark in text:
                    raise RecordingError(f"the recording would show {mark}")

    def _run(self, codex: Path, call: Call, timeout: float) -> Run:
        schema = self._folder / "schema/schema.json"
        if call.output_schema:
            schema.write_text(json.dumps(call.output_schema), encoding="utf-8")
        argv = call.argv()
        here = [str(schema) if word == SCHEMA_FILE else word for word in argv]
        try:
            done = subprocess.run([codex, *here], input=call.stdin.encode(), capture_output=True, timeout=timeout,
                                  cwd=self.working_folder, env=self.environment())
        except subprocess.TimeoutExpired as error:
            raise RecordingError(f"codex {' '.join(argv)}: not done after {timeout:g} s") from error
        stderr = _without_log_lines(self.replacements.apply(done.stderr).decode("utf-8", "replace"))
        return Run(argv, call.stdin, call.step, self.replacements.apply(done.stdout), stderr, done.returncode)

    def _add_folder(self, what: str, name: str, there: str) -> None:
        (self._folder / name).mkdir()
        self.replacements.add(what, str(self._folder / name), there)

    def _prepare_files(self) -> None:
        for name, content in self._session.get("files", {}).items():
            path = self._folder / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            binary = isinstance(content, dict)
            path.write_bytes(base64.b64decode(content["b64"]) if binary else content.encode())

    def _config(self) -> str:
        exporter = '{{ otlp-http = {{ endpoint = "{0}/v1/{1}", protocol = "json" }} }}'
        address, telemetry = self._model.address, self._telemetry or self._model.address
        lines = [
            f"model = {json.dumps(self._session.get('model', _DEFAULT_MODEL))}",
            'model_provider = "scripted"',
            'approval_policy = "never"',
            'sandbox_mode = "danger-full-access"',
            *(f"{key} = {json.dumps(value)}" for key, value in self._session.get("config", {}).items()),
            "[model_providers.scripted]",
            'name = "scripted"',
            f'base_url = "{address}/v1"',
            'wire_api = "responses"',
            "request_max_retries = 0",
            "stream_max_retries = 0",
            "[analytics]",
            "enabled = false",
            "[otel]",  # all three exporters: what is not named goes to a remote default
            f"exporter = {exporter.format(telemetry, 'logs')}",
            f"trace_exporter = {exporter.format(telemetry, 'traces')}",
            f"metrics_exporter = {exporter.format(telemetry, 'metrics')}",
        ]
        for name, script in self._session.get("mcp_servers", {}).items():
            lines += [f"[mcp_servers.{name}]", f"command = {json.dumps(str(self._python.absolute()))}",
                      f"args = [{json.dumps(str(self._root / script))}]"]
        return "\n".join(lines) + "\n"


def _thread_id(stdout: bytes) -> str | None:
    for line in stdout.splitlines():
        event = json.loads(line)
        if event.get("type") == "thread.started":
            return event["thread_id"]
    return None


def _without_log_lines(stderr: str) -> str:
    """stderr less the binary's own log, whose lines begin with the time of day."""
    kept = [line for line in stderr.splitlines(keepends=True) if not line[:4].isdigit()]
    return "".join(kept)
