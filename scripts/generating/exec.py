"""Sessions of `codex exec`: every event and every item of the agents package's Codex extension."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any, Iterator

from agents.extensions.experimental.codex import events, items

from .payloads import Payloads
from .tape import header, tape

THREAD = "0199aaaa-0000-7000-8000-00000000000e"
ARGV = ["exec", "--experimental-json", "--skip-git-repo-check", "-"]
DRIVER = {
    "prompt": "Say everything.",
    "steps": [
        {"calls": [{"call_id": "call_1", "arguments": {"inputs": [{"type": "text", "text": "go"}]}}]},
        {"message": "Everything is said."},
    ],
    "codex_tool": {"skip_git_repo_check": True},
}


def sessions() -> Iterator[tuple[str, str]]:
    """(name, text)"""
    by_kind: dict[str, list[Any]] = {}
    for event in _payloads():
        by_kind.setdefault(event["type"], []).append(event)
    threads = by_kind.pop("thread.started")
    starts = by_kind.pop("turn.started")
    ends = by_kind.pop("turn.completed")
    failures = by_kind.pop("turn.failed") + by_kind.pop("error")
    opening = [threads[0], starts[0]]
    between = [event for kind in sorted(by_kind) for event in by_kind[kind]]
    title = "Every item, started, updated and completed, with all that its type declares"
    yield "exec/items", _tape(title, [*opening, *between, ends[0]])
    for index, end in enumerate(ends[1:], 1):
        yield f"exec/turn-end-{index}", _tape("An end of a turn", [*opening, end])
    for index, failure in enumerate(failures, 1):
        yield f"exec/failure-{index}", _tape("A turn that fails", [*opening, failure])


def _tape(title: str, lines: list[Any]) -> str:
    process = (">", {"argv": ARGV, "stdin": "go"})
    return tape(header("exec", title, DRIVER), [process, *(("<", line) for line in lines)])


def _payloads() -> Iterator[dict[str, Any]]:
    payloads = Payloads({"thread_id": THREAD})
    known = [each for each in typing.get_args(items.ThreadItem) if _is_public(each)]
    for event in typing.get_args(events.ThreadEvent):
        if not _is_public(event):
            continue
        if "item" not in {field.name for field in dataclasses.fields(event)}:
            yield from payloads.of(event, _accept)
            continue
        tag = next(field.default for field in dataclasses.fields(event) if field.name == "type")
        for item in known:
            # Of each event every item, with all of its fields once over.
            for payload in Payloads({}).of(item, lambda raw: _accept({"type": tag, "item": raw})):
                yield {"type": tag, "item": payload}


def _is_public(kind: type) -> bool:
    return not kind.__name__.startswith("_")


def _accept(raw: dict[str, Any]) -> None:
    taken = events.coerce_thread_event(raw)
    if not _is_public(type(taken)):
        raise ValueError(f"the extension does not know {raw!r}")
