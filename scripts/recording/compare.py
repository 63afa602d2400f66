"""Whether two recordings of one session say the same.

What codex makes anew each time is put aside: ids are numbered as they come, so that the same id is the same everywhere;
clocks, durations and process numbers, each only under the keys listed here and only in the form listed here; the dates
in the names of codex's own files. The header's `recorded` is provenance. All else is compared as it stands, the order
of an object's keys too.
"""
from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any, Iterator

from . import RecordingError

TIMES = ("emittedAtMs", "startedAtMs", "completedAtMs", "startedAt", "completedAt", "createdAt", "updatedAt",
         "recencyAt", "at_ms")
"""Points in time, in seconds or milliseconds."""
DURATIONS = ("durationMs",)
NUMBERED = ("processId",)
"""Ids that are digits, told from other digits by their key."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ROLLOUT = re.compile(r"\d{4}/\d\d/\d\d/rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-")


def masks() -> str:
    """What is put aside, for people."""
    return (f"numbered as they come: UUIDs, {', '.join(NUMBERED)}\nmasked: {', '.join(TIMES)} (integers), "
            f"{', '.join(DURATIONS)} (integers from 0), the dates in names of rollout files\nnot compared: the header's "
            "\"recorded\"")


def differences(left: Path, right: Path) -> list[str]:
    """A unified diff of what the two say; empty where they say the same."""
    return list(difflib.unified_diff(comparable(left), comparable(right), str(left), str(right), lineterm="", n=1))


def comparable(tape: Path) -> list[str]:
    try:
        data = tape.read_bytes()
    except OSError as error:
        raise RecordingError(f"{tape}: cannot be read ({error.strerror})") from error
    return list(_Reader().lines(data.decode("utf-8", "backslashreplace")))


class _Reader:
    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def lines(self, text: str) -> Iterator[str]:
        for line in text.split("\n"):
            try:
                value = json.loads(line)
            except ValueError:
                yield self._text(line)
                continue
            if isinstance(value, dict) and "tape" in value:
                value.pop("recorded", None)
            yield json.dumps(self._value(value), ensure_ascii=False)

    def _value(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self._text(name): self._value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, key) for item in value]
        if isinstance(value, str):
            return self._number(value) if key in NUMBERED and value.isdigit() else self._text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if key in TIMES:
                return "<time>"
            if key in DURATIONS and value >= 0:
                return "<duration>"
        return value

    def _text(self, text: str) -> str:
        return _UUID.sub(lambda found: self._number(found[0]), _ROLLOUT.sub("<date>/rollout-<time>-", text))

    def _number(self, name: str) -> str:
        return f"<id:{self._ids.setdefault(name, len(self._ids) + 1)}>"
