"""The codex executable: where it is, and what a tape says of it."""
from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import Unavailable

_CODEX = "from codex_cli_bin import bundled_codex_path; print(bundled_codex_path())"
_CLIENT = "from importlib.metadata import version; print(version('openai-codex'))"


@dataclass(frozen=True)
class Binary:
    path: Path
    python: Path

    @classmethod
    def find(cls, given: Path | None, python: Path) -> "Binary":
        """The executable given, or the one that came with the pinned clients in `python`'s environment."""
        path = given or Path(_asked(python, _CODEX, "name codex with --codex"))
        if not path.is_file():
            raise Unavailable(f"{path}: no such file; name the codex executable with --codex")
        found = cls(path.absolute(), python)
        _version(found.path)  # whether it runs shows here, not amid a session
        return found

    @property
    def client_version(self) -> str:
        """Of the Python client, which an app-server is told."""
        return _asked(self.python, _CLIENT, "an app-server is told the client's version")

    def provenance(self) -> dict[str, str]:
        """What was recorded, so that a tape can be judged stale when the pinned codex moves on."""
        return {"binary": "codex", "version": _version(self.path), "sha256": _digest(self.path)}


@cache
def _asked(python: Path, question: str, why: str) -> str:
    if not python.is_file():
        raise Unavailable(f"{python}: no such Python ({why}); run scripts/setup, or name an environment with --python")
    answer = subprocess.run([python, "-B", "-c", question], capture_output=True, text=True)
    if answer.returncode != 0:
        raise Unavailable(f"{python}: openai-codex is not installed there ({why}); run scripts/setup, or name another "
                          "environment with --python")
    return answer.stdout.strip()


@cache
def _version(path: Path) -> str:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, env={})
    except OSError as error:
        raise Unavailable(f"{path}: does not run ({error.strerror}); name the codex executable with --codex") from error
    words = answer.stdout.split()  # "codex-cli 0.163.0"
    if answer.returncode != 0 or not words:
        raise Unavailable(f"{path}: --version says nothing; is it codex? Name it with --codex")
    return words[-1]


@cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
