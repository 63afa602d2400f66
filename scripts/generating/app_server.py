"""Sessions of `codex app-server`: every notification, response and request of the other side."""

from __future__ import annotations

import json
import pathlib
import typing
from typing import Any, Callable, Iterator

from openai_codex.generated import v2_all
from openai_codex.generated.notification_registry import (
    DIRECT_TURN_ID_NOTIFICATION_TYPES,
    NESTED_TURN_NOTIFICATION_TYPES,
    NOTIFICATION_MODELS,
)
from pydantic import BaseModel

from .payloads import Payloads
from .tape import header, tape

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOCOL = json.loads((ROOT / "telemetry/protocol/app_server.json").read_text(encoding="utf-8"))

THREAD = "0199aaaa-0000-7000-8000-00000000000a"
TURN = "0199bbbb-0000-7000-8000-00000000000a"
ITEM = "item-1"
AGENT = "codex_python_sdk/0.163.0 (Linux 6.1.0; x86_64) unknown (codex_python_sdk; 0.163.0)"
TEXTS = {"threadId": THREAD, "turnId": TURN, "itemId": ITEM, "serverName": "desk"}
# How many lines a tape has at most: it ought to be read by people.
_MOST = 90

Line = tuple[str, Any]


def sessions() -> Iterator[tuple[str, str]]:
    """(name, text)"""
    areas: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for method, model in sorted(NOTIFICATION_MODELS.items()):
        # Of each method all, whatever others have said: a client may read each its own way.
        for params in Payloads(TEXTS).of(model, model.model_validate):
            areas.setdefault(_area(method, model), []).append((method, params))
    for area, made in sorted(areas.items()):
        for name, part in _parts(f"app-server/{area}", made):
            title = f"Notifications of the area {area}, with all that their types declare"
            lines = _turns(part) if area == "turn-ends" else _one_turn(part)
            yield name, tape(header("app-server", title), [*_opening(), *lines])
    # One for all: a thread is in the answers to many requests.
    for name, part in _parts("app-server/responses", list(_answers(Payloads(TEXTS)))):
        title = "Requests of the client, with all that the types of their answers declare"
        lines = [line for index, each in enumerate(part) for line in _call(index, *each)]
        yield name, tape(header("app-server", title), [*_opening(), *lines])
    yield (
        "app-server/server-requests",
        tape(header("app-server", "Requests of codex, one of each kind"), _asked()),
    )


def _area(method: str, model: type) -> str:
    if model in NESTED_TURN_NOTIFICATION_TYPES:
        return "turn-ends"
    if method.startswith("item/") and method.count("/") == 1:
        return "items"
    if model in DIRECT_TURN_ID_NOTIFICATION_TYPES:
        return "turns"
    if method.startswith("thread/realtime/"):
        return "realtime"
    return "threads" if method.startswith("thread/") else "server"


def _parts(name: str, made: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    if len(made) <= _MOST:
        yield name, made
        return
    for number, start in enumerate(range(0, len(made), _MOST), 1):
        yield f"{name}-{number}", made[start : start + _MOST]


# ---- turns ----


def _opening() -> list[Line]:
    info = {"name": "codex_python_sdk", "title": "Codex Python SDK", "version": "0.163.0"}
    params = {"clientInfo": info, "capabilities": {"experimentalApi": True}}
    return [
        (">", {"id": "initialize", "method": "initialize", "params": params}),
        ("<", {"id": "initialize", "result": {"userAgent": AGENT}}),
        (">", {"method": "initialized"}),
    ]


def _turn(identity: str, status: str) -> dict[str, Any]:
    return {"id": identity, "items": [], "status": status}


def _start(identity: str) -> list[Line]:
    params = {"threadId": THREAD, "input": [{"type": "text", "text": "Say everything."}]}
    request = f"start {identity}"
    return [
        (">", {"id": request, "method": "turn/start", "params": params}),
        ("<", {"id": request, "result": {"turn": _turn(identity, "inProgress")}}),
    ]


def _end(identity: str) -> Line:
    params = {"threadId": THREAD, "turn": _turn(identity, "completed")}
    return ("<", {"method": "turn/completed", "params": params})


def _one_turn(made: list[tuple[str, dict[str, Any]]]) -> list[Line]:
    lines = [("<", {"method": method, "params": params}) for method, params in made]
    return [*_start(TURN), *lines, _end(TURN)]


def _turns(made: list[tuple[str, dict[str, Any]]]) -> list[Line]:
    """A turn for each end, and the starts in the turns before."""
    lines: list[Line] = []
    starts = [params for method, params in made if method == "turn/started"]
    ends = [params for method, params in made if method == "turn/completed"]
    for index in range(max(len(starts), len(ends))):
        identity = f"{TURN[:-4]}{index:04x}"
        lines += _start(identity)
        if index < len(starts):
            lines.append(("<", _of_turn("turn/started", starts[index], identity)))
        ended = index < len(ends)
        lines.append(("<", _of_turn("turn/completed", ends[index], identity)) if ended else _end(identity))
    return lines


def _of_turn(method: str, params: dict[str, Any], identity: str) -> dict[str, Any]:
    return {"method": method, "params": {**params, "turn": {**params["turn"], "id": identity}}}


# ---- calls ----


def _answers(payloads: Payloads) -> Iterator[tuple[str, Any, Any]]:
    """(method, params, result)"""
    for request in typing.get_args(v2_all.ClientRequest.model_fields["root"].annotation):
        method = typing.get_args(request.model_fields["method"].annotation)[0]
        response = getattr(v2_all, PROTOCOL["requests"].get(method) or "", None)
        if method == "initialize" or response is None:
            continue
        params = request.model_fields.get("params")
        kind = params.annotation if params is not None else None
        check: Callable[[Any], Any] = response.model_validate
        for result in payloads.of(response, check):
            if isinstance(result, dict):
                yield method, payloads.least(kind) if kind is not None else None, result


def _call(index: int, method: str, params: Any, result: Any) -> list[Line]:
    identity = f"call {index}"
    request: dict[str, Any] = {"id": identity, "method": method}
    if params is not None:
        request["params"] = params
    # What starts a turn is listened to until its end.
    starts_turn = method in ("turn/start", "review/start")
    if starts_turn:
        turn = f"{TURN[:-4]}{index:04x}"
        result = {**result, "turn": {**result["turn"], "id": turn}}
    lines: list[Line] = [(">", request), ("<", {"id": identity, "result": result})]
    return [*lines, _end(turn)] if starts_turn else lines


# ---- requests of codex ----


def _asked() -> list[Line]:
    lines = [*_opening(), *_start(TURN)]
    for index, method in enumerate(sorted(PROTOCOL["server_requests"])):
        # What a request asks is shown to the user as it stands: no client has types for it.
        params = {"threadId": THREAD, "turnId": TURN, "itemId": ITEM, "startedAtMs": index}
        lines.append(("<", {"id": index, "method": method, "params": params}))
        lines.append((">", {"id": index, "result": {"decision": "accept"}}))
    return [*lines, _end(TURN)]
