"""The driver of pybridge/python/codex_sdk_subject.py with nothing observed: the same calls at the
same places of the tape and the same turns consumed, but nothing of what the client hands out is
rendered or sent. One word is sent, that the session is over.
"""

from __future__ import annotations

import types
from typing import Any

import adapter

driver_of = adapter.load("codex_sdk_subject")
PACKAGE = driver_of.PACKAGE
prepare = driver_of.prepare


def _nothing(shown: Any) -> None:
    return None


driver_of.show = types.SimpleNamespace(
    event=lambda notification: ("", None),
    model=_nothing,
    turn_result=_nothing,
    exception=_nothing,
)


def run(driver: Any, peer: str, env: Any, emit: Any, tape: Any, hear: Any, say: Any) -> None:
    def emit_the_end(lane: str, name: str, data: Any) -> None:
        if lane == "outcome/run":
            emit(lane, name, {})

    driver_of.run(driver, peer, env, emit_the_end, tape, hear, say)
