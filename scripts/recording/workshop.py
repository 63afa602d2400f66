"""Where a session is recorded: a working folder, a home and a CODEX_HOME that are made for it and go with it.

codex is given five environment variables and a configuration that names only the model on loopback: no account, no
setting and no file of the machine can reach a recording, and what still names the machine (folders, the model's
port, its name) is replaced in the bytes.
"""
from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

from .driver import SCHEMA_FILE
from .model import ScriptedModel
from .privacy import HOST, check_private
from .replacements import Replacements

_SHELL = "/bin/bash"
_PATH = "/usr/local/bin:/usr/bin:/bin"
_DEFAULT_MODEL = "gpt-5.5"  # in the catalog that codex carries; another one adds an error item


class Workshop:
    """The folders and the model of one session. Lives in the user's cache folder, because codex warns on stderr
    about a CODEX_HOME in the system's temporary folder."""

    def __init__(self, session: dict[str, Any], python: Path, root: Path, telemetry: str | None = None) -> None:
        """`telemetry`: where codex's own goes; else to the model, which swallows it."""
        self._session, self._python, self._root, self._telemetry = session, python, root, telemetry
        self.model = ScriptedModel(session["answers"])
        self.replacements = Replacements()

    def __enter__(self) -> "Workshop":
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        cache.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="codex-recording-", dir=cache)).resolve()
        self.model.__enter__()
        self._add_folder("working folder", "work", "/workspace")
        self._add_folder("CODEX_HOME", "codex", "/codex-home")
        self._add_folder("HOME", "home", "/home/user")
        self._add_folder("output schema's folder", "schema", str(Path(SCHEMA_FILE).parent))
        self.replacements.add("model's address", self.model.address, "http://127.0.0.1:8080")
        self.replacements.add("host's name", json.dumps(socket.gethostname()), json.dumps(HOST))
        self._prepare_files()
        (self._folder / "codex/config.toml").write_text(self._config(), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self.model.__exit__()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def working_folder(self) -> Path:
        return self._folder / "work"

    def environment(self) -> dict[str, str]:
        """All that codex is given."""
        return {"PATH": _PATH, "LANG": "C.UTF-8", "SHELL": _SHELL,
                "HOME": str(self._folder / "home"), "CODEX_HOME": str(self._folder / "codex")}

    @property
    def schema_file(self) -> Path:
        return self._folder / "schema/schema.json"

    def check_private(self, said: bytes) -> None:
        """Fails rather than let something of this machine through."""
        known = json.dumps(self._session, ensure_ascii=False)
        check_private(said, [str(self._folder), self._folder.name, str(self._root)], known)

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
        address, telemetry = self.model.address, self._telemetry or self.model.address
        given = {"model_provider": "scripted", "approval_policy": "never", "sandbox_mode": "danger-full-access",
                 **self._session.get("config", {})}
        retries = {key: given.pop(f"model_providers.scripted.{key}", 0)
                   for key in ("request_max_retries", "stream_max_retries")}
        lines = [
            f"model = {json.dumps(self._session.get('model', _DEFAULT_MODEL))}",
            *(f"{key} = {json.dumps(value)}" for key, value in given.items()),
            "[model_providers.scripted]",
            'name = "scripted"',
            f'base_url = "{address}/v1"',
            'wire_api = "responses"',
            *(f"{key} = {value}" for key, value in retries.items()),
            "[analytics]",
            "enabled = false",
            "[otel]",  # all three exporters: what is not named goes to a remote default
            f"exporter = {exporter.format(telemetry, 'logs')}",
            f"trace_exporter = {exporter.format(telemetry, 'traces')}",
            f"metrics_exporter = {exporter.format(telemetry, 'metrics')}",
        ]
        for name, script in self._session.get("mcp_servers", {}).items():
            lines += [f"[mcp_servers.{name}]", f"command = {json.dumps(str(self._python.absolute()))}",
                      f"args = [{json.dumps(str(self._root / script))}]",
                      "required = true"]  # codex waits for it: its tools are there when the model is first asked
        return "\n".join(lines) + "\n"
