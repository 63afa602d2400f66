"""Plays the steps of a session's app-server part, as a program that uses the Python client would. `README.md` lists
the steps."""
from __future__ import annotations

import json
import re
from typing import Any

from . import RecordingError
from .app_server import AppServer, Message
from .client_form import INITIALIZED, as_client_sends, initialize
from .model import ScriptedModel

_NAME = re.compile(r"\$[A-Za-z_]\w*")


class Player:
    """One program, which may start one app-server after another: what it saves it keeps."""

    def __init__(self, approvals: list[Any], model: ScriptedModel, client_version: str, api: str) -> None:
        self._approvals, self._model, self._version, self._api = approvals, model, client_version, api
        self._asked = 0
        self._saved: dict[str, Any] = {}
        self._start_over()

    def _start_over(self) -> None:
        self._sent = 0
        self._taken: set[int] = set()
        """Indexes of codex's messages that a `wait` has had: the next one waits for another."""

    def answer(self, request: Message) -> Any:
        """The result for codex's next request."""
        self._asked += 1
        if self._asked > len(self._approvals):
            raise RecordingError(f"codex asks {request['method']}, and \"approvals\" has only "
                                 f"{len(self._approvals)} answers: add one")
        return self._approvals[self._asked - 1]

    def play(self, server: AppServer, steps: list[dict[str, Any]]) -> None:
        self._start_over()
        self._request(server, [{"request": {"method": "initialize", "params": initialize(self._version)}}])
        server.settle()
        server.send(INITIALIZED)
        server.settle()
        for number, step in enumerate(steps, 1):
            try:
                self._play(server, step)
            except RecordingError as error:
                raise RecordingError(f"step {number}: {error}") from error
        server.close()

    def check_used_up(self) -> None:
        if self._asked != len(self._approvals):
            raise RecordingError(f"codex asked {self._asked} times, and \"approvals\" has "
                                 f"{len(self._approvals)} answers")

    def _play(self, server: AppServer, step: dict[str, Any]) -> None:
        if "release" in step:
            self._model.release(step["release"])
        elif "wait" in step:
            self._wait(server, step["wait"])
        elif "kill" in step:
            return server.kill()
        else:
            self._request(server, step.get("at_once") or [step])
        server.settle()

    def _request(self, server: AppServer, requests: list[dict[str, Any]]) -> None:
        """Sends all before it reads any response."""
        pending = {}
        for step in requests:
            self._sent += 1
            message = as_client_sends(f"r{self._sent}", step["request"]["method"],
                                      self._filled(step["request"].get("params")), self._api)
            pending[message["id"]] = step
            server.send(message)
        responses: dict[str, Message] = {}
        for wanted, step in pending.items():
            method = step["request"]["method"]
            server.until(lambda: self._response(server, wanted, responses), f"the response to {method}")
            self._judge(method, step, responses[wanted])

    def _response(self, server: AppServer, wanted: str, found: dict[str, Message]) -> bool:
        for message in server.heard:
            if message.get("id") == wanted and "method" not in message:
                found[wanted] = message
        return wanted in found

    def _judge(self, method: str, step: dict[str, Any], response: Message) -> None:
        """The response is what the script counts on, and gives what is to be saved."""
        if ("error" in response) != bool(step.get("error")):
            got = json.dumps(response.get("error", response.get("result")), ensure_ascii=False)[:500]
            raise RecordingError(f"{method} was answered with {got}; the step says "
                                 + ("it is refused (\"error\":true)" if step.get("error") else
                                    "it is not refused: if it is to be, add \"error\":true"))
        for name, pointer in step.get("save", {}).items():
            self._saved[name] = value = _at(response.get("result"), pointer, method)
            if isinstance(value, str):
                self._model.knows_thread(value, name)

    def _wait(self, server: AppServer, pattern: Message) -> None:
        wanted = self._filled(pattern)

        def came() -> bool:
            for index, message in enumerate(server.heard):
                if index not in self._taken and "method" in message and _has(message, wanted):
                    self._taken.add(index)
                    return True
            return False

        server.until(came, json.dumps(pattern, ensure_ascii=False))

    def _filled(self, value: Any) -> Any:
        """The value with `$name` replaced by what was saved under that name."""
        if isinstance(value, str) and _NAME.fullmatch(value):
            if value[1:] not in self._saved:
                raise RecordingError(f"{value} is not saved by any step before; saved: "
                                     f"{', '.join('$' + name for name in self._saved) or 'nothing'}")
            return self._saved[value[1:]]
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        return value


def _has(value: Any, wanted: Any) -> bool:
    """Objects may have more than is wanted, all else is equal."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(key in value and _has(value[key], wanted[key]) for key in wanted)
    return value == wanted


def _at(value: Any, pointer: str, method: str) -> Any:
    for part in pointer.strip("/").split("/"):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise RecordingError(f"the response to {method} has no {pointer}: {json.dumps(value)[:300]}") from None
    return value
