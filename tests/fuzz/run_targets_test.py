"""That a fuzz target can fail: the planted bugs, by input and by fuzzing. CTD_PARSER_FUZZ names the program."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["CTD_PARSER_FUZZ"]
SCRIPT = Path(__file__).with_name("run_targets.py")


class PlantedTest(unittest.TestCase):
    def setUp(self) -> None:
        made = tempfile.TemporaryDirectory(prefix="ctd-fuzz-")
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)

    def run_input(self, text: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "input").write_text(text)
        return subprocess.run([PROGRAM, "--target=planted", "input"], cwd=self.folder, text=True,
                              capture_output=True, check=False)

    def run_script(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, SCRIPT, "--program", PROGRAM, "--output", self.folder, *arguments],
                              text=True, capture_output=True, check=False)

    def test_an_input_that_is_fine_passes(self) -> None:
        self.assertEqual(self.run_input("BUG").returncode, 0)

    def test_address_sanitizer_is_in(self) -> None:
        found = self.run_input("BUGA")
        self.assertNotEqual(found.returncode, 0)
        self.assertIn("AddressSanitizer: heap-buffer-overflow", found.stderr)

    def test_undefined_behavior_sanitizer_is_in(self) -> None:
        found = self.run_input("BUGU")
        self.assertNotEqual(found.returncode, 0)
        self.assertIn("signed integer overflow", found.stderr)

    def test_what_must_hold_is_checked(self) -> None:
        found = self.run_input("BUGC")
        self.assertNotEqual(found.returncode, 0)
        self.assertIn("does not hold: the third byte", found.stderr)

    def test_a_bug_is_found_by_fuzzing_and_its_input_is_kept(self) -> None:
        found = self.run_script("--runs", "2000000", "planted")
        self.assertEqual(found.returncode, 1, found.stdout + found.stderr)
        self.assertIn("FOUND", found.stdout)
        kept = [path for path in (self.folder / "planted").glob("crash-*")]
        self.assertEqual(len(kept), 1)
        self.assertTrue(kept[0].read_bytes().startswith(b"BUG"))

    def test_a_target_that_is_none_is_an_error(self) -> None:
        self.assertEqual(self.run_script("nothing").returncode, 2)
        self.assertEqual(subprocess.run([PROGRAM], capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
