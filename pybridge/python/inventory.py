"""What a client declares, read from its installed package: entries and fields, and where sessions
show them (matrix/inventory.h). Nothing here is a list of what a client has.

A worker that was started with --inventory calls begin(), imports the subject's adapter and with it
the client, and then read().
"""

from __future__ import annotations

import importlib
from typing import Any

from inventory_paths import Entered

_entered = Entered()


def begin() -> None:
    """Before the client is imported: what its import enters belongs to a run."""
    _entered.begin()


def read(subject: str) -> list[dict[str, Any]]:
    module = importlib.import_module(f"inventory_{subject.replace('-', '_')}")
    if hasattr(module, "run"):
        module.run(_entered)
    _entered.end()
    entries = module.read(_entered) if hasattr(module, "run") else module.read()
    entries.sort(key=lambda each: each["id"])
    return entries
