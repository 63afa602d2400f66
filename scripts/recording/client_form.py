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


def as_client_sends(request_id: str, method: str, params: Message | None) -> Message:
    if params is None and method not in _ALWAYS:
        return {"id": request_id, "method": method}
    given = {**_ALWAYS.get(method, {}), **(params or {})}
    first = {key: given[key] for key in _FIRST.get(method, []) if key in given}
    last = {key: given[key] for key in _LAST.get(method, []) if key in given}
    return {"id": request_id, "method": method, "params": {**first, **given} if first else _ending(given, last)}


def _ending(given: Message, last: Message) -> Message:
    return {**{key: value for key, value in given.items() if key not in last}, **last}
