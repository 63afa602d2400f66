"""That the guard goes red: with a bent record, and with a program that does more."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
PROGRAM = os.environ["CTD_WORKLOADS"]


class GuardTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        # One cheap workload, so that the test takes seconds.
        self.program = self.script("workloads", 'if [ $# = 0 ]; then echo event; else exec "$real" "$1" "$2"; fi')

    def script(self, name, body):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\nreal='{PROGRAM}'\n{body}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def guard(self, *more, program=None, **environment):
        record = self.folder / "recorded.json"
        done = subprocess.run(
            [sys.executable, HERE / "guard.py", "--program", program or self.program, "--record", record, *more],
            capture_output=True,
            text=True,
            check=False,
            env={**{k: v for k, v in os.environ.items() if k != "CI"}, **environment},
        )
        return done.returncode, done.stdout + done.stderr

    def write(self, **instructions):
        record = {"tolerance_percent": 5, "instructions": instructions}
        (self.folder / "recorded.json").write_text(json.dumps(record), encoding="utf-8")

    def test_what_was_accepted_is_green_and_a_bent_record_is_red(self):
        self.write()
        self.assertEqual(self.guard("--accept")[0], 0)
        self.assertEqual(self.guard()[0], 0)
        accepted = json.loads((self.folder / "recorded.json").read_text())["instructions"]["event"]
        for factor, word in ((0.9, "SLOWER"), (1.1, "FASTER")):
            self.write(event=round(accepted * factor))
            status, text = self.guard()
            self.assertEqual(status, 1)
            self.assertIn(word, text)

    def test_a_program_that_does_twice_the_work_is_red(self):
        self.write()
        self.assertEqual(self.guard("--accept")[0], 0)
        twice = self.script("twice", 'if [ $# = 0 ]; then echo event; else exec "$real" "$1" $(($2 * 2)); fi')
        status, text = self.guard(program=twice)
        self.assertEqual(status, 1)
        self.assertIn("SLOWER", text)

    def test_a_workload_that_is_new_or_gone_is_red(self):
        self.write(other=1)
        status, text = self.guard()
        self.assertEqual(status, 1)
        self.assertIn("event                is new", text)
        self.assertIn("other                is gone", text)

    def test_nothing_is_recorded_under_ci(self):
        self.write(event=1)
        status, text = self.guard("--accept", CI="true")
        self.assertEqual(status, 1)
        self.assertIn("CI is set", text)
        self.assertEqual(json.loads((self.folder / "recorded.json").read_text())["instructions"], {"event": 1})


if __name__ == "__main__":
    unittest.main()
