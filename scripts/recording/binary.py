"""The codex executable: where it is, and what a tape says of it."""
from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import RecordingError

_ASK = "from codex_cli_bin import bundled_codex_path; print(bundled_codex_path())"


@dataclass(frozen=True)
class Binary:
    path: Path

    @classmethod
    def find(cls, given: Path | None, python: Path) -> "Binary":
        """The executable given, or the one that came with the pinned clients in `python`'s environment."""
        path = given or _bundled(python)
        if not path.is_file():
            raise RecordingError(f"{path}: no such file; name the codex executable with --codex")
        return cls(path.absolute())

    def provenance(self) -> dict[str, str]:
        """What was recorded, so that a tape can be judged stale when the pinned codex moves on."""
        return {"binary": "codex", "version": _version(self.path), "sha256": _digest(self.path)}


def _bundled(python: Path) -> Path:
    if not python.is_file():
        raise RecordingError(f"{python}: no such Python; name codex with --codex, or its environment with --python")
    answer = subprocess.run([python, "-c", _ASK], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RecordingError(f"{python}: openai-codex is not installed there; name codex with --codex")
    return Path(answer.stdout.strip())


@cache
def _version(path: Path) -> str:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, env={})
    words = answer.stdout.split()  # "codex-cli 0.163.0"
    if answer.returncode != 0 or not words:
        raise RecordingError(f"{path}: --version says nothing")
    return words[-1]


@cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
