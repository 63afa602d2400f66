"""A tape's lines from what was recorded."""
from __future__ import annotations

import base64
import io
import json
from itertools import groupby, zip_longest
from typing import Any, Iterator

from .app_server import Passed
from .exec_runs import Run


def header(transport: str, title: str, driver: dict[str, Any], recorded: dict[str, Any]) -> bytes:
    return _line({"tape": 1, "transport": transport, "title": title, "driver": driver, "recorded": recorded})


def exec_lines(runs: list[Run]) -> Iterator[bytes]:
    """The processes; those that the client runs at once are started together and interleaved."""
    for _, batch in groupby(enumerate(runs, 1), key=lambda numbered: numbered[1].step):
        yield from _processes(list(batch))


def app_server_lines(wire: list[Passed]) -> Iterator[bytes]:
    for passed in wire:
        if passed.printed:
            yield _printed(passed.printed, {})
        else:
            yield _line({">": passed.sent} if passed.sent is not None else {"!": passed.ended})


def _processes(batch: list[tuple[int, Run]]) -> Iterator[bytes]:
    """The processes of one model step, numbered; only lines of several at once say whose they are."""
    marked = len(batch) > 1
    for _, run in batch:
        yield _line({">": {"argv": run.argv, "stdin": run.stdin}})
    columns = [_output(run, number if marked else None) for number, run in batch]
    for row in zip_longest(*columns):
        yield from (line for line in row if line is not None)


def _output(run: Run, process: int | None) -> list[bytes]:
    mark = {} if process is None else {"p": process}
    lines = [_printed(line, mark) for line in io.BytesIO(run.stdout)]  # LF alone ends a line here
    if run.exit != 0:
        stderr = {"stderr": run.stderr} if run.stderr else {}
        lines.append(_line({"!": {"exit": run.exit, **stderr}, **mark}))
    return lines


def _printed(line: bytes, mark: dict[str, int]) -> bytes:
    """A line of stdout as codex printed it: a JSON value is spliced in, never parsed and printed again; anything
    else (and a last line without its LF) is kept as text or, if it is none, as base64."""
    body = line.removesuffix(b"\n")
    if body == line or not _is_json(body):
        try:
            return _line({"<raw": line.decode("utf-8"), **mark})
        except UnicodeDecodeError:
            return _line({"<b64": base64.b64encode(line).decode(), **mark})
    tail = "".join(f',"{key}":{value}' for key, value in mark.items())
    return b'{"<":' + body + tail.encode() + b"}\n"


def _is_json(text: bytes) -> bool:
    """By the standard: Python's reader alone would let NaN and Infinity pass."""
    try:
        json.loads(text.decode("utf-8"), parse_constant=_no_constant)
    except ValueError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
