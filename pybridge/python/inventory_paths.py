"""Which functions of a client a Codex run enters, measured: what is imported, and runs of the real
client with a codex that says one of everything that the client has a class for.

This is a process of its own, which drives no session: sys.setprofile sees each function's begin and
changes nothing.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import os
import sys
import tempfile
import threading
import types
import typing
from typing import Any

from inventory_types import members, records

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Entered:
    """From begin() on, until end()."""

    def __init__(self) -> None:
        self._codes: set[types.CodeType] = set()
        self._places: set[tuple[str, int]] = set()
        self._files: set[str] = set()

    def begin(self) -> None:
        def see(frame: types.FrameType, event: str, argument: Any) -> None:
            if event == "call":
                self._codes.add(frame.f_code)

        threading.setprofile(see)
        sys.setprofile(see)

    def end(self) -> None:
        sys.setprofile(None)
        threading.setprofile(None)
        # Less what runs when a module or class is made.
        functions = [code for code in self._codes if code.co_flags & inspect.CO_OPTIMIZED]
        self._places = {(code.co_filename, code.co_firstlineno) for code in functions}
        self._files = {code.co_filename for code in functions}

    def has(self, module: types.ModuleType, function: Function) -> bool:
        lines = [function.lineno, *(each.lineno for each in function.decorator_list)]
        return (module.__file__ or "", min(lines)) in self._places

    def has_any_of(self, module: types.ModuleType) -> bool:
        return module.__file__ in self._files


def modules_of(package: str) -> list[types.ModuleType]:
    """Those that are imported by now, by name."""
    found = {
        name: module
        for name, module in list(sys.modules.items())
        if (name == package or name.startswith(package + "."))
        and str(getattr(module, "__file__", "")).endswith(".py")
    }
    return [found[name] for name in sorted(found)]


def sample(annotation: Any) -> Any:
    """Some value of a type, as JSON has it."""
    for _, kind in records(annotation):
        return sample_of(kind)
    if typing.get_origin(annotation) is typing.Literal:
        return typing.get_args(annotation)[0]
    for kind in (annotation, *typing.get_args(annotation)):
        origin = typing.get_origin(kind) or kind
        if origin in (int, float):
            return 1
        if origin is bool:
            return True
        if isinstance(origin, type) and issubclass(origin, list):
            return []
        if isinstance(origin, type) and issubclass(origin, typing.Mapping):
            return {}
        if typing.get_origin(kind) is typing.Literal:
            return typing.get_args(kind)[0]
    return "x"


def sample_of(kind: type) -> dict[str, Any]:
    result = {}
    for name, annotation in members(kind).items():
        origin = typing.get_origin(annotation)
        inner = list(records(annotation))
        if origin in (list, tuple) and inner:
            result[name] = [sample_of(each) for _, each in inner]
        else:
            result[name] = sample(annotation)
    return result


@dataclasses.dataclass
class FakeCodex:
    """A program that prints these lines, whatever it is asked, and ends with the status."""

    lines: list[str]
    status: int = 0

    def write(self, folder: str) -> str:
        path = tempfile.mkdtemp(dir=folder) + "/codex"
        with open(path + ".jsonl", "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.lines)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\ncat >/dev/null\ncat "$0.jsonl"\nexit {self.status}\n')
        os.chmod(path, 0o755)
        return path


def as_lines(events: list[Any]) -> list[str]:
    return [json.dumps(event) for event in events]
