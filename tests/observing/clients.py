"""Each real client once, driven by its public classes, and what its user saw: with what differs from run to run (ids,
times) replaced by its kind."""
from __future__ import annotations

import json
import logging
import multiprocessing
import os
import re
from contextlib import chdir
from pathlib import Path
from typing import Any, Callable

import agents_subject
from openai_codex import Codex, CodexConfig
from openai_codex.client import CodexClient
from recording.workshop import Workshop

from . import ROOT

Seen = list[str]
_DEFAULTS = json.loads((ROOT / "harness/data/driver_defaults.json").read_text(encoding="utf-8"))["exec"]
_CHANGING = [
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b(trace|span|group|exec)_?[0-9a-f-]{16,}"), r"<\1>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*(Z|\+00:00)?"), "<time>"),
    (re.compile(r'("(?:duration\w*|\w*_at(?:_ms)?|\w*_ms|process_id)"): "?[\d.]+"?'), r"\1: <number>"),
    (re.compile(r"\b\d{10}(\d{3})?\b"), "<time>"),
    (re.compile(r"codex-recording-\w+"), "<workshop>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<model>"),
]


def same_each_time(value: Any) -> str:
    text = json.dumps(value, default=lambda each: each.model_dump(mode="json"), ensure_ascii=False)
    for pattern, kind in _CHANGING:
        text = pattern.sub(kind, text)
    return text


def apart(run: Callable[[], Seen]) -> Seen:
    """In a process of its own: a client leaves its mark on the one that it runs in."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def call() -> None:
        there.send(run())

    process = context.Process(target=call)
    process.start()
    there.close()
    try:
        return here.recv()
    finally:
        process.join()


def agents(driver: dict[str, Any], codex: Path, workshop: Workshop) -> Seen:
    """openai-agents: codex_tool under Runner, `codex` as its codex_path_override."""
    complete = {**_DEFAULTS, **driver}
    for key in ("agent", "model"):
        complete[key] = {**_DEFAULTS[key], **driver.get(key, {})}
    seen: Seen = []
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # tells of processes that were killed, now and then

    def emit(lane: str, name: str, data: Any) -> None:
        seen.append(f"{lane} {name} {same_each_time(data)}")

    with chdir(workshop.working_folder):
        agents_subject.run(complete, str(codex), workshop.environment(), emit)
    return seen


def sdk(asked: list[str], codex: Path, workshop: Workshop) -> Seen:
    """openai-codex: Codex with one thread and a turn for each text, `codex` as CodexConfig.codex_bin."""
    config = CodexConfig(codex_bin=str(codex), env=workshop.environment(), cwd=str(workshop.working_folder))
    seen: Seen = []
    with Codex(config) as client:
        thread = client.thread_start()
        for text in asked:
            turn = thread.turn(text)
            seen += [f"{each.method} {same_each_time(each.payload)}" for each in turn.stream()]
    return seen


def sdk_with_approvals(decision: str, codex: Path, workshop: Workshop) -> Seen:
    """openai-codex: CodexClient, whose approval handler is asked."""
    config = CodexConfig(codex_bin=str(codex), env=workshop.environment(), cwd=str(workshop.working_folder))
    seen: Seen = []

    def decide(method: str, params: Any) -> dict[str, str]:
        seen.append(f"asked {method} {same_each_time(params)}")
        return {"decision": decision}

    with CodexClient(config, approval_handler=decide) as client:
        client.initialize()
        thread = client.thread_start({"approvalPolicy": "untrusted", "sandbox": "read-only"})
        turn = client.turn_start(thread.thread.id, [{"type": "text", "text": "Print hi."}])
        client.register_turn_notifications(turn.turn.id)
        while True:
            notification = client.next_turn_notification(turn.turn.id)
            seen.append(f"{notification.method} {same_each_time(notification.payload)}")
            if notification.method == "turn/completed":
                return seen


def in_environment(path: Path) -> None:
    """Clients add what they are given to this process's environment: it is to hold nothing of the user's."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=str(path))
