"""The driver of pybridge/python/agents_subject.py with nothing observed: the same Runner with the
same model and tool, without stream callback, hooks, trace processor and log handler. The client's
logger keeps its level and prints nothing: by itself it would write tracebacks to stderr. One word is
sent, that the run is over.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import adapter

driver_of = adapter.load("agents_subject")
PACKAGE = driver_of.PACKAGE
prepare = driver_of.prepare


class Nobody:
    """In place of the recorder."""

    def run(self, *shown: Any) -> None:
        pass

    call = run


def _unheard_tool(**options: Any) -> Any:
    return _codex_tool(**{**options, "on_stream": None})


_codex_tool, driver_of.codex_tool = driver_of.codex_tool, _unheard_tool
driver_of.HookRecorder = lambda recorder, results: None
driver_of.plain = driver_of.serialize_usage = lambda shown: None


def run(driver: dict[str, Any], peer: str, env: dict[str, str], emit: Any) -> None:
    logger = logging.getLogger(driver_of.LOGGER)
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    outcome, _ = asyncio.run(driver_of._session(driver, peer, env, Nobody(), {}))
    emit("outcome/run", outcome, {})
