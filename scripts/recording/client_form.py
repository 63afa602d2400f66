"""Requests as `openai_codex.client.CodexClient` writes them (openai-codex 0.163.0, client.py).

A recording has no client in it, so what its methods add and in which order they put it is written out here; that the
real client sends the same is checked when a tape is replayed, and by tests/recording.
"""
from __future__ import annotations

from typing import Any

Message = dict[str, Any]
INITIALIZED: Message = {"method": "initialized"}

_ALWAYS = {"thread/start": {}, "thread/list": {}, "account/read": {}, "thread/read": {"includeTurns": False},
           "model/list": {"includeHidden": False}}
"""What the client sends where its caller says nothing."""
_FIRST = {"thread/resume": ["threadId"], "thread/fork": ["threadId"], "thread/read": ["threadId"]}
_LAST = {"turn/start": ["threadId", "input"]}


def initialize(version: str) -> Message:
    """`version` is that of the package openai-codex."""
    return {"clientInfo": {"name": "codex_python_sdk", "title": "Codex Python SDK", "version": version},
            "capabilities": {"experimentalApi": True}}


def as_client_sends(request_id: str, method: str, params: Message | None, api: str) -> Message:
    """`api`: the driver's. The classes around CodexClient make params from models, whose fields are in alphabetical
    order; CodexClient itself takes them as they are."""
    if params is None and method not in _ALWAYS:
        return {"id": request_id, "method": method}
    given = {**_ALWAYS.get(method, {}), **(params or {})}
    last = _LAST.get(method, []) if api == "client" else []
    if api != "client":
        given = dict(sorted(given.items()))
    order = [*_FIRST.get(method, []), *(key for key in given if key not in last), *last]
    return {"id": request_id, "method": method, "params": {key: given[key] for key in order if key in given}}
