"""What calls of the tracing API export and log.

A case: `redact` (both switches of the log), `throws` (the callback in which a processor that
stands before the recorder raises, or null), `calls`, and `records`: the lines that its user saw.
Calls name traces and spans by variables:

    ["trace", t, {name, id, group_id, metadata, disabled}]   trace(…)
    ["start_trace", t, mark_as_current]     ["finish_trace", t, reset_current]
    ["span", s, type, {…}, disabled]        custom_span(…), agent_span(…), …
    ["start", s, mark_as_current]           ["finish", s, reset_current]
    ["set", s, field, value]                an attribute of the span's data
    ["update", s, {…}]                      the data of a custom span, in place
    ["error", s, message, data]             ["disable", flag]
    ["current"]                             records which trace and span are current
"""

from __future__ import annotations

import contextvars
import random
from types import SimpleNamespace
from typing import Any, Iterator

import agents.tracing as api
from agents.tracing.provider import DefaultTraceProvider
from vectors import Recorder, Recording, Values, stable

MAKERS: dict[str, Any] = {
    "agent": api.agent_span,
    "task": api.task_span,
    "turn": api.turn_span,
    "function": api.function_span,
    "generation": api.generation_span,
    "response": api.response_span,
    "handoff": api.handoff_span,
    "custom": api.custom_span,
    "guardrail": api.guardrail_span,
    "mcp_tools": api.mcp_tools_span,
}


