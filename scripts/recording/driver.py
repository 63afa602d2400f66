"""From a session's driver to the processes that the Python client would start for it.

The rules are those of `openai-agents`' codex tool: what a call's arguments become on stdin, and which option becomes
which argument, in which order. They are written out here because a recording has no client in it, and checked when
the real client replays the tape: another argv is off script.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from . import RecordingError

_THREAD_OF_CALL = re.compile(r"<thread of call (\d+)>")
SCHEMA_FILE = "/codex-output-schema/schema.json"
"""Stands for the file with a random name into which the client writes an output schema."""


@dataclass
class Call:
    """One codex call, and so one process."""

    arguments: dict[str, Any]
    options: dict[str, Any]
    step: int
    """The model step that makes the call; the client runs the calls of one step at once."""
    thread_id: str | None

    @property
    def stdin(self) -> str:
        texts = (item["text"].strip() for item in self.arguments["inputs"] if item["type"] == "text")
        return "\n\n".join(texts)

    @property
    def output_schema(self) -> dict[str, Any] | None:
        turn = self.options.get("default_turn_options") or {}
        return self.options.get("output_schema") or turn.get("output_schema")

    def learn_threads(self, threads: list[str | None]) -> None:
        """Fills in the thread ids that earlier calls were given, where this call is to resume one of them."""
        asked = _THREAD_OF_CALL.fullmatch(self.thread_id or "")
        if not asked:
            return
        known = threads[: int(asked[1])]
        if len(known) < int(asked[1]) or known[-1] is None:
            raise RecordingError(f"no call before has given {self.thread_id}")
        self.thread_id = known[-1]
        if "thread_id" in self.arguments:
            self.arguments["thread_id"] = self.thread_id

    def argv(self) -> list[str]:
        """The arguments after the executable, as `CodexExec.run` orders them."""
        options = thread_options(self.options)
        argv = ["exec", "--experimental-json"]
        argv += _flag("--model", options.get("model"))
        argv += _flag("--sandbox", options.get("sandbox_mode"))
        argv += _flag("--cd", options.get("working_directory"))
        for folder in options.get("additional_directories") or []:
            argv += ["--add-dir", folder]
        if options.get("skip_git_repo_check"):
            argv += ["--skip-git-repo-check"]
        argv += _flag("--output-schema", SCHEMA_FILE if self.output_schema else None)
        argv += _config(options)
        images = [item["path"].strip() for item in self.arguments["inputs"] if item["type"] == "local_image"]
        argv += ["resume"] if self.thread_id else []
        for image in images:
            argv += ["--image", image]
        argv += ["--", self.thread_id] if self.thread_id else []
        return [*argv, "-"]


def planned_calls(driver: dict[str, Any]) -> list[Call]:
    """The driver's codex calls in order. The calls share their `arguments` with the driver, so that thread ids
    learnt while recording end up in the tape's header."""
    options = driver.get("codex_tool", {})
    calls: list[Call] = []
    for number, step in enumerate(driver["steps"]):
        for call in step.get("calls", []):
            thread_id = call["arguments"].get("thread_id") or options.get("thread_id")
            if options.get("persist_session") and calls:
                thread_id = thread_id or "<thread of call 1>"
            calls.append(Call(call["arguments"], options, number, thread_id))
    return calls


def thread_options(options: dict[str, Any]) -> dict[str, Any]:
    """The default thread options, overridden by the options that the tool takes directly."""
    merged = dict(options.get("default_thread_options") or {})
    for key in ("sandbox_mode", "working_directory"):
        if options.get(key):
            merged[key] = options[key]
    if options.get("skip_git_repo_check") is not None:
        merged["skip_git_repo_check"] = options["skip_git_repo_check"]
    return merged


def _flag(name: str, value: str | None) -> list[str]:
    return [name, value] if value else []


def _config(options: dict[str, Any]) -> list[str]:
    """The options that reach codex as configuration overrides."""
    pairs = []
    if options.get("model_reasoning_effort"):
        pairs.append(f'model_reasoning_effort="{options["model_reasoning_effort"]}"')
    if options.get("network_access_enabled") is not None:
        pairs.append(f"sandbox_workspace_write.network_access={str(options['network_access_enabled']).lower()}")
    if options.get("web_search_mode"):
        pairs.append(f'web_search="{options["web_search_mode"]}"')
    elif options.get("web_search_enabled") is not None:
        pairs.append(f'web_search="{"live" if options["web_search_enabled"] else "disabled"}"')
    if options.get("approval_policy"):
        pairs.append(f'approval_policy="{options["approval_policy"]}"')
    return [word for pair in pairs for word in ("--config", pair)]
