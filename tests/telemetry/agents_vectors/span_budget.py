"""How span data are cut to a size: codex_tool.py of the package.

    string  _truncate_span_string(text, max) is `out`
    value   _truncate_span_value(value, max) is `out`
    merge   _merge_span_data of each of `updates` into what the one before left; `out`: each result
"""

from __future__ import annotations

import random
from typing import Any, Iterator

from agents.extensions.experimental.codex.codex_tool import (
    SPAN_TRIM_KEYS,
    _drop_empty_string_fields,
    _json_char_size,
    _merge_span_data,
    _truncate_span_string,
    _truncate_span_value,
)
from vectors import LETTERS, STRANGE, Values, stable

OTHER_KEYS = ["status", "exit_code", "", "é", "server", "\ud800", 'a"b', "Output"]


def string_case(text: str, limit: int | None) -> dict[str, Any]:
    out = _truncate_span_string(text, limit)
    return {"kind": "string", "text": text, "max": limit, "out": out}


def value_case(value: Any, limit: int | None) -> dict[str, Any]:
    out = _truncate_span_value(value, limit)
    return {"kind": "value", "value": value, "max": limit, "out": out}


def merge_case(updates: list[dict[str, Any]], limit: int | None) -> dict[str, Any]:
    current: dict[str, Any] = {}
    out = []
    for update in updates:
        current = _merge_span_data(current, update, limit)
        out.append(current)
    return {"kind": "merge", "max": limit, "updates": updates, "out": out}


class Cases:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.values = Values(source)

    def limit(self) -> int | None:
        if self.random.random() < 0.06:
            return self.random.choice([None, 0, -1, -200, 8192])
        return self.random.randrange(1, 201)

    def long_text(self, longest: int) -> str:
        size = self.random.randrange(longest + 1)
        letters = self.random.choice(["a", LETTERS, LETTERS + STRANGE, STRANGE, "é", "😀", "\x7f"])
        return stable("".join(self.random.choices(letters, k=size)))

    def value(self) -> Any:
        return self.random.choice([
            lambda: self.long_text(60),
            lambda: self.long_text(20),
            lambda: self.values.any(2),
            lambda: self.values.number(),
            lambda: self.random.choice(["", None, True, False, [], {}]),
        ])()

    def data(self) -> dict[str, Any]:
        """Mostly keys that are trimmed, in any order, with a few others among them."""
        keys = self.random.sample(SPAN_TRIM_KEYS, self.random.randrange(len(SPAN_TRIM_KEYS) + 1))
        keys += self.random.sample(OTHER_KEYS, self.random.choice([0, 0, 1, 2, 3]))
        self.random.shuffle(keys)
        return stable({key: self.value() for key in keys[: self.random.choice([2, 4, 12])]})

    def merge(self) -> dict[str, Any]:
        updates = [self.data() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        limit = self.limit()
        if self.random.random() < 0.6:
            limit = self.near(updates)
        return merge_case(updates, limit)

    def near(self, updates: list[dict[str, Any]]) -> int:
        """A limit between what never fits and what always does, often at an edge of it."""
        merged: dict[str, Any] = {}
        for update in updates:
            merged |= update
        merged = _drop_empty_string_fields(merged)
        blank = _json_char_size({k: "" if k in SPAN_TRIM_KEYS else v for k, v in merged.items()})
        whole = _json_char_size(merged)
        low, high = min(blank, whole), max(blank, whole)
        edge = self.random.choice([low, high, self.random.randint(low, high)])
        return edge + self.random.randint(-3, 3)

    def command(self, size: int) -> dict[str, Any]:
        """As the client merges the data of a command: its output was cut before."""
        limit = self.random.choice([300, 1000, 8192])
        letters = self.random.choice(["a", LETTERS, LETTERS + STRANGE])
        updates = []
        for status in ["in_progress", "completed"]:
            output = stable("".join(self.random.choices(letters, k=limit + size)))
            updates.append({
                "status": status,
                "exit_code": self.random.choice([None, 0, 1, -9, float("nan")]),
                "command": self.values.text(30) * self.random.choice([1, 20]),
                "output": _truncate_span_value(output, limit),
            })
        return merge_case(updates[self.random.randrange(2) :], limit)


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    make = Cases(source)
    for limit in [None, -1, 0, 1, 2, 25, 26, 27, 28, 29, 30, 31, 200]:
        for size in [0, 1, 9, 10, 27, 28, 99, 100, 120]:
            yield string_case("😀" * size, limit)
    for _ in range(600):
        yield string_case(make.long_text(source.choice([10, 60, 130])), make.limit())
    for number in range(700):
        value = stable(make.value())
        near = _json_char_size(value) + source.randint(-1, 1)
        yield value_case(value, make.limit() if number % 2 else near)
    for _ in range(2200):
        yield make.merge()
    for size in [-2000, -300, -120, -60, -30, -10, -1, 0, 1, 2, 30, 500]:
        for _ in range(3):
            yield make.command(size)
