"""Loads an adapter of pybridge/python, whose name the module beside this one has taken."""

from __future__ import annotations

import importlib.util
import pathlib
import sys
import types

ADAPTERS = pathlib.Path(__file__).resolve().parents[3] / "pybridge" / "python"


def load(name: str) -> types.ModuleType:
    if str(ADAPTERS) not in sys.path:
        sys.path.append(str(ADAPTERS))
    spec = importlib.util.spec_from_file_location("observing_" + name, ADAPTERS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
