"""A process that is none: asyncio gets bytes that were written before, and an exit status.

The package's own code reads and decodes them; only the kernel is left out.
"""

from __future__ import annotations

import asyncio
from typing import Any
from unittest import mock

CHUNK = 1 << 16  # what a pipe holds


class FakeInput:
    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass

    def close(self) -> None:
        pass


class FakeProcess:
    def __init__(self, stdout: bytes, stderr: bytes, status: int, limit: int) -> None:
        self.stdin = FakeInput()
        self.stdout = asyncio.StreamReader(limit=limit)
        self.stderr = asyncio.StreamReader()
        self.returncode: int | None = None
        self._status = status
        self.stderr.feed_data(stderr)
        self.stderr.feed_eof()
        self._feeding = asyncio.create_task(self._feed(stdout))

    async def _feed(self, stdout: bytes) -> None:
        for at in range(0, len(stdout), CHUNK):
            self.stdout.feed_data(stdout[at : at + CHUNK])
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self.stdout.feed_eof()
        self.returncode = self._status

    async def wait(self) -> int:
        await self._feeding
        return self._status

    def kill(self) -> None:
        pass

    def terminate(self) -> None:
        pass


def spawning(stdout: bytes, stderr: bytes, status: int) -> Any:
    """A context in which whatever is started is such a process."""

    async def create(*_: Any, limit: int, **__: Any) -> FakeProcess:
        return FakeProcess(stdout, stderr, status, limit)

    return mock.patch("asyncio.create_subprocess_exec", create)
