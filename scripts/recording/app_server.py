"""One `codex app-server` and what passes over its stdin and stdout, in the order in which its client sees it.

A `>` stands where it was sent: after every `<` that had been taken in by then. codex's requests are answered the
moment they are read, as the Python client's handler does.
"""
from __future__ import annotations

import json
import queue
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from . import RecordingError
from .privacy import SYSTEM
from .workshop import Workshop

ARGV = ["app-server", "--listen", "stdio://"]
Message = dict[str, Any]
_SYSTEM = re.compile(rb'"userAgent":"[^"(]*\(([^()"]*)\)')


@dataclass
class Passed:
    """A line of the wire: what the client wrote, the bytes that codex printed, or how the process ended."""

    sent: Message | None = None
    printed: bytes = b""
    ended: Message | None = None


class AppServer:
    def __init__(self, workshop: Workshop, codex: Path, timeout: float, settle: float,
                 answer: Callable[[Message], Any]) -> None:
        """`settle`: seconds without a line after which codex counts as done for now. `answer`: gives the result for
        a request of codex's."""
        self._workshop, self._timeout, self._settle, self._answer = workshop, timeout, settle, answer
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._stderr: list[bytes] = []
        self.wire: list[Passed] = []
        self.heard: list[Message] = []
        """codex's messages, as parsed from what it printed before anything was replaced."""
        self._process = subprocess.Popen([codex, *ARGV], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, cwd=workshop.working_folder,
                                         env=workshop.environment())
        for read in (self._read, self._read_stderr):
            threading.Thread(target=read, daemon=True).start()

    def __enter__(self) -> "AppServer":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def send(self, message: Message) -> None:
        """As the Python client writes it. A saved value may name the machine, so it is replaced here too."""
        replaced = self._workshop.replacements.apply(json.dumps(message, ensure_ascii=False).encode())
        self.wire.append(Passed(sent=json.loads(replaced)))
        assert self._process.stdin
        try:
            self._process.stdin.write((json.dumps(message) + "\n").encode())
            self._process.stdin.flush()
        except OSError as error:
            raise RecordingError(f"codex reads no more: {self._last_words()}") from error

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Takes in lines until the condition holds."""
        end = time.monotonic() + self._timeout
        while not condition():
            if not self._take(max(0.0, end - time.monotonic())):
                raise RecordingError(f"{what} did not come within {self._timeout:g} s (--timeout); "
                                     f"the last of codex's messages: {self._last_heard()}")

    def settle(self) -> None:
        """Takes in lines until codex has been silent for a while."""
        end = time.monotonic() + self._timeout
        while self._take(self._settle):
            if time.monotonic() > end:
                raise RecordingError(f"codex was never silent for {self._settle:g} s within {self._timeout:g} s")

    def kill(self) -> None:
        """Ends codex at once, as the system does to a process that takes too much. What it had printed still counts."""
        self._process.kill()
        while (line := self._lines.get()) is not None:
            self._heed(line)
        self.wire.append(Passed(ended={"signal": int(signal.SIGKILL)}))

    def close(self) -> None:
        """Ends stdin. What codex prints then reaches no client, and is not kept."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(self._timeout)
        except subprocess.TimeoutExpired as error:
            raise RecordingError(f"codex did not end within {self._timeout:g} s after its stdin had") from error

    def stderr(self) -> str:
        return b"".join(self._stderr).decode("utf-8", "replace").strip()

    def _take(self, seconds: float) -> bool:
        """Takes in one line; False where none comes in that time."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return False
        if line is None:
            raise RecordingError(f"codex ended amid the session: {self._last_words()}")
        self._heed(line)
        return True

    def _heed(self, line: bytes) -> None:
        self._note_system(line)
        self.wire.append(Passed(printed=self._workshop.replacements.apply(line)))
        message = json.loads(line)
        self.heard.append(message)
        if "method" in message and "id" in message:
            self.send({"id": message["id"], "result": self._answer(message)})

    def _note_system(self, line: bytes) -> None:
        found = None if self.heard else _SYSTEM.search(line)
        if found:
            self._workshop.replacements.add("operating system", f"({found[1].decode()})", f"({SYSTEM})")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_stderr(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._stderr.append(line)

    def _last_words(self) -> str:
        try:
            status = f"exit status {self._process.wait(2)}"
        except subprocess.TimeoutExpired:
            status = "it is still running"
        return f"{status}, stderr: {self.stderr()[-2000:] or 'nothing'}"

    def _last_heard(self) -> str:
        return json.dumps(self.heard[-1], ensure_ascii=False)[:500] if self.heard else "none"