class Player:
    """Makes the calls of one case on the real API."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._named: dict[str, Any] = {}

    def play(self, call: list[Any]) -> None:
        getattr(self, "_" + call[0])(*call[1:])

    def _trace(self, name: str, given: dict[str, Any]) -> None:
        given = dict(given)
        self._named[name] = api.trace(given.pop("name"), trace_id=given.pop("id"), **given)

    def _start_trace(self, name: str, mark: bool) -> None:
        self._named[name].start(mark_as_current=mark)

    def _finish_trace(self, name: str, reset: bool) -> None:
        self._named[name].finish(reset_current=reset)

    def _span(self, name: str, kind: str, given: dict[str, Any], disabled: bool) -> None:
        given = dict(given)
        if kind == "response" and "response_id" in given:
            given = {"response": SimpleNamespace(id=given["response_id"])}
        self._named[name] = MAKERS[kind](**given, disabled=disabled)

    def _start(self, name: str, mark: bool) -> None:
        self._named[name].start(mark_as_current=mark)

    def _finish(self, name: str, reset: bool) -> None:
        self._named[name].finish(reset_current=reset)

    def _set(self, name: str, field: str, value: Any) -> None:
        data = self._named[name].span_data
        if field == "response_id":
            field, value = "response", SimpleNamespace(id=value)
        setattr(data, field, value)

    def _update(self, name: str, changes: dict[str, Any]) -> None:
        self._named[name].span_data.data.update(changes)

    def _error(self, name: str, message: str, data: Any) -> None:
        self._named[name].set_error({"message": message, "data": data})

    def _disable(self, flag: bool) -> None:
        api.set_tracing_disabled(flag)

    def _current(self) -> None:
        trace, span = api.get_current_trace(), api.get_current_span()
        self._recorder.say("current", [trace and trace.trace_id, span and span.span_id])


class Thrower(Recorder):
    def __init__(self, callback: str, text: str) -> None:
        super().__init__()

        def throws(_: Any) -> None:
            raise RuntimeError(text)

        setattr(self, callback, throws)


def case(calls: list[Any], redact: bool, throws: str | None = None) -> dict[str, Any]:
    calls = stable(calls)
    recorder = Recorder()
    before = [Thrower(throws, "it's é")] if throws else []
    api.set_trace_provider(DefaultTraceProvider())

    def run() -> None:
        player = Player(recorder)
        with Recording(recorder, redact=redact, before=before):
            for call in stable(calls):  # the API keeps what it is given and changes it
                player.play(call)

    contextvars.Context().run(run)
    return {"redact": redact, "throws": throws, "calls": calls, "records": recorder.lines}


class Programs:
    """Random sequences of calls: mostly nested and in order, sometimes not."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.values = Values(source)

    def _maybe(self, value: Any) -> Any:
        return None if self.random.random() < 0.3 else value

    def _names(self) -> Any:
        return self._maybe([self.values.text(5) for _ in range(self.random.randrange(3))])

    def _messages(self) -> Any:
        return self._maybe([self.values.dict(1) for _ in range(self.random.randrange(3))])

    def _usage(self) -> Any:
        return self._maybe({"input_tokens": self.random.randrange(99), "x": self.values.number()})

    def _text(self) -> Any:
        return self._maybe(self.values.text(8))

    def trace(self) -> dict[str, Any]:
        metadata = self._maybe(self.values.dict(1))
        if metadata is not None and self.random.random() < 0.5:
            metadata["agent_harness_id"] = self.values.any(1)
        return {
            "name": self.values.text(8),
            "id": self.random.choice([None, None, "", "trace_" + "0a" * 16, "mine", "no-op"]),
            "group_id": self._text(),
            "metadata": metadata,
            "disabled": self.random.random() < 0.1,
        }

    def fields(self, kind: str) -> dict[str, Any]:
        """The arguments that make a span of this type."""
        return {
            "agent": lambda: {
                "name": self.values.text(8), "handoffs": self._names(), "tools": self._names(),
                "output_type": self._text(),
            },
            "task": lambda: {"name": self.values.text(8)},
            "turn": lambda: {
                "turn": self.random.randrange(-1, 12), "agent_name": self.values.text(5),
            },
            "function": lambda: {
                "name": self.values.text(8), "input": self._text(), "output": self._text(),
            },
            "generation": lambda: {
                "input": self._messages(), "output": self._messages(), "model": self._text(),
                "model_config": self._maybe(self.values.dict(1)), "usage": self._usage(),
            },
            "response": lambda: self.random.choice([{}, {"response_id": self.values.text(8)}]),
            "handoff": lambda: {"from_agent": self._text(), "to_agent": self._text()},
            "custom": lambda: {
                "name": self.values.text(8), "data": self._maybe(self.values.dict(2)),
            },
            "guardrail": lambda: {
                "name": self.values.text(8), "triggered": self.random.random() < 0.5,
            },
            "mcp_tools": lambda: {"server": self._text(), "result": self._names()},
        }[kind]()

    def change(self, kind: str) -> tuple[str, Any]:
        """An attribute of the data, and what it is set to."""
        metadata = lambda: self._maybe(self.values.dict(1) | self.random.choice([
            {}, {"agent_harness_id": "own"}]))
        field, value = self.random.choice({
            "agent": [("tools", self._names), ("handoffs", self._names), ("metadata", metadata)],
            "task": [("usage", self._usage), ("metadata", metadata)],
            "turn": [("usage", self._usage), ("metadata", metadata)],
            "function": [
                ("input", self._text), ("output", lambda: self.values.any(2)),
                ("mcp_data", lambda: self._maybe(self.values.dict(1))),
            ],
            "generation": [("output", self._messages), ("usage", self._usage)],
            "response": [("response_id", self._text), ("usage", self._usage)],
            "handoff": [("to_agent", self._text)],
            "custom": [
                ("name", lambda: self.values.text(5)), ("data", lambda: self.values.dict(2)),
            ],
            "guardrail": [("triggered", lambda: self.random.random() < 0.5)],
            "mcp_tools": [("result", self._names), ("server", self._text)],
        }[kind])
        return field, stable(value())

    def program(self) -> list[Any]:
        traces: list[str] = []
        spans: list[tuple[str, str]] = []
        calls: list[Any] = []
        if self.random.random() < 0.9:
            calls += [["trace", "t0", self.trace()], ["start_trace", "t0", True]]
            traces.append("t0")
        for _ in range(self.random.randrange(3, 13)):
            roll = self.random.random()
            if roll < 0.06 or not (traces or spans):
                name = f"t{len(traces)}"
                traces.append(name)
                calls.append(["trace", name, self.trace()])
            elif roll < 0.16 and traces:
                name = self.random.choice(traces)
                operation = self.random.choice(["start_trace", "finish_trace"])
                calls.append([operation, name, self.random.random() < 0.8])
            elif roll < 0.46 or not spans:
                name, kind = f"s{len(spans)}", self.random.choice(list(MAKERS))
                spans.append((name, kind))
                calls.append(["span", name, kind, self.fields(kind), self.random.random() < 0.06])
                if self.random.random() < 0.85:
                    calls.append(["start", name, self.random.random() < 0.7])
            elif roll < 0.72:
                name, _ = self.random.choice(spans[-2:])
                calls.append(["finish", name, self.random.random() < 0.8])
            elif roll < 0.76:
                calls.append(["start", self.random.choice(spans)[0], self.random.random() < 0.5])
            elif roll < 0.90:
                name, kind = self.random.choice(spans)
                if kind == "custom" and self.random.random() < 0.5:
                    calls.append(["update", name, self.values.dict(1)])
                else:
                    calls.append(["set", name, *self.change(kind)])
            elif roll < 0.96:
                name, _ = self.random.choice(spans)
                calls.append(["error", name, self.values.text(8), self._maybe(self.values.dict(1))])
            elif roll < 0.98:
                calls.append(["disable", self.random.random() < 0.6])
            else:
                calls.append(["current"])
        return [*calls, ["current"]]

    def nested(self, kind: str) -> list[Any]:
        """`with trace(…): with span: with span:`, as a run makes them."""
        outer = self.random.choice(["task", "agent", "custom"])
        return [
            ["trace", "t", self.trace() | {"id": None}], ["start_trace", "t", True],
            ["span", "a", outer, self.fields(outer), False], ["start", "a", True],
            ["span", "b", kind, self.fields(kind), False], ["start", "b", True], ["current"],
            ["set", "b", *self.change(kind)], ["error", "b", "failed", self.values.dict(1)],
            ["finish", "b", True], ["current"], ["set", "a", *self.change(outer)],
            ["finish", "a", True], ["finish_trace", "t", True], ["current"],
        ]


