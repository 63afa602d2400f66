"""What a tape must not show: a folder, the user or the name of the machine that it was recorded on."""
from __future__ import annotations

import getpass
import json
import re
import socket
from pathlib import Path
from typing import Any, Iterator

from . import RecordingError

HOST = "desk"
"""Stands for the host's name."""
SYSTEM = "Linux 6.1.0; x86_64"
"""Stands for the name and version of the operating system in codex's user agent."""

_PRIVATE_FOLDERS = re.compile(r"(?<![\w.])/(?:home(?!/user\b)|root|Users|tmp|var|work|mnt|srv|opt|private|builds)\b"
                              r"(?![-.])(?:/[\w.@+~-]+)*")
_EVERYBODY = {"root", "user", "runner", "build", "localhost", "codex"}  # names that name nobody


def check_private(said: bytes, folders: list[str], known: str) -> None:
    """`folders`: of this recording. A name that `known`, the session's own text, has is not the machine's."""
    text = said.decode("utf-8", "replace")
    names = {socket.gethostname(), socket.gethostname().split(".")[0], getpass.getuser()} - _EVERYBODY - {HOST}
    for folder in [*folders, str(Path.home()) + "/"]:
        if folder in text:
            raise RecordingError(f"the recording would show {folder}: replace it in scripts/recording/workshop.py")
    for name in names:
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        if word.search(text) and not word.search(known):
            raise RecordingError(f"the recording would show the name {name!r} of this machine or user")


def findings(tape: bytes) -> Iterator[str]:
    """What names some machine, judged from the tape alone: any folder, host and system but those that stand for one."""
    for number, line in enumerate(tape.decode("utf-8", "replace").split("\n"), 1):
        try:
            value = json.loads(line)
        except ValueError:
            value = line
        for key, text in _texts(value):
            for folder in _PRIVATE_FOLDERS.findall(text):
                yield f"line {number}: the folder {folder}"
            if key == "serverName" and text != HOST:
                yield f"line {number}: the host {text}"
            if key == "userAgent" and f"({SYSTEM})" not in text:
                yield f"line {number}: the system of {text}"
            for address in re.findall(r"127\.0\.0\.1:(\d+)", text):
                if address != "8080":
                    yield f"line {number}: the port {address}"


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, name)
            yield "", name
