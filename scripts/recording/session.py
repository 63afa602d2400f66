"""A session's data file, read and checked before codex is started. `README.md` describes it."""
from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import RecordingError, answers
from .derive import derived_steps
from .driver import planned_calls

TRANSPORTS = ("exec", "app-server")
_KEYS = ("title", "transports", "driver", "app_server", "answers", "files", "model", "config", "mcp_servers")
_APP_SERVER_KEYS = ("title", "driver", "before", "steps", "approvals", "answers", "files")
_APIS = ("client", "codex", "async")
_STEP_KINDS = ("request", "wait", "release", "at_once", "kill")
_STEP_KEYS = {"request": ("request", "save", "error"), "wait": ("wait",), "release": ("release",),
              "at_once": ("at_once",), "kill": ("kill",)}


@dataclass
class Session:
    name: str
    path: Path
    data: dict[str, Any]
    transports: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> "Session":
        """Each error names the file, the place in it and what is wrong there."""
        try:
            return cls._checked(path, _read(path))
        except RecordingError as error:
            raise RecordingError(f"{path}: {error}") from error

    @classmethod
    def _checked(cls, path: Path, data: dict[str, Any]) -> "Session":
        _check_keys(data, _KEYS, "the file")
        _require(isinstance(data.get("title"), str), '"title" is missing, or no text: say what the session shows')
        transports = _transports(data)
        if "exec" in transports:
            _require("answers" in data, '"answers" is missing: a list of the model\'s answers')
            _require(isinstance(data["answers"], list),
                     '"answers": exec has one list; answers by thread belong into "app_server"')
        for key, kind, what in (("files", dict, "an object"), ("config", dict, "an object"), ("model", str, "a text"),
                                ("mcp_servers", dict, "an object")):
            _require(isinstance(data.get(key, kind()), kind), f'"{key}" is not {what}')
        session = cls(path.stem, path, data, transports)
        for transport in transports:
            _check_answers(session.answers(transport), transport)
        if "app-server" in transports:
            _check_steps(session.before(), "before")
            _check_steps(session.steps(), "step")
            _require(session.api() in _APIS, f'"app_server": "driver": "api" is none of {", ".join(_APIS)}')
            _require(isinstance(session._part.get("approvals", []), list), '"app_server": "approvals" is not a list')
        return session

    @property
    def _part(self) -> dict[str, Any]:
        return self.data.get("app_server", {})

    def title(self, transport: str) -> str:
        return self._part.get("title", self.data["title"]) if transport == "app-server" else self.data["title"]

    def driver(self, transport: str) -> dict[str, Any]:
        """What goes into the tape's header."""
        return self._part.get("driver", {}) if transport == "app-server" else self.data["driver"]

    def answers(self, transport: str) -> Any:
        given = self._part["answers"] if transport == "app-server" and "answers" in self._part else self.data.get("answers", [])
        if isinstance(given, dict):
            return {name: _answer_list(listed) for name, listed in given.items()}
        return _answer_list(given)

    def workshop_data(self, transport: str) -> dict[str, Any]:
        """What the workshop needs to know."""
        files = {**self.data.get("files", {}), **(self._part.get("files", {}) if transport == "app-server" else {})}
        return {**self.data, "files": files, "answers": self.answers(transport)}

    def steps(self) -> list[dict[str, Any]]:
        """The app-server part's, or those that do what the exec driver does."""
        if "steps" in self._part:
            return self._part["steps"]
        return derived_steps(self.data["driver"], list(self.data.get("mcp_servers", {})))

    def before(self) -> list[dict[str, Any]]:
        """Steps of an app-server that has ended when the one that is recorded starts."""
        return self._part.get("before", [])

    def api(self) -> str:
        return self.driver("app-server").get("api", "client")

    def approvals(self) -> list[Any]:
        return self._part.get("approvals", [])


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(f"cannot be read ({error.strerror}): name a data file, such as "
                             "harness/recordings/echo.json") from error
    except UnicodeDecodeError as error:
        raise RecordingError(f"is not UTF-8 at byte {error.start + 1}") from error
    except ValueError as error:
        raise RecordingError(f"is not JSON: {error}") from error
    _require(isinstance(data, dict), "is not a JSON object; scripts/recording/README.md describes the file")
    return data


