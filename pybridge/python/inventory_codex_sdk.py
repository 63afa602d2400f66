"""What openai-codex declares: notifications, the typed responses of the client's own calls, server
requests, TurnResult, usage, exceptions.

Where sessions show it follows from how the adapter names things (codex_sdk_show.py,
codex_sdk_subject.py).
"""

from __future__ import annotations

import ast
import typing
from typing import Any

import codex_sdk_show as show
import inventory_code as code
import openai_codex
import openai_codex.client
import openai_codex.errors
from inventory_types import Root, Types, entry, source
from openai_codex import TurnResult
from openai_codex.generated import v2_all
from openai_codex.models import UnknownNotification
from pydantic import BaseModel

PREFIX = "codex-sdk"


def read() -> list[dict[str, Any]]:
    types = Types(PREFIX, _kind)
    for method, kind in _notifications().items():
        places = [("event", name, "/data") for name in show.event_names(method)]
        id = f"{PREFIX}/notification/{method}"
        types.add(Root(id, "notification", kind, places, source(kind)))
    for method, kind in _responses().items():
        id = f"{PREFIX}/response/{method}"
        place = ("outcome", method, "/data/result")
        types.add(Root(id, "response", kind, [place], source(kind)))
    types.add(
        Root(
            f"{PREFIX}/notification/(unknown)",
            "notification",
            UnknownNotification,
            [("event", show.UNKNOWN_EVENT, "/data")],
            source(UnknownNotification),
            renamed={"params": "payload"},
        )
    )
    # Its usage is an observation of its own.
    types.add(
        Root(
            f"{PREFIX}/result/TurnResult",
            "result",
            TurnResult,
            [("outcome", "completed", "/data")],
            source(TurnResult),
            renamed={"usage": None},
        )
    )
    usage = typing.get_type_hints(TurnResult)["usage"]
    place = ("usage", "turn", "/data")
    types.add(Root(f"{PREFIX}/result/usage", "result", usage, [place], source(TurnResult)))
    return [*types.entries(), *_server_requests(), *_exceptions()]


def _kind(kind: type) -> str:
    items = typing.get_args(v2_all.ThreadItem.model_fields["root"].annotation)
    if kind in items:
        return "item"
    return "usage" if "Usage" in kind.__name__ else "type"


def _notifications() -> dict[str, type[BaseModel]]:
    """The client's own table of them (client.py gets it from the generated registry)."""
    return dict(openai_codex.client.NOTIFICATION_MODELS)


def _responses() -> dict[str, type[BaseModel]]:
    """Of calls `self.request("METHOD", …, response_model=CLASS)` in CodexClient."""
    found: dict[str, type[BaseModel]] = {}
    module = openai_codex.client
    for call in code.calls(code.tree(module)):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "request" and call.args):
            continue
        method = code.constant(call.args[0], module)
        model = next((each.value for each in call.keywords if each.arg == "response_model"), None)
        kind = getattr(module, model.id, None) if isinstance(model, ast.Name) else None
        if isinstance(method, str) and isinstance(kind, type):
            found[method] = kind
    return found


def _server_requests() -> list[dict[str, Any]]:
    """The methods that the client's own approval handler knows."""
    found = []
    for function in ast.walk(code.tree(openai_codex.client)):
        if not isinstance(function, ast.FunctionDef) or "approval" not in function.name:
            continue
        for compared in ast.walk(function):
            if not isinstance(compared, ast.Compare):
                continue
            for value in compared.comparators:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    id = f"{PREFIX}/server-request/{value.value}"
                    where = f"{openai_codex.client.__name__}:{function.name}"
                    place = ("approval", value.value, "/data")
                    found.append(entry(id, "server-request", where, [place]))
    return found


def _exceptions() -> list[dict[str, Any]]:
    """The classes that the client defines for what it raises."""
    found = []
    for name, kind in vars(openai_codex.errors).items():
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            continue
        if kind.__module__ != openai_codex.errors.__name__:
            continue
        what = "{" + f"class={kind.__module__}.{kind.__qualname__}" + "}"
        places = [
            ("outcome", "*", f"/data/exception{what}"),
            ("outcome", "*", f"/data/transport/exception{what}"),
        ]
        found.append(entry(f"{PREFIX}/exception/{name}", "exception", source(kind), places))
    return found
