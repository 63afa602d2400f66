"""What another version of codex changes in a session, by kind of message: which messages there are more or fewer of,
which keys are new or gone, which values are others. For people; whether two recordings say the same is `compare`."""
from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Iterator

from .compare import comparable

_LONGEST = 60


class Shape:
    """Of one tape, or several."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()
        self.values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def add(self, tape: Path) -> None:
        asked: dict[Any, str] = {}
        for line in comparable(tape):
            entry = json.loads(line) if line.startswith("{") else {}
            for direction in "><":
                message = entry.get(direction)
                if isinstance(message, dict):
                    self._add(_kind(direction, message, asked), message)

    def _add(self, kind: str, message: dict[str, Any]) -> None:
        self.times[kind] += 1
        for path, value in _leaves(message):
            if value not in self.values[kind][path]:
                self.values[kind][path].append(value)


def changes(left: Shape, right: Shape) -> Iterator[tuple[str, str]]:
    """Kind of message, and what is other there on the right."""
    for kind in sorted(left.times | right.times):
        if left.times[kind] != right.times[kind]:
            yield kind, f"{left.times[kind]} → {right.times[kind]} messages"
        if not left.times[kind] or not right.times[kind]:
            continue
        old, new = left.values[kind], right.values[kind]
        if gone := _outermost(old.keys() - new.keys(), new):
            yield kind, "gone: " + ", ".join(gone)
        if come := _outermost(new.keys() - old.keys(), old):
            yield kind, "new: " + ", ".join(come)
        for path in old:
            if path in new and sorted(old[path]) != sorted(new[path]):
                yield kind, f"{path}: {_short(old[path])} → {_short(new[path])}"


def _kind(direction: str, message: dict[str, Any], asked: dict[Any, str]) -> str:
    if "method" in message:
        if direction == ">":
            asked[message.get("id")] = message["method"]
        return f"{direction} {message['method']}"
    if "id" in message:
        return f"{direction} response to {asked.get(message['id'], 'codex')}"
    return f"{direction} {message.get('type', 'process')}"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and value of all that is no object and no list. An item's path tells its type: each has keys of its own."""
    if isinstance(value, dict):
        own = f"({value['type']})" if path.endswith("/item") and "type" in value else ""
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}{own}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}/*")
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _outermost(paths: Any, others: Any) -> list[str]:
    """The paths, or the part of them that nothing on the other side has."""
    found = set()
    for path in paths:
        parts = path.split("/")
        for length in range(2, len(parts) + 1):
            head = "/".join(parts[:length])
            if not any(other == head or other.startswith((head + "/", head + "(")) for other in others):
                found.add(head)
                break
        else:
            found.add(path)
    return sorted(found)


def _short(values: list[str]) -> str:
    text = " | ".join(values)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
