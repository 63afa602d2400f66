"""How far a recording is: one line on a terminal's stderr, nothing anywhere else."""
import os
import sys
import time
from typing import Callable, TextIO

from recording.printable import printable


class Progress:
    """The words are those of cli/progress.h. Drawn as each tape begins: a tape takes a second or two."""

    def __init__(self, total: int, quiet: bool, out: TextIO = sys.stderr, clock: Callable[[], float] = time.monotonic,
                 columns: Callable[[], int] | None = None) -> None:
        self._total = total
        self._on = not quiet and out.isatty()
        self._out, self._clock = out, clock
        self._columns = columns or (lambda: os.get_terminal_size(out.fileno()).columns or 80)
        self._start = clock()
        self._begun = 0
        self._width = 0

    def begin(self, what: str) -> None:
        """The next tape."""
        if not self._on:
            return
        text = self._text(f"recording {printable(what)}", self._columns() - 1)
        self._begun += 1
        self.clear()
        self._out.write(text)
        self._out.flush()
        self._width = len(text)

    def clear(self) -> None:
        """Takes the line away."""
        if self._on and self._width:
            self._out.write(f"\r{' ' * self._width}\r")
            self._out.flush()
            self._width = 0

    def _text(self, what: str, columns: int) -> str:
        parts = [what, f"{self._begun} of {self._total} tapes"]
        seconds = self._clock() - self._start
        if self._begun and seconds > 0:
            rate = self._begun / seconds
            parts += [_rate(rate), f"about {_duration((self._total - self._begun) / rate)} left"]
        text = parts[0][:max(columns, 0)]
        for part in parts[1:]:
            if len(text) + 2 + len(part) > columns:
                break
            text += ", " + part
        return text


def _rate(per_second: float) -> str:
    return f"{per_second:.1f}/s" if per_second >= 0.95 else f"{per_second * 60:.1f}/min"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds + 0.499), 60)
    if minutes == 0:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    return f"{minutes // 60} h {minutes % 60} min"
