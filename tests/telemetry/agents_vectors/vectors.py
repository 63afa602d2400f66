"""What the kinds share: random values, and the exports and log records of a case as lines."""

from __future__ import annotations

import json
import logging
import random
import re
from typing import Any

from agents import _debug, set_trace_processors
from agents.tracing import TracingProcessor

LETTERS = "abc XYZ019_-/.:'\"\\\n\t%{}[]"
STRANGE = "\x00\x1f\x7f\x80é€\u2028\ufeff\uffff\ud800\udfff😀\U0010ffff"
REALS = [0.0, -0.0, 0.5, 1.0, -1.5, 1e16, 1e15, 1e-5, 0.1, 1e300, 5e-324]
REALS += [float("nan"), float("inf"), float("-inf")]


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def stable(value: Any) -> Any:
    """As it comes back from JSON: two surrogates that stand side by side become one character."""
    return json.loads(json.dumps(value))


class Values:
    """Random values that JSON can say."""

    def __init__(self, source: random.Random) -> None:
        self.random = source

    def text(self, longest: int = 12) -> str:
        size = self.random.randrange(longest + 1)
        letters = LETTERS + STRANGE if self.random.random() < 0.4 else LETTERS
        return stable("".join(self.random.choices(letters, k=size)))

    def number(self) -> int | float:
        return self.random.choice([
            lambda: self.random.randrange(-3, 4),
            lambda: self.random.randrange(-(10**9), 10**9),
            lambda: self.random.randrange(-(10**40), 10**40),
            lambda: self.random.choice(REALS),
            lambda: self.random.uniform(-1000, 1000),
        ])()

    def any(self, depth: int = 2) -> Any:
        kinds = ["text", "text", "number", "word"] + ["list", "dict"] * (depth > 0)
        kind = self.random.choice(kinds)
        if kind == "text":
            return self.text()
        if kind == "number":
            return self.number()
        if kind == "word":
            return self.random.choice([None, True, False])
        if kind == "list":
            return [self.any(depth - 1) for _ in range(self.random.randrange(4))]
        return self.dict(depth - 1)

    def dict(self, depth: int = 2) -> dict[str, Any]:
        return stable({self.text(4): self.any(depth) for _ in range(self.random.randrange(4))})


def class_name(kind: type) -> str:
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def log_argument(argument: Any) -> Any:
    """As the telemetry library holds it: an object is told by its class and its str()."""
    if argument is None or isinstance(argument, (str, int, float)):
        return argument
    return {"class": class_name(type(argument)), "text": str(argument)}


class Normalizer:
    """Ids by first appearance, times and addresses by shape; the test does the same."""

    ID = re.compile(r"\b(trace_[0-9a-f]{32}|span_[0-9a-f]{24})\b")
    TIME = re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00"')
    ADDRESS = re.compile(r"\b0x[0-9a-f]+\b")

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        text = self.ID.sub(self._id, text)
        return self.ADDRESS.sub("<address>", self.TIME.sub('"<time>"', text))

    def _id(self, match: re.Match[str]) -> str:
        return self._ids.setdefault(match[1], f"<id:{len(self._ids) + 1}>")


class Recorder(TracingProcessor, logging.Handler):
    """All that a user of the package is shown in one case, as normalized lines of JSON."""

    def __init__(self, *, logs: bool = True, spans: Any = lambda span: True) -> None:
        logging.Handler.__init__(self, logging.DEBUG)
        self.lines: list[str] = []
        self.normalize = Normalizer()
        self._logs = logs
        self._spans = spans

    def say(self, what: str, shown: Any) -> None:
        self.lines.append(self.normalize(json.dumps([what, shown])))

    def emit(self, record: logging.LogRecord) -> None:
        if not self._logs:
            return
        exception = class_name(record.exc_info[0]) if record.exc_info else ""
        arguments = [log_argument(argument) for argument in record.args or ()]
        self.say("log", [record.levelname, str(record.msg), arguments, exception])

    def on_trace_start(self, trace: Any) -> None:
        self.say("trace start", trace.export())

    def on_trace_end(self, trace: Any) -> None:
        self.say("trace end", trace.export())

    def on_span_start(self, span: Any) -> None:
        if self._spans(span):
            self.say("span start", span.export())

    def on_span_end(self, span: Any) -> None:
        if self._spans(span):
            self.say("span end", span.export())

    def shutdown(self) -> None:
        pass

    def force_flush(self) -> None:
        pass


class Recording:
    """`with Recording(recorder, …)`: installs the recorder and the redaction switches."""

    LOGGER = logging.getLogger("openai.agents")

    def __init__(self, recorder: Recorder, *, redact: bool, before: list[Any] = []) -> None:
        self._recorder = recorder
        self._redact = redact
        self._before = before

    def __enter__(self) -> Recorder:
        self.LOGGER.setLevel(logging.DEBUG)
        self.LOGGER.propagate = False
        self.LOGGER.addHandler(self._recorder)
        set_trace_processors([*self._before, self._recorder])
        _debug.DONT_LOG_MODEL_DATA = _debug.DONT_LOG_TOOL_DATA = self._redact
        return self._recorder

    def __exit__(self, *_: object) -> None:
        self.LOGGER.removeHandler(self._recorder)
        set_trace_processors([])
        _debug.DONT_LOG_MODEL_DATA = _debug.DONT_LOG_TOOL_DATA = True
