"""A sample of the hostile strings through the tool, and that the check sees what a tool lets through.

scripts/soak hostile has all of them. CTD_PROGRAM names the tool.
"""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from .naughty import problems_of

PROGRAM = os.environ["CTD_PROGRAM"]
SCRIPT = Path(__file__).with_name("naughty.py")


class NaughtyTest(unittest.TestCase):
    def setUp(self) -> None:
        made = tempfile.TemporaryDirectory(prefix="ctd-hostile-")
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)

    def run_script(self, tool: str, sample: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), "--tool", tool, "--output", str(self.folder / "out"),
                   "--sample", str(sample)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    def leaking(self, what: str) -> str:
        """The tool, and `what` behind all that it prints."""
        wrapper = self.folder / "tool"
        wrapper.write_text(f"#!/bin/sh\n'{PROGRAM}' \"$@\"\nstatus=$?\nprintf '{what}'\nexit $status\n")
        wrapper.chmod(0o755)
        return str(wrapper)

    def test_nothing_acts(self) -> None:
        done = self.run_script(PROGRAM, 10)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("13 strings, 13 sessions", done.stdout)
        self.assertIn("6 forms: 0 problems", done.stdout)

    def test_a_tool_that_lets_an_escape_through_is_red(self) -> None:
        done = self.run_script(self.leaking("\\033[31m"), 60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("replay stdout: stdout: '\\x1b'", done.stdout)

    def test_a_tool_that_lets_a_command_through_is_red(self) -> None:
        done = self.run_script(self.leaking("\\n::error::x\\n"), 60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a build service's command", done.stdout)

    def test_each_form_can_be_broken(self) -> None:
        page = b"<p>x</p>"
        broken = {"a.json": b"{", "a.jsonl": b"{}\n{\n", "a.xml": b"<a>", "a.txt": b"\xff", "b.txt": b"a\x9b",
                  "c.txt": "\u202e".encode(), "a.html": page + b"<img onerror=x>"}
        for name, data in broken.items():
            self.assertEqual(len(problems_of(name, data, None)), 1, name)
        self.assertEqual(problems_of("a.html", page, None), [])


if __name__ == "__main__":
    unittest.main()
