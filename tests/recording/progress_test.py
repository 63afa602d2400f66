"""The line that says how far a recording is."""
import io
import unittest

from . import ROOT  # noqa: F401  (it finds the recorder)
from recording.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def drawn(self) -> str:
        """What was written since the last time."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class ProgressTest(unittest.TestCase):
    def setUp(self) -> None:
        self.terminal, self.now, self.width = Terminal(), 0.0, 80

    def progress(self, total: int = 4, quiet: bool = False, out: io.StringIO | None = None) -> Progress:
        return Progress(total, quiet, out or self.terminal, lambda: self.now, lambda: self.width)

    def test_it_tells_count_rate_and_what_is_left(self) -> None:
        progress = self.progress()
        progress.begin("echo (exec)")
        first = "recording echo (exec), 0 of 4 tapes"
        self.assertEqual(self.terminal.drawn(), first)
        self.now = 2
        progress.begin("hello (exec)")
        gone = f"\r{' ' * len(first)}\r"
        self.assertEqual(self.terminal.drawn(), gone + "recording hello (exec), 1 of 4 tapes, 30.0/min, about 6 s left")

    def test_it_is_gone_at_the_end(self) -> None:
        progress = self.progress()
        progress.begin("echo (exec)")
        progress.clear()
        self.assertTrue(self.terminal.drawn().endswith("\r" + " " * 35 + "\r"))
        progress.clear()
        self.assertEqual(self.terminal.drawn(), "")

    def test_it_is_cut_to_the_terminal(self) -> None:
        progress = self.progress()
        self.width = 24
        progress.begin("echo (exec)")
        self.assertEqual(self.terminal.drawn(), "recording echo (exec)")
        self.width = 10
        progress.begin("echo (exec)")
        self.assertEqual(self.terminal.drawn().rpartition("\r")[2], "recording")

    def test_nothing_of_a_name_acts_on_the_terminal(self) -> None:
        self.progress().begin("a\x1b[31m")
        self.assertNotIn("\x1b", self.terminal.drawn())

    def test_there_is_none_when_quiet_or_in_a_pipe(self) -> None:
        pipe = io.StringIO()
        for progress in (self.progress(quiet=True), self.progress(out=pipe)):
            progress.begin("echo (exec)")
            progress.clear()
        self.assertEqual(self.terminal.drawn() + pipe.getvalue(), "")


if __name__ == "__main__":
    unittest.main()
