"""What a log record says: `template` % `args` is `message`, as record.getMessage() has it.

Templates are those of the package itself that have arguments, and a few that are awkward.
"""

from __future__ import annotations

import ast
import logging
import pathlib
import random
import re
from typing import Any, Iterator

import agents
from vectors import Values, stable

METHODS = {"debug", "info", "warning", "error", "exception"}
DIRECTIVE = re.compile(r"%(.)", re.DOTALL)
AWKWARD = ["%s", "%s%s", "%s: %s", "100%% of %s", "%%s %s", "%%%s%%", "é %s \U0001f600", "%s\n%s"]
OBJECTS = [
    {"class": "ValueError", "text": "it's 100% 'bad' {}"},
    {"class": "agents.tracing.traces.NoOpTrace", "text": ""},
]


def package_templates() -> list[str]:
    """The literal templates that the package's loggers are called with."""
    found = set()
    for path in pathlib.Path(agents.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            literal = node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value
            if node.func.attr in METHODS and isinstance(literal, str) and "%" in literal:
                found.add(literal)
    return sorted(found)


class Shown:
    """Stands for an object of which the telemetry library knows class and text."""

    def __init__(self, told: dict[str, str]) -> None:
        self._text = told["text"]

    def __str__(self) -> str:
        return self._text


def case(template: str, arguments: list[Any]) -> dict[str, Any]:
    arguments = stable(arguments)
    given = tuple(Shown(a) if a in OBJECTS else a for a in arguments)
    record = logging.LogRecord("openai.agents", logging.DEBUG, "", 0, template, given, None)
    return {"template": template, "args": arguments, "message": record.getMessage()}


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    values = Values(source)
    for template in [*package_templates(), *AWKWARD]:
        directives = [kind for kind in DIRECTIVE.findall(template) if kind != "%"]
        for _ in range(6):
            arguments = []
            for kind in directives:
                if kind == "d":
                    arguments.append(source.choice([True, 0, -7, 10**30, 3.99, -3.99, 1e22]))
                elif kind == "r":
                    arguments.append(values.any(3))
                else:
                    arguments.append(source.choice([values.any(3), *OBJECTS, None, True, ""]))
            yield case(template, arguments)
    for template in ["plain", "100%", "100%% sure", "50% done %s", ""]:
        yield case(template, [])
