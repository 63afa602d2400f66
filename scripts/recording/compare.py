"""Whether two recordings of one session say the same.

What codex makes anew each time is put aside: ids are numbered as they come, so that the same id is the same everywhere;
clocks, durations and process numbers, each only under the keys listed here and only in the form listed here; the dates
in the names of codex's own files. The header's `recorded` is provenance. All else is compared as it stands, the order
of an object's keys too.

codex itself gives messages that do not depend on each other (those of two turns, a response and a notification) in
another order at times. So there is a second look, by lanes: each request with its response, the messages of each turn,
and what belongs to no turn by subject, each in order. It says whether the order between lanes is all that differs.
"""
from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

from . import RecordingError

TIMES = ("emittedAtMs", "startedAtMs", "completedAtMs", "startedAt", "completedAt", "createdAt", "updatedAt",
         "recencyAt", "at_ms")
"""Points in time, in seconds or milliseconds."""
CURSORS = ("backwardsCursor", "nextCursor")
"""Points in time as text."""
DURATIONS = ("durationMs", "timeUsedSeconds")
NUMBERED = ("processId",)
"""Ids that are digits, told from other digits by their key."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ROLLOUT = re.compile(r"(?:\d{4}/\d\d/\d\d/)?rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-")
_CURSOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")


def masks() -> str:
    """What is put aside, for people."""
    return (f"numbered as they come: UUIDs; {', '.join(NUMBERED)} (digits)\n"
            f"masked: {', '.join(TIMES)} (integers); {', '.join(CURSORS)} (points in time); {', '.join(DURATIONS)} "
            "(integers from 0); the dates in names of rollout files\nnot compared: the header's \"recorded\"")


def differences(left: Path, right: Path, by_lane: bool = False) -> list[str]:
    """A unified diff of what the two say; empty where they say the same."""
    diff = difflib.unified_diff(comparable(left, by_lane), comparable(right, by_lane), str(left), str(right),
                                lineterm="", n=1)
    return list(diff)


def comparable(tape: Path, by_lane: bool = False) -> list[str]:
    try:
        text = tape.read_bytes().decode("utf-8", "backslashreplace")
    except OSError as error:
        raise RecordingError(f"{tape}: cannot be read ({error.strerror})") from error
    lines = [_parsed(line) for line in text.split("\n")]
    reader = _Reader()
    return [reader.line(line) for line in (_in_lanes(lines) if by_lane else lines)]


def _parsed(line: str) -> Any:
    """A JSON value, or the text where it is none."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    if isinstance(value, dict) and "tape" in value:
        value.pop("recorded", None)
    return value


def _in_lanes(lines: list[Any]) -> list[Any]:
    """What was sent in its order, each request followed by its response; then lane by lane, in the order in which
    their threads and turns are named there."""
    responses, lanes, sent = {}, {}, []
    for line in lines:
        message = line.get("<") if isinstance(line, dict) else None
        if isinstance(message, dict) and "id" in message and "method" not in message:
            responses[message["id"]] = line
        elif isinstance(message, dict) and "method" in message:
            lanes.setdefault(_lane(message), []).append(line)
        else:
            sent.append(line)
    first: list[Any] = []
    for line in sent:
        first.append(line)
        message = line.get(">") if isinstance(line, dict) else None
        if isinstance(message, dict) and "method" in message and message.get("id") in responses:
            first.append(responses.pop(message["id"]))
    named = json.dumps(first)
    order = sorted(lanes, key=lambda lane: (named.find(lane[0]) if lane[0] in named else len(named), lane[1]))
    return [*first, *responses.values(), *(line for lane in order for line in lanes[lane])]


def _lane(message: dict[str, Any]) -> tuple[str, str]:
    params = message.get("params") or {}
    turn = params.get("turnId") or (params.get("turn") or {}).get("id")
    thread = params.get("threadId") or (params.get("thread") or {}).get("id") or ""
    subject = "turn" if turn else message["method"].split("/")[0]
    return turn or thread, subject


class _Reader:
    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def line(self, line: Any) -> str:
        return self._text(line) if isinstance(line, str) else json.dumps(self._value(line), ensure_ascii=False)

    def _value(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self._text(name): self._value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, key) for item in value]
        if isinstance(value, str):
            if key in NUMBERED and value.isdigit():
                return self._number(value)
            return "<time>" if key in CURSORS and _CURSOR.fullmatch(value) else self._text(value)
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
