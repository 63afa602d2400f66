"""A session's data file, read and checked before codex is started. `README.md` describes it."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import RecordingError
from .checks import answer_list, check_answers, check_api, check_file, check_steps, require, transports_of
from .derive import derived_steps


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
        check_file(data)
        session = cls(path.stem, path, data, transports_of(data))
        for transport in session.transports:
            check_answers(session.answers(transport), transport)
        if "app-server" in session.transports:
            check_api(session.driver("app-server"))
            check_steps(session.before(), "before")
            check_steps(session.steps(), "step")
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
        own = transport == "app-server" and "answers" in self._part
        given = self._part["answers"] if own else self.data.get("answers", [])
        if isinstance(given, dict):
            return {name: answer_list(listed) for name, listed in given.items()}
        return answer_list(given)

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
    require(isinstance(data, dict), "is not a JSON object; scripts/recording/README.md describes the file")
    return data
