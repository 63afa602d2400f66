"""The generated tapes are what the installed clients declare, and that is noticed where they are not."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import openai_codex

from . import ROOT

GENERATED = ROOT / "harness/sessions/generated"
LARGEST = 200 * 1000


def check(out: Path = GENERATED, packages: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    command = [sys.executable, "-B", "scripts/generate_sessions.py", "--check", "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


class GeneratedSessionsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def copied(self) -> Path:
        return Path(shutil.copytree(GENERATED, self.folder / "generated"))

    def assert_red(self, done: "subprocess.CompletedProcess[str]", name: str) -> None:
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(name, done.stdout)

    def test_they_are_up_to_date(self) -> None:
        done = check()
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_they_can_be_read(self) -> None:
        for tape in GENERATED.rglob("*.jsonl"):
            self.assertLess(tape.stat().st_size, LARGEST, tape)

    def test_a_tape_that_was_changed_is_named(self) -> None:
        out = self.copied()
        tape = out / "exec/items.tape.jsonl"
        tape.write_text(tape.read_text(encoding="utf-8").replace("in_progress", "at_rest", 1), encoding="utf-8")
        self.assert_red(check(out), "exec/items")

    def test_a_tape_that_lacks_and_one_too_many_are_named(self) -> None:
        out = self.copied()
        (out / "app-server/realtime.tape.jsonl").rename(out / "app-server/surplus.tape.jsonl")
        done = check(out)
        self.assert_red(done, "app-server/realtime")
        self.assert_red(done, "app-server/surplus")

    def test_a_new_field_of_a_package_is_noticed(self) -> None:
        package = self.folder / "packages/openai_codex"
        shutil.copytree(Path(openai_codex.__file__).parent, package)
        models = package / "generated/v2_all.py"
        text = models.read_text(encoding="utf-8")
        head = "class ThreadArchivedNotification(BaseModel):\n"
        self.assertEqual(text.count(head), 1)
        models.write_text(text.replace(head, head + "    novelty: str | None = None\n"), encoding="utf-8")
        self.assert_red(check(packages=package.parent), "app-server/threads")


if __name__ == "__main__":
    unittest.main()
