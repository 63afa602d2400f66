"""What of the machine is taken out of the recorded bytes."""
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Replacements:
    """What stands instead, and which of them happened: a tape's header says so."""

    pairs: list[tuple[str, str, str]] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)

    def add(self, what: str, here: str, there: str) -> None:
        self.pairs.append((what, here, there))

    def apply(self, data: bytes) -> bytes:
        for what, here, there in self.pairs:
            if here != there and here.encode() in data:
                self.happened.add(what)
                data = data.replace(here.encode(), there.encode())
        return data

    def described(self) -> list[str]:
        return [f"{what} -> {there}" for what, _, there in self.pairs if what in self.happened]
