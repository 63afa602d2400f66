"""The driver's apis "codex" and "async": `Codex` and `AsyncCodex` with the threads and turns that
they hand out. What these do not let a user see (notifications of no turn, approvals, most of what
thread/start and turn/start answer) is not reported.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import inspect
import re
import threading
from typing import Any, Callable, Iterator

from codex_sdk_client import Turn
from codex_sdk_readers import Readers
from openai_codex import (
    ApprovalMode,
    AsyncCodex,
    AsyncThread,
    Codex,
    CodexConfig,
    ExternalMessage,
    ImageInput,
    LocalImageInput,
    MentionInput,
    Sandbox,
    SkillInput,
    TextInput,
    Thread,
)
from openai_codex.models import Notification

# Each running turn blocks two; what asyncio has by default depends on the machine.
_EXECUTOR_THREADS = 64

_APPROVAL_MODES = {
    ("on-request", "auto_review"): ApprovalMode.auto_review,
    ("never", None): ApprovalMode.deny_all,
    (None, None): None,
}
_SANDBOX_MODES = {
    "read-only": Sandbox.read_only,
    "workspace-write": Sandbox.workspace_write,
    "danger-full-access": Sandbox.full_access,
}
_SANDBOX_POLICIES = {
    "readOnly": Sandbox.read_only,
    "workspaceWrite": Sandbox.workspace_write,
    "dangerFullAccess": Sandbox.full_access,
}
# Parameters that are not named as the wire's keys are, in snake case.
_RENAMED = {"turnTrigger": "source", "serviceTierForTurn": "turn_service_tier"}
_INPUTS = {
    "text": (TextInput, ["text"]),
    "image": (ImageInput, ["url"]),
    "localImage": (LocalImageInput, ["path"]),
    "skill": (SkillInput, ["name", "path"]),
    "mention": (MentionInput, ["name", "path"]),
}


class CannotSend(Exception):
    """These classes have no call that sends what the tape has."""


class NoClient(Exception):
    """The client was never there: its start has failed."""


class CodexApi:
    """call() on any thread."""

    sees_everything = False

    def __init__(
        self,
        config: CodexConfig,
        approve: Callable[[str, Any], Any],
        heard_globally: Callable[[Notification], None],
        lost: Callable[[], None],
    ) -> None:
        self.readers = Readers()
        self._config = config
        self._lost = lost
        self._codex: Any = None
        self._started = threading.Event()
        self._threads: dict[str, Any] = {}
        self._turns: dict[str, Any] = {}

    def start(self) -> None:
        """The client starts with the call that `initialize` belongs to."""

    def starts_by_itself(self, method: str) -> bool:
        return method == "initialize"

    def notify(self, method: str, params: Any) -> None:
        raise CannotSend("no class of this api sends notifications")

    def call(self, method: str, params: Any) -> tuple[Any, Turn | None]:
        """What the user gets, where that is less than the response in the response's shape; and the
        turn that it starts. Raises what the client raises."""
        if method == "initialize":
            try:
                self._codex = self.readers.started_by(self._open)
            finally:
                self._started.set()
            threading.Thread(target=self._watch, daemon=True).start()
            return self._codex.metadata, None
        self._started.wait()
        if self._codex is None:
            raise NoClient
        return self._call(method, dict(params or {}))

    def _watch(self) -> None:
        self.readers.wait_until_over("_reader_loop")
        self._lost()

    def finish(self, is_closed: bool, idle: Callable[[], None]) -> None:
        if self._codex is None:
            return
        try:
            self._wait(self._codex.close())
        except OSError:
            pass  # what a call could not write to a codex that was gone is written once more

    # ---- sync; async has its own ----

    def _open(self) -> Any:
        return Codex(self._config)

    def _wait(self, result: Any) -> Any:
        return result

    def _iterate(self, stream: Any) -> Iterator[Notification]:
        yield from stream

    # ---- calls ----

    def _call(self, method: str, params: dict[str, Any]) -> tuple[Any, Turn | None]:
        codex = self._codex
        match method:
            case "thread/start":
                return self._thread(codex.thread_start, params)
            case "thread/resume":
                return self._thread(codex.thread_resume, params)
            case "thread/fork":
                return self._thread(codex.thread_fork, params)
            case "thread/unarchive":
                return self._thread(codex.thread_unarchive, params)
            case "thread/archive":
                return self._plain(codex.thread_archive, params)
            case "thread/list":
                return self._plain(codex.thread_list, params)
            case "model/list":
                return self._plain(codex.models, params)
            case "account/read":
                return self._plain(codex.account, params)
            case "account/logout":
                self._plain(codex.logout, params)
                return {}, None
            case "thread/read":
                return self._plain(self._take_thread(params).read, params)
            case "thread/name/set":
                return self._plain(self._take_thread(params).set_name, params)
            case "thread/compact/start":
                return self._plain(self._take_thread(params).compact, params)
            case "turn/start":
                return self._turn(self._take_thread(params), params)
            case "turn/interrupt":
                return self._plain(self._take_turn(params, "turnId").interrupt, params)
            case "turn/steer":
                turn = self._take_turn(params, "expectedTurnId")
                return self._wait(turn.steer(_inputs(params.pop("input", None)))), None
        raise CannotSend(f"no class of this api sends {method}")

    def _plain(self, function: Callable[..., Any], params: dict[str, Any]) -> tuple[Any, None]:
        return self._wait(function(**_arguments(function, params))), None

    def _thread(self, function: Callable[..., Any], params: dict[str, Any]) -> tuple[Any, None]:
        thread = self._wait(function(**_arguments(function, params)))
        self._threads[thread.id] = thread
        return {"thread": {"id": thread.id}}, None

    def _take_thread(self, params: dict[str, Any]) -> Thread | AsyncThread:
        thread_id = params.pop("threadId", None)
        thread = self._threads.get(thread_id)
        if thread is None:
            raise CannotSend(f"thread {thread_id!r} was not started, resumed or forked before")
        return thread

    def _take_turn(self, params: dict[str, Any], key: str) -> Any:
        params.pop("threadId", None)
        turn_id = params.pop(key, None)
        turn = self._turns.get(turn_id)
        if turn is None:
            raise CannotSend(f"turn {turn_id!r} was not started before")
        return turn

    def _turn(self, thread: Any, params: dict[str, Any]) -> tuple[Any, Turn]:
        given = params.pop("input", None)
        tool = params.pop("toolOutput", None)
        message = _inputs(given) if tool is None else _external_message(tool)
        handle = self._wait(thread.turn(message, **_arguments(thread.turn, params)))
        self._turns[handle.id] = handle
        # A handle of its own for the result: it subscribes to the turn as any other does.
        other = dataclasses.replace(handle)
        turn = Turn(
            handle.id,
            lambda: self._iterate(handle.stream()),
            lambda: self._wait(other.run()),
        )
        return {"turn": {"id": handle.id}}, turn


class AsyncCodexApi(CodexApi):
    """The same through AsyncCodex, on an event loop of its own."""

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(
            concurrent.futures.ThreadPoolExecutor(max_workers=_EXECUTOR_THREADS)
        )
        # No daemon, so that its executor's threads are none either: the client's readers are told
        # by being daemons.
        threading.Thread(target=self._loop.run_forever, daemon=False).start()

    def _open(self) -> Any:
        codex = AsyncCodex(self._config)
        self._wait(codex.__aenter__())
        return codex

    def _wait(self, result: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(result, self._loop).result()

    def _iterate(self, stream: Any) -> Iterator[Notification]:
        async def step() -> Notification | None:
            return await anext(stream, None)

        while (notification := self._wait(step())) is not None:
            yield notification


def _arguments(function: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    """The wire's params as the function takes them."""
    params = {key: value for key, value in params.items() if value is not None}
    known = inspect.signature(function).parameters
    arguments: dict[str, Any] = {}
    if "approval_mode" in known:
        mode = (params.pop("approvalPolicy", None), params.pop("approvalsReviewer", None))
        if not all(each is None or isinstance(each, str) for each in mode):
            raise CannotSend(f"no ApprovalMode sends {mode}")
        is_needed = known["approval_mode"].default is not None
        if mode not in _APPROVAL_MODES or (is_needed and mode == (None, None)):
            raise CannotSend(f"no ApprovalMode sends {mode}")
        if mode != (None, None):
            arguments["approval_mode"] = _APPROVAL_MODES[mode]
    if "sandbox" in params:
        arguments["sandbox"] = _SANDBOX_MODES.get(params.pop("sandbox"))
    if "sandboxPolicy" in params:
        arguments["sandbox"] = _SANDBOX_POLICIES.get(params.pop("sandboxPolicy").get("type"))
    if arguments.get("sandbox", Sandbox.read_only) is None:
        raise CannotSend("no Sandbox sends this sandbox")
    if "excludeTurns" in params:
        arguments["include_turns"] = not params.pop("excludeTurns")
    for key, value in params.items():
        name = _RENAMED.get(key) or re.sub(r"[A-Z]", lambda c: "_" + c.group().lower(), key)
        arguments[name] = value
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        raise CannotSend(f"{function.__qualname__} has no parameter {', '.join(unknown)}")
    return arguments


def _inputs(items: Any) -> Any:
    if not isinstance(items, list):
        raise CannotSend("its input is no list")
    inputs = []
    for item in items:
        kind, keys = _INPUTS.get(item.get("type") if isinstance(item, dict) else None, (None, []))
        if kind is None or set(item) != {"type", *keys}:
            raise CannotSend(f"no input class sends {item!r}")
        inputs.append(kind(*(item[key] for key in keys)))
    return inputs


def _external_message(tool: dict[str, Any]) -> ExternalMessage:
    return ExternalMessage(tool.get("name"), tool.get("output"), tool.get("namespace"))
