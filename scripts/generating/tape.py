"""Tapes as text."""

from __future__ import annotations

import json
from typing import Any


def text_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def header(transport: str, title: str, driver: dict[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"tape": 1, "transport": transport, "title": title + " (generated)"}
    if driver is not None:
        made["driver"] = driver
    return made


def tape(first: dict[str, Any], lines: list[tuple[str, Any]]) -> str:
    """lines: (">" or "<" or "!", value)."""
    return "".join(text_of(line) + "\n" for line in [first, *({key: value} for key, value in lines)])