def _transports(data: dict[str, Any]) -> tuple[str, ...]:
    part = data.get("app_server", {})
    _require(isinstance(part, dict), '"app_server" is not an object')
    _check_keys(part, _APP_SERVER_KEYS, '"app_server"')
    if "driver" in data:
        _check_driver(data["driver"])
    able = [transport for transport, can in (("exec", "driver" in data), ("app-server", "driver" in data or "steps" in part)) if can]
    _require(bool(able), 'neither "driver" (for exec) nor "app_server" with "steps": the session does nothing')
    asked = data.get("transports", able)
    _require(isinstance(asked, list) and bool(asked), '"transports" is not a list of transports')
    for transport in asked:
        _require(transport in TRANSPORTS, f'"transports": {json.dumps(transport)} is none of {", ".join(TRANSPORTS)}')
        _require(transport in able, f'"transports" has {transport}, for which '
                 + ('"driver" is missing' if transport == "exec" else '"app_server" with "steps" is missing'))
    return tuple(transport for transport in TRANSPORTS if transport in asked)


def _check_driver(driver: Any) -> None:
    _require(isinstance(driver, dict) and isinstance(driver.get("steps"), list),
             '"driver" is not an object with "steps", a list')
    try:
        planned_calls(driver)
    except (KeyError, TypeError, AttributeError) as error:
        raise RecordingError(f'"driver": a call is not as the codex tool has it ({error!r} is missing or of another '
                             "kind)") from error


def _answer_list(given: Any) -> list[Any]:
    _require(isinstance(given, list), '"answers" is not a list of answers')
    return [answer if isinstance(answer, list) else [answer] for answer in given]


def _check_answers(given: Any, transport: str) -> None:
    lists = given if isinstance(given, dict) else {"": given}
    for name, listed in lists.items():
        _require(not name or name.startswith("$"), f'"answers" by thread: {name} is not the name of a saved thread, $NAME')
        for number, answer in enumerate(listed, 1):
            answers.check(answer, f'"answers"{" of " + name if name else ""} ({transport}), answer {number}')


def _check_steps(steps: Any, kind: str) -> None:
    _require(isinstance(steps, list), f'"app_server": "{kind}" is not a list')
    for number, step in enumerate(steps, 1):
        where = f'"app_server", {kind} {number}'
        kinds = [kind for kind in _STEP_KINDS if isinstance(step, dict) and kind in step]
        _require(len(kinds) == 1, f"{where} is not one of {', '.join(_STEP_KINDS)}")
        _check_keys(step, _STEP_KEYS[kinds[0]], where)
        if kinds[0] == "request":
            _check_request(step, where)
        elif kinds[0] == "kill":
            _require(step["kill"] is True and number == len(steps), f'{where}: "kill" is true, and the last step')
        elif kinds[0] == "wait":
            _require(isinstance(step["wait"], dict) and isinstance(step["wait"].get("method"), str),
                     f'{where}: "wait" is not an object with "method"')
        elif kinds[0] == "at_once":
            _require(isinstance(step["at_once"], list) and len(step["at_once"]) > 1,
                     f'{where}: "at_once" is not a list of requests')
            for request in step["at_once"]:
                _require(isinstance(request, dict), f'{where}: "at_once" is not a list of requests')
                _check_keys(request, _STEP_KEYS["request"], where)
                _check_request(request, where)


def _check_request(step: dict[str, Any], where: str) -> None:
    request = step.get("request")
    _require(isinstance(request, dict) and isinstance(request.get("method"), str),
             f'{where}: "request" is not an object with "method"')
    _check_keys(request, ("method", "params"), f'{where}: "request"')
    save = step.get("save", {})
    _require(isinstance(save, dict) and all(isinstance(at, str) and at.startswith("/") for at in save.values()),
             f'{where}: "save" is not an object of NAME: "/path/in/the/result"')


def _check_keys(given: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        near = difflib.get_close_matches(key, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"
        _require(key in known, f'{where} has no key "{key}": {hint}')


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RecordingError(otherwise)
