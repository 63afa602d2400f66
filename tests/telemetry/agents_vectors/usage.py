"""How token counts add up: agents/usage.py, and what codex_tool makes of the wire's usage.

    sum   Usage.add of each of `added`: after each, serialize_usage, the data of a task and a turn
          span, and what was added since the first
    wire  `usage` of a turn.completed as codex_tool adds it to the run's: the same, or the error
"""

from __future__ import annotations

import random
from typing import Any, Iterator

from agents.extensions.experimental.codex.codex_tool import _to_agent_usage
from agents.extensions.experimental.codex.events import coerce_usage
from agents.run_internal.agent_runner_helpers import snapshot_usage, usage_delta
from agents.usage import (
    Usage,
    _make_input_tokens_details,
    serialize_usage,
    task_usage_to_span_data,
    turn_usage_to_span_data,
)
from openai.types.responses.response_usage import OutputTokensDetails
from vectors import Values, class_name, stable

COUNTS: list[Any] = [
    True, False, 0.0, -0.0, 1.0, -7.0, 1.5, 1e3, 9007199254740993.0, 1e18, 1e20, 1e300,
    9223372036854774784.0, 9223372036854775808.0, -9223372036854775808.0, -9.3e18, 5e-324,
    float("nan"), float("inf"), float("-inf"), None, "", " ", "5", " 5 ", "\t7\n", "\xa07",
    "\u20037\u2003", "\x1f7", "\x857", "\u200b7", "+5", "-5", "--5", "+-5", "+", "-", "- 5", "5.0",
    "5.", "5.00", "5.5", ".0", "0.0", "-0", "-0.0", "+0", "00012", "-0012", "0", "000", "1_000",
    "1__0", "_1", "1_", "1_0.0", "7.0_0", "0_7", "-_1", "0x10", "1e3", "x", "nan", "inf", "٣",
    "７", "é" * 60, "a'b", 'a"b', "a\\b\n", "\ud800", "5\x00", "😀" * 30, "x" * 49, "x" * 50,
    "x" * 51, "x" * 52, [], [1], [None] * 30, {}, {"a": 1}, {"a": "b" * 60}, "true", "True",
]
LETTERS = "00112359+-_. .\tx"


def shown(usage: Usage, since: Usage) -> dict[str, Any]:
    return {
        "serialized": serialize_usage(usage),
        "turn": turn_usage_to_span_data(usage),
        "task": task_usage_to_span_data(usage),
        "since": task_usage_to_span_data(usage_delta(since, usage)),
    }


class Counts:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.values = Values(source)

    def numbers(self) -> dict[str, int]:
        """As TokenCounts of the telemetry library names them."""
        keys = ["input", "output", "total", "cached_input", "cache_write_input", "reasoning_output"]
        zero = self.random.random() < 0.2
        return {key: 0 if zero else self.random.choice([0, 1, 7, 10**6, 10**12]) for key in keys}

    def usage(self, nested: bool = True) -> dict[str, Any]:
        requests = self.random.choice([0, 1, 1, 1, 2])
        entries = []
        if nested and self.random.random() < 0.3:
            entries = [self.numbers() for _ in range(self.random.randrange(1, 4))]
        return {**self.numbers(), "requests": requests, "entries": entries}

    def count(self) -> Any:
        roll = self.random.random()
        if roll < 0.35:
            return self.random.choice([0, 1, 17, -4, 250_000])
        if roll < 0.6:
            return self.random.choice(COUNTS)
        if roll < 0.9:
            return "".join(self.random.choices(LETTERS, k=self.random.randrange(7)))
        value = self.values.any(2)
        large = isinstance(value, int) and abs(value) > 10**12
        return 12 if large else value  # the library counts in 64 bits


def real_usage(given: dict[str, Any]) -> Usage:
    usage = Usage(
        requests=given["requests"],
        input_tokens=given["input"],
        output_tokens=given["output"],
        total_tokens=given["total"],
        input_tokens_details=_make_input_tokens_details(
            cached_tokens=given["cached_input"], cache_write_tokens=given["cache_write_input"]
        ),
        output_tokens_details=OutputTokensDetails(reasoning_tokens=given["reasoning_output"]),
    )
    for entry in given["entries"]:
        usage.request_usage_entries.extend(_entries(entry))
    return usage


def _entries(given: dict[str, int]) -> list[Any]:
    """A RequestUsage comes only from adding a request of which at least one count is not 0."""
    total = Usage()
    total.add(real_usage({**given, "input": given["input"] or 1, "requests": 1, "entries": []}))
    total.request_usage_entries[0].input_tokens = given["input"]
    return total.request_usage_entries


def sum_case(added: list[dict[str, Any]]) -> dict[str, Any]:
    total = Usage()
    first = snapshot_usage(total)
    out = []
    for number, usage in enumerate(added):
        total.add(real_usage(usage))
        if number == 0:
            first = snapshot_usage(total)
        out.append(shown(total, first))
    return {"kind": "sum", "added": added, "out": out}


def wire_case(usage: dict[str, Any]) -> dict[str, Any]:
    usage = stable(usage)
    total = Usage()
    case = {"kind": "wire", "usage": usage}
    try:
        total.add(_to_agent_usage(coerce_usage(usage)))
    except Exception as error:
        return case | {"error": [class_name(type(error)), str(error)]}
    if abs(total.total_tokens) >= 2**63:
        return {}
    return case | {"out": shown(total, Usage())}


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    counts = Counts(source)
    for _ in range(150):
        yield sum_case([counts.usage() for _ in range(source.randrange(1, 5))])
    keys = ["input_tokens", "cached_input_tokens", "output_tokens"]
    made = [dict.fromkeys(keys, 1) | {key: value} for value in COUNTS for key in keys]
    made += [dict.fromkeys(keys, value) for value in COUNTS]
    made += [{key: counts.count() for key in keys} for _ in range(500)]
    made += [dict.fromkeys(keys, "9" * size) for size in [18, 9]]
    for usage in made:
        if case := wire_case(usage):
            yield case
