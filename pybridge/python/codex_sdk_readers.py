"""Whether the client has taken in all that came: its reading threads wait for more, or are over.

That a client has read the last bytes from its pipe does not say that it has done with them. A call
that is made before would meet the client in this state or that, by chance.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from typing import Any, Callable

_LONGEST = 2.0  # seconds; a reader may wait for something else, an approval say
_NAP = 0.0003  # seconds, the first; each further one is longer
_LONGEST_NAP = 0.01
# Where the system does not tell what a thread waits for.
_BLIND = 0.005


class Readers:
    """The threads that the client starts to read its process's output."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def started_by(self, start: Callable[[], Any]) -> Any:
        """Calls it; the daemon threads that it leaves running are the readers."""
        before = set(threading.enumerate())
        try:
            return start()
        finally:
            new = set(threading.enumerate()) - before
            self._threads = [thread for thread in new if thread.daemon]

    def settle(self) -> None:
        """Comes back when they have taken in everything."""
        deadline = time.monotonic() + _LONGEST
        nap = _NAP
        for thread in self._threads:
            while not _is_done(thread) and time.monotonic() < deadline:
                time.sleep(nap)
                nap = min(nap * 1.5, _LONGEST_NAP)

    def wait_until_over(self, name: str) -> None:
        """Until the one whose target has this name has ended."""
        for thread in self._threads:
            if name in thread.name:
                thread.join()


def _is_done(thread: threading.Thread) -> bool:
    if not thread.is_alive():
        return True
    try:
        with open(f"/proc/self/task/{thread.native_id}/syscall", encoding="ascii") as file:
            call = file.read().split()
    except OSError:
        if thread.is_alive():
            time.sleep(_BLIND)
        return True
    # "running", or the call's number and arguments: of read() the first is the descriptor.
    if len(call) < 2:
        return False
    try:
        return stat.S_ISFIFO(os.fstat(int(call[1], 16)).st_mode)
    except (OSError, OverflowError, ValueError):
        return False
