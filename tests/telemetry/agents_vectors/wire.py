"""What one call of the real codex_tool shows of a wire.

A case: the process (`stdout` and `stderr` as text in which U+DC80..U+DCFF stand for bytes that are
no UTF-8, or as [times, text] pairs; `exit`, negative for a signal), `options` of the call, and what
its user got: `events` as on_stream had them, `error` (class and text; of a long text begin, length
and end) or `result` (str of it), `usage` of the run, and `spans`: starts and ends of the spans that
were made, under the function span <id:2> of the trace <id:1>.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import random
from typing import Any, Iterator

from agents import RunConfig, function_span, trace
from agents.extensions.experimental.codex import codex_tool
from agents.extensions.experimental.codex.codex import Codex
from agents.tool_context import ToolContext
from agents.tracing import set_trace_provider
from agents.tracing.provider import DefaultTraceProvider
from agents.usage import serialize_usage
from fake_process import spawning
from vectors import Recorder, Recording, class_name
from wire_lines import BAD_BYTES, EVENTS, ITEMS, OTHER_EVENT_TYPES, OTHER_ITEM_TYPES, Lines

Bytes = bytes | list[tuple[int, bytes]]  # or pieces, each so many times
OPTIONS: dict[str, Any] = {
    "tracing_disabled": False,
    "include_sensitive_data": True,
    "span_data_max_chars": 8192,
    "thread_id": None,
    "stream_limit": 8 << 20,
}
ARGUMENTS = '{"inputs":[{"type":"text","text":"hi"}]}'
EVENT_NAMES = {
    "thread.started": "codex.thread.start",
    "turn.started": "codex.turn.start",
    "turn.completed": "codex.turn.completed",
    "turn.failed": "codex.turn.failed",
    "item.started": "codex.item.started",
    "item.updated": "codex.item.updated",
    "item.completed": "codex.item.completed",
    "error": "codex.thread.exception",
}


def plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def shown_event(event: Any) -> list[Any]:
    """Under the documented name; of an unknown event the type stays with the data."""
    data = plain(event)
    kind = data.pop("type")
    if isinstance(kind, str) and kind in EVENT_NAMES:
        return [EVENT_NAMES[kind], data]
    return ["codex.session.unknown", data | {"type": kind}]


async def call(process: Any, options: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    out: dict[str, Any] = {"events": []}
    codex = Codex(
        codex_path_override="codex", codex_subprocess_stream_limit_bytes=options["stream_limit"]
    )
    tool = codex_tool(
        codex=codex,
        on_stream=lambda shown: out["events"].append(shown_event(shown.event)),
        failure_error_function=None,
        span_data_max_chars=options["span_data_max_chars"],
        thread_id=options["thread_id"],
    )
    config = RunConfig(
        tracing_disabled=options["tracing_disabled"],
        trace_include_sensitive_data=options["include_sensitive_data"],
    )
    context: ToolContext[Any] = ToolContext(
        context=None, tool_name="codex", tool_call_id="call_1", tool_arguments=ARGUMENTS,
        run_config=config,
    )
    with process, trace("t") as around, function_span("codex") as span:
        recorder.normalize(f"{around.trace_id} {span.span_id}")
        try:
            result = await tool.on_invoke_tool(context, ARGUMENTS)
        except Exception as error:
            out["error"] = [class_name(type(error)), str(error)]
        else:
            out["result"] = str(result)
            if context.usage.requests:
                out["usage"] = serialize_usage(context.usage)
    if recorder.lines:
        out["spans"] = recorder.lines
    return out


def play(stdout: bytes, stderr: bytes, status: int, options: dict[str, Any]) -> dict[str, Any]:
    recorder = Recorder(logs=False, spans=lambda span: span.span_data.type == "custom")
    set_trace_provider(DefaultTraceProvider())
    recorder.on_trace_start = recorder.on_trace_end = lambda trace: None  # type: ignore
    with Recording(recorder, redact=True), contextlib.redirect_stderr(io.StringIO()):
        return asyncio.run(call(spawning(stdout, stderr, status), options, recorder))


def case(
    stdout: Bytes,
    *,
    stderr: Bytes = b"",
    status: int = 0,
    **changed: Any,
) -> dict[str, Any]:
    asked: dict[str, Any] = {"stdout": written(stdout)}
    if stderr:
        asked["stderr"] = written(stderr)
    if status:
        asked["exit"] = status
    if changed:
        asked["options"] = changed
    out = play(whole(stdout), whole(stderr), status, OPTIONS | changed)
    if len(out.get("error", ["", ""])[1]) > 2000:
        kind, text = out["error"]
        out["error"] = [kind, text[:100], len(text), text[-100:]]
    return asked | out


def whole(data: Bytes) -> bytes:
    return data if isinstance(data, bytes) else b"".join(times * piece for times, piece in data)


def written(data: Bytes) -> Any:
    if isinstance(data, bytes):
        return data.decode("utf-8", "surrogateescape")
    return [[times, written(piece)] for times, piece in data]


def joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


class Cases:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.lines = Lines(source)

    def options(self) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        if self.random.random() < 0.5:
            limits = [None, 0, -1, 8192, self.random.randrange(1, 160)]
            changed["span_data_max_chars"] = self.random.choice(limits)
        if self.random.random() < 0.3:
            changed["include_sensitive_data"] = False
        if self.random.random() < 0.1:
            changed["tracing_disabled"] = True
        if self.random.random() < 0.2:
            changed["thread_id"] = "resumed"
        return changed

    def every_item(self) -> Iterator[dict[str, Any]]:
        """Each key of each type: there, missing, null, of another type."""
        for kind, item in ITEMS.items():
            whole = {"type": kind, **item}
            shapes = [whole, {"type": kind}, {**whole, "extra": {"deep": [None]}}]
            for key in item:
                shapes.append({k: v for k, v in whole.items() if k != key})
                for value in [None, 5, "x", "", [], {}, [None], [[]]]:
                    shapes.append({**whole, key: value})
            for shape in shapes:
                event = self.random.choice(["item.started", "item.updated", "item.completed"])
                yield case(self.line({"type": event, "item": shape}))
        for kind in OTHER_ITEM_TYPES:
            yield case(self.line({"type": "item.completed", "item": {"type": kind, "id": None}}))

    def every_event(self) -> Iterator[dict[str, Any]]:
        key_of = {"thread.started": "thread_id", "turn.completed": "usage", "turn.failed": "error",
                  "error": "message"}
        values = [None, True, 0, 1.5, float("nan"), "", "x", "\ud800", [], ["a"], {}]
        values += [{"message": value} for value in [None, "", 0, 5, ["x"], {"a": 1}, True, 2.5]]
        values += [{"message": "m", "code": 1}, {"input_tokens": 1, "output_tokens": 2}]
        values += [{"input_tokens": 1, "cached_input_tokens": 0, "output_tokens": 2}]
        for kind in EVENTS:
            key = key_of.get(kind, "item")
            yield case(self.line({"type": kind}))
            for value in values:
                yield case(self.line({"type": kind, key: value}))
        for kind in OTHER_EVENT_TYPES:
            yield case(self.line({"type": kind, "payload": {"type": "error"}}))
        for text in ["{}", "[]", "null", "1", '"x"', "NaN", "{", "", " ", "not json", "\ufeff{}"]:
            yield case(text.encode() + b"\n")
            yield case(text.encode())

    def line(self, value: Any) -> bytes:
        return self.lines.text(value).encode() + b"\n"

    def bad_bytes(self) -> Iterator[dict[str, Any]]:
        line = b'{"type":"turn.started","x":"\xc3\xa9"}'
        for bad in BAD_BYTES:
            for at in [0, 5, 31, len(line)]:
                yield case(line[:at] + bad + line[at:] + b"\n")
                yield case(line[:at] + bad + line[at:])
        for bad in BAD_BYTES:
            yield case(b"", stderr=b"a\xc3\xa9" + bad + b"b" + bad, status=1)

    def ends(self) -> Iterator[dict[str, Any]]:
        started = b'{"type":"turn.started"}\n'
        for status in [0, 1, 2, 101, 255, -9, -15]:
            yield case(started, stderr="oh no: é\n".encode(), status=status)
            yield case(started + b'{"type":"error","message":"m"}\n', status=status)
        yield case(started, status=3)
        yield case(started, stderr=b"x" * 20 + b"\0\r\n\n", status=3)
        yield case(started, stderr=[(9000, b"0123456789abcdef"), (1, b"end\n")], status=3)
        yield case(started, stderr=[(40000, b"\xc3\xa9"), (1, b"\xc3")], status=3)

    def long_lines(self) -> Iterator[dict[str, Any]]:
        """Around the limit of asyncio's readline, where what it says depends on timing no more."""
        limit = 1 << 16
        begin, end = b'{"type":"turn.started","p":"', b'"}'
        fixed = len(begin) + len(end)
        for length in [limit - 1, limit]:
            for tail in [b"\n", b""]:
                pieces = [(1, begin), (length - fixed, b"a"), (1, end + tail)]
                yield case(pieces, stream_limit=limit)
        for length in [3 * limit, 5 * limit + 77]:
            pieces = [(1, b'{"type":"turn.started"}\n' + begin), (length, b"a"), (1, end + b"\n")]
            yield case(pieces, stream_limit=limit)
            yield case([*pieces[:2], (1, b"")], stream_limit=limit)
            yield case([*pieces[:2], (1, b"\xff\n")], stream_limit=limit)

    def sequence(self) -> dict[str, Any]:
        lines = [self.lines.text(event).encode() for event in self.lines.command_events()]
        if self.random.random() < 0.3:
            lines.insert(self.random.randrange(len(lines) + 1), self.lines.line())
        if self.random.random() < 0.3:
            lines.append(b'{"type":"turn.failed","error":{"message":"m"}}')
        tail = self.random.choice([b"", b"", b"\n"])
        status = self.random.choice([0, 0, 0, 1])
        return case(joined(lines) + tail, status=status, **self.options())


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    make = Cases(source)
    yield from make.every_item()
    yield from make.every_event()
    yield from make.bad_bytes()
    yield from make.ends()
    yield from make.long_lines()
    for _ in range(850):
        yield case(joined([make.lines.line() for _ in range(source.choice([1, 1, 2]))]))
    for _ in range(450):
        yield make.sequence()
