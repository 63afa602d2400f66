"""What a data file must be, told with the place and what to do. `README.md` describes the file."""
from __future__ import annotations

import difflib
import json
from typing import Any

from . import RecordingError, answers
from .driver import planned_calls

TRANSPORTS = ("exec", "app-server")
_KEYS = ("title", "transports", "driver", "app_server", "answers", "files", "model", "config", "mcp_servers")
_APP_SERVER_KEYS = ("title", "driver", "before", "steps", "approvals", "answers", "files")
_APIS = ("client", "codex", "async")
_STEP_KEYS = {"request": ("request", "save", "error"), "wait": ("wait",), "release": ("release",),
              "at_once": ("at_once",), "kill": ("kill",)}


def check_file(data: dict[str, Any]) -> None:
    """What does not depend on the transport."""
    check_keys(data, _KEYS, "the file")
    require(isinstance(data.get("title"), str), '"title" is missing, or no text: say what the session shows')
    for key, kind, what in (("files", dict, "an object"), ("config", dict, "an object"), ("model", str, "a text"),
                            ("mcp_servers", dict, "an object"), ("app_server", dict, "an object")):
        require(isinstance(data.get(key, kind()), kind), f'"{key}" is not {what}')
    part = data.get("app_server", {})
    check_keys(part, _APP_SERVER_KEYS, '"app_server"')
    for key, kind, what in (("files", dict, "an object"), ("driver", dict, "an object"), ("approvals", list, "a list")):
        require(isinstance(part.get(key, kind()), kind), f'"app_server": "{key}" is not {what}')
    if "driver" in data:
        _check_driver(data["driver"])


def transports_of(data: dict[str, Any]) -> tuple[str, ...]:
    """Those that the file has a part for, or of these the ones that it asks for."""
    can = {"exec": "driver" in data, "app-server": "driver" in data or "steps" in data.get("app_server", {})}
    able = [transport for transport in TRANSPORTS if can[transport]]
    require(bool(able), 'neither "driver" (for exec) nor "app_server" with "steps": the session does nothing')
    asked = data.get("transports", able)
    require(isinstance(asked, list) and bool(asked), '"transports" is not a list of transports')
    for transport in asked:
        require(transport in TRANSPORTS,
                f'"transports": {json.dumps(transport)} is none of {", ".join(TRANSPORTS)}')
        require(transport in able, f'"transports" has {transport}, for which '
                + ('"driver" is missing' if transport == "exec" else '"app_server" with "steps" is missing'))
    if "exec" in asked:
        require("answers" in data, '"answers" is missing: a list of the model\'s answers')
        require(isinstance(data["answers"], list),
                '"answers": exec has one list; answers by thread belong into "app_server"')
    return tuple(transport for transport in TRANSPORTS if transport in asked)


def check_api(driver: dict[str, Any]) -> None:
    require(driver.get("api", "client") in _APIS, f'"app_server": "driver": "api" is none of {", ".join(_APIS)}')


def _check_driver(driver: Any) -> None:
    require(isinstance(driver, dict) and isinstance(driver.get("steps"), list),
             '"driver" is not an object with "steps", a list')
    try:
        planned_calls(driver)
    except (KeyError, TypeError, AttributeError) as error:
        raise RecordingError(f'"driver": a call is not as the codex tool has it ({error!r} is missing or of another '
                             "kind)") from error


def answer_list(given: Any) -> list[Any]:
    require(isinstance(given, list), '"answers" is not a list of answers')
    return [answer if isinstance(answer, list) else [answer] for answer in given]


def check_answers(given: Any, transport: str) -> None:
    lists = given if isinstance(given, dict) else {"": given}
    for name, listed in lists.items():
        require(not name or name.startswith("$"),
                f'"answers" by thread: {name} is not the name of a saved thread, $NAME')
        for number, answer in enumerate(listed, 1):
            answers.check(answer, f'"answers"{" of " + name if name else ""} ({transport}), answer {number}')


def check_steps(steps: Any, kind: str) -> None:
    require(isinstance(steps, list), f'"app_server": "{kind}" is not a list')
    for number, step in enumerate(steps, 1):
        where = f'"app_server", {kind} {number}'
        kinds = [kind for kind in _STEP_KEYS if isinstance(step, dict) and kind in step]
        require(len(kinds) == 1, f"{where} is not one of {', '.join(_STEP_KEYS)}")
        check_keys(step, _STEP_KEYS[kinds[0]], where)
        if kinds[0] == "request":
            _check_request(step, where)
        elif kinds[0] == "kill":
            require(step["kill"] is True and number == len(steps), f'{where}: "kill" is true, and the last step')
        elif kinds[0] == "wait":
            require(isinstance(step["wait"], dict) and isinstance(step["wait"].get("method"), str),
                     f'{where}: "wait" is not an object with "method"')
        elif kinds[0] == "at_once":
            require(isinstance(step["at_once"], list) and len(step["at_once"]) > 1,
                     f'{where}: "at_once" is not a list of requests')
            for request in step["at_once"]:
                require(isinstance(request, dict), f'{where}: "at_once" is not a list of requests')
                check_keys(request, _STEP_KEYS["request"], where)
                _check_request(request, where)


def _check_request(step: dict[str, Any], where: str) -> None:
    request = step.get("request")
    require(isinstance(request, dict) and isinstance(request.get("method"), str),
             f'{where}: "request" is not an object with "method"')
    check_keys(request, ("method", "params"), f'{where}: "request"')
    save = step.get("save", {})
    require(isinstance(save, dict) and all(isinstance(at, str) and at.startswith("/") for at in save.values()),
             f'{where}: "save" is not an object of NAME: "/path/in/the/result"')


def check_keys(given: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        near = difflib.get_close_matches(key, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"
        require(key in known, f'{where} has no key "{key}": {hint}')


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RecordingError(otherwise)
