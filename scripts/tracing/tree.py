"""Spans of two programs as one tree: ours as the library exports them, codex's as they come by OTLP."""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Iterator

_OUR_TRACE = re.compile(r"trace_([0-9a-f]{32})")
_OUR_SPAN = re.compile(r"span_([0-9a-f]{16})[0-9a-f]{8}")


@dataclass(frozen=True)
class Span:
    trace: str
    id: str
    parent: str
    """Empty: it has none."""
    name: str
    ours: bool
    start: float
    """Seconds since the epoch."""
    end: float
    state: str = ""
    """Its `tracestate`; ours do not have one."""

    @classmethod
    def exported_by_codex(cls, span: dict[str, Any]) -> "Span":
        start, end = (int(span[key]) / 1e9 for key in ("startTimeUnixNano", "endTimeUnixNano"))
        return cls(span["traceId"], span["spanId"], span.get("parentSpanId", ""), span["name"], False, start, end,
                   span.get("traceState", ""))

    @classmethod
    def exported_by_us(cls, span: dict[str, Any]) -> "Span":
        """The ids as propagation.h says: a trace's 32 digits, the first 16 of a span's 24."""
        start, end = (datetime.fromisoformat(span[key]).timestamp() for key in ("started_at", "ended_at"))
        parent = span["parent_id"]
        return cls(_OUR_TRACE.fullmatch(span["trace_id"])[1], _OUR_SPAN.fullmatch(span["id"])[1],
                   _OUR_SPAN.fullmatch(parent)[1] if parent else "", span["span_data"]["name"], True, start, end)


class Tree:
    """The spans of one trace."""

    def __init__(self, spans: list[Span], trace: str) -> None:
        self.trace = trace
        self.spans = sorted((span for span in spans if span.trace == trace), key=lambda span: span.start)
        self.others = [span for span in spans if span.trace != trace]
        self._ids = {span.id: span for span in self.spans}
        self._children: dict[str, list[Span]] = {}
        for span in self.spans:
            self._children.setdefault(span.parent, []).append(span)

    def parent(self, span: Span) -> Span | None:
        return self._ids.get(span.parent)

    def children(self, span: Span) -> list[Span]:
        return self._children.get(span.id, [])

    def below(self, span: Span) -> Iterator[Span]:
        """All that hang under it, at any depth."""
        waiting = list(self.children(span))
        while waiting:
            span = waiting.pop()
            yield span
            waiting += self.children(span)

    def lost(self) -> list[Span]:
        """Those that hang under nothing that is here, but for our own roots."""
        return [span for span in self.spans if not self.parent(span) and not (span.ours and not span.parent)]

    def ancestors(self, span: Span) -> Iterator[Span]:
        parent = self.parent(span)
        while parent:
            yield parent
            parent = self.parent(parent)


def table(tree: Tree, depth: int, least: int) -> list[str]:
    """The top of the tree: what hangs directly under our spans, `depth` levels below that what has anything under it,
    and below those what has at least `least` spans under it. How many there are tells the last column."""
    rows = [("span", "of", "span id", "ms", "spans below")]
    for root in (span for span in tree.spans if not tree.parent(span)):
        rows += _rows(tree, root, 0, depth, least)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.rjust(width) if column > 2 else text.ljust(width)
                      for column, (text, width) in enumerate(zip(row, widths))) for row in rows]


def _rows(tree: Tree, span: Span, level: int, depth: int, least: int) -> Iterator[tuple[str, ...]]:
    below = len(list(tree.below(span)))
    milliseconds = f"{(span.end - span.start) * 1000:.0f}"
    yield "  " * level + span.name, "us" if span.ours else "codex", span.id, milliseconds, str(below)
    left = depth if span.ours else depth - 1
    for child in tree.children(span):
        size = len(list(tree.below(child)))
        if span.ours or size >= least or (left > 0 and size > 0):
            yield from _rows(tree, child, level + 1, left, least)