TRACE = {"name": "w", "id": None, "group_id": None, "metadata": None, "disabled": False}
CUSTOM = ["custom", {"name": "c", "data": {"a": 1}}]


def edges() -> Iterator[list[Any]]:
    """What is done twice, in the wrong order, or not at all."""
    t, off = ["trace", "t", TRACE], ["trace", "t", TRACE | {"disabled": True}]
    begin, end = ["start_trace", "t", True], ["finish_trace", "t", True]
    span = ["span", "s", *CUSTOM, False]
    start, finish, now = ["start", "s", True], ["finish", "s", True], ["current"]
    yield [t, begin, begin, now, end, now, end, now]
    yield [t, begin, end, begin, now]
    yield [t, end, now]
    yield [t, ["start_trace", "t", False], now, span, end]
    yield [t, begin, ["finish_trace", "t", False], now, end, now]
    yield [off, begin, now, begin, span, start, now, finish, end, now, end, now]
    yield [off, end, now]
    yield [t, begin, ["trace", "u", TRACE], ["start_trace", "u", True], now, end, now,
           ["finish_trace", "u", True], now]
    yield [span, start, now, finish, now]
    yield [t, begin, span, start, start, now, finish, finish, now, end]
    yield [t, begin, span, finish, start, now, finish, end]
    yield [t, begin, span, start, ["finish", "s", False], now, finish, now]
    yield [t, begin, ["span", "s", *CUSTOM, True], start, start, now, ["span", "u", *CUSTOM, False],
           ["start", "u", True], now, ["finish", "u", True], finish, now, finish, now, end]
    yield [t, begin, span, start, ["span", "u", *CUSTOM, False], ["start", "u", True], finish, now,
           ["finish", "u", True], now, end]
    yield [t, begin, span, start, end, now, ["span", "u", *CUSTOM, False], finish, now]
    yield [t, begin, span, start, ["trace", "u", TRACE], ["start_trace", "u", True],
           ["span", "v", *CUSTOM, False], ["start", "v", False], ["finish", "v", False], finish]
    yield [["disable", True], t, begin, span, start, now, ["disable", False],
           ["span", "u", *CUSTOM, False], finish, end, now]
    yield [t, begin, span, start, ["disable", True], ["span", "u", *CUSTOM, False],
           ["error", "u", "m", None], ["start", "u", True], now, ["finish", "u", True], finish, end]
    yield [["trace", "t", TRACE | {"id": "no-op"}], begin, now, span, start, finish, end, now]
    yield [t, begin, span, ["error", "s", "before", {"a": 1}], start, ["error", "s", "m", None],
           finish, ["error", "s", "after", {}], end]


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    programs = Programs(source)
    for redact in [True, False]:
        for calls in edges():
            yield case(calls, redact)
        for kind in MAKERS:
            for _ in range(4):
                yield case(programs.nested(kind), redact)
        for callback in ["on_trace_start", "on_trace_end", "on_span_start", "on_span_end"]:
            yield case(programs.nested("custom"), redact, callback)
        for _ in range(220):
            yield case(programs.program(), redact)
