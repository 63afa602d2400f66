"""Drive the real `openai-codex` client from an app-server tape and report what its user may see.

Only public names of the package are used. Nothing is filled in: what the client does not hand to
its user is not reported.

`run(…)` is called once in a process that was forked for one session. Calls are made when the tool
says that it is their turn, each on a thread of its own, because a client with one caller would wait
for ever where the tape has two requests in flight. What the tool and this side say to each other:
harness/peer/app_server_conductor.h.
"""

from __future__ import annotations

import threading
import traceback
from typing import Any, Callable

import codex_sdk_show as show
from codex_sdk_client import ClientApi, Turn
from codex_sdk_codex import AsyncCodexApi, CannotSend, CodexApi, NoClient
from openai_codex import CodexConfig

PACKAGE = "openai-codex"

Emit = Callable[[str, str, Any], None]
Say = Callable[[dict[str, Any]], None]

_APIS = {"client": ClientApi, "codex": CodexApi, "async": AsyncCodexApi}


def prepare() -> None:
    """Once, after import and before any run: there is nothing to prepare."""


def run(
    driver: dict[str, Any],
    peer: str,
    env: dict[str, str],
    emit: Emit,
    tape: dict[str, Any],
    hear: Callable[[], dict[str, Any]],
    say: Say,
) -> None:
    """Run one session and report it. Ends with the observation `outcome/run`."""
    options = dict(driver["config"])
    options["config_overrides"] = tuple(options.get("config_overrides", ()))
    config = CodexConfig(codex_bin=peer, env=env, **options)
    Session(driver["api"], config, tape, emit, say).run(hear)


class Session:
    def __init__(
        self, api: str, config: CodexConfig, tape: dict[str, Any], emit: Emit, say: Say
    ) -> None:
        self._emit = emit
        self._say = say
        self._messages = {each["line"]: each["message"] for each in tape["messages"]}
        self._numbers: dict[int, int] = {}  # of requests, by line
        for line, message in self._messages.items():
            if "method" in message and "id" in message:
                self._numbers[line] = len(self._numbers) + 1
        self._answers = iter(tape["answers"])
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open_turns: dict[str, tuple[threading.Thread, threading.Thread]] = {}
        self._failed = False
        self._api = _APIS[api](config, self._approve, self._show_globally, self._lost)

    def run(self, hear: Callable[[], dict[str, Any]]) -> None:
        self._api.start()
        self._begin_by_itself()
        word = hear()
        while "end" not in word:
            self._send(word["send"])
            word = hear()
        self._api.readers.settle()
        for thread in self._all_threads():
            thread.join()
        ended_by = self._api.finish(word["closed"], lambda: self._say({"idle": True}))
        data = {}
        if self._api.sees_everything:
            data["transport"] = None if ended_by is None else show.exception(ended_by)
        self._emit("outcome/run", "failed" if self._failed else "completed", data)

    # ---- calls ----

    def _begin_by_itself(self) -> None:
        for line, message in self._messages.items():
            if line in self._numbers and self._api.starts_by_itself(message["method"]):
                return self._spawn(self._call, line, message)

    def _send(self, line: int) -> None:
        message = self._messages[line]
        method = message.get("method")
        # Answers and `initialized` are sent by what they belong to.
        if method is None or method == "initialized" or self._api.starts_by_itself(method):
            return
        self._api.readers.settle()
        self._spawn(self._call if line in self._numbers else self._notify, line, message)

    def _call(self, line: int, message: dict[str, Any]) -> None:
        lane = f"outcome/call:{self._numbers[line]}"
        method = message["method"]
        try:
            response, turn = self._api.call(method, message.get("params"))
        except CannotSend as reason:
            self._say({"refused": line, "why": str(reason)})
            return
        except NoClient:
            pass
        except Exception as error:
            self._failed = True
            self._emit(lane, method, show.exception(error))
        else:
            self._emit(lane, method, {"result": show.model(response)})
            if turn is not None:
                self._consume(turn)
        self._say({"returned": line})

    def _notify(self, line: int, message: dict[str, Any]) -> None:
        try:
            self._api.notify(message["method"], message.get("params"))
        except CannotSend as reason:
            self._say({"refused": line, "why": str(reason)})
        except Exception:
            self._failed = True
            self._say({"returned": line})

    # ---- turns ----

    def _consume(self, turn: Turn) -> None:
        """Both consumers of it. A turn/start that joins a turn has a result of its own; the
        client's queue of notifications is one for all."""
        with self._lock:
            stream, before = self._open_turns.get(turn.id, (None, None))
        if stream is None or not stream.is_alive():
            stream, before = self._spawn(self._stream, turn), None
        run = self._spawn(self._run, turn, stream, before)
        with self._lock:
            self._open_turns[turn.id] = (stream, run)

    def _stream(self, turn: Turn) -> None:
        try:
            for notification in turn.stream():
                self._emit(f"event/turn:{turn.id}", *show.event(notification))
        except Exception as error:
            self._failed = True
            self._emit(f"outcome/turn:{turn.id}", "stream", show.exception(error))

    def _run(self, turn: Turn, stream: threading.Thread, before: threading.Thread | None) -> None:
        try:
            result, raised = turn.run(), None
        except Exception as error:
            self._failed = True
            result, raised = None, error
        # In the lane what the stream raised comes first, then results as their calls were made.
        stream.join()
        if before is not None:
            before.join()
        if result is None:
            self._emit(f"outcome/turn:{turn.id}", "failed", show.exception(raised))
            return
        self._emit(f"usage/turn:{turn.id}", "turn", show.model(result.usage))
        self._emit(f"outcome/turn:{turn.id}", "completed", show.turn_result(result))

    # ---- what comes unasked ----

    def _show_globally(self, notification: Any) -> None:
        self._emit("event/global", *show.event(notification))

    def _lost(self) -> None:
        self._say({"lost": True})

    def _approve(self, method: str, params: Any) -> Any:
        """On the client's reading thread, which does nothing else until this comes back."""
        answer = next(self._answers, None)
        turn_id = params.get("turnId") if isinstance(params, dict) else None
        scope = f"turn:{turn_id}" if isinstance(turn_id, str) else "global"
        given = answer.get("result") if answer is not None else None
        self._emit(f"approval/{scope}", method, {"params": params, "answer": given})
        if answer is None or "result" not in answer:
            threading.Event().wait()  # a user who never answers, as on the tape
        return given

    # ---- threads ----

    def _spawn(self, target: Callable[..., None], *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=self._guard, args=(target, *arguments), daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def _guard(self, target: Callable[..., None], *arguments: Any) -> None:
        try:
            target(*arguments)
        except BaseException:
            # A bug of this side must not look like a client that does not come back.
            self._say({"bug": traceback.format_exc()})

    def _all_threads(self) -> Any:
        """Those that are begun meanwhile too."""
        position = 0
        while True:
            with self._lock:
                if position == len(self._threads):
                    return
                thread = self._threads[position]
            position += 1
            yield thread
