"""The real codex, asked again, says what it said: a few quick sessions of each transport. `scripts/soak record` has
all of them."""
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

from . import ROOT
import record
from recording.compare import differences

SESSIONS = {"exec": ["hello", "echo"], "app-server": ["hello", "streaming", "approval-cancel"]}
"""None whose order or pieces depend on how busy the machine is: tests run beside each other."""


class RerecordTest(unittest.TestCase):
    def record(self, *arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = record.main([*arguments, "--python", str(ROOT / ".venv")])
        return status, out.getvalue(), err.getvalue()

    def test_it_says_the_same(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for transport, names in SESSIONS.items():
                scripts = [str(ROOT / f"harness/recordings/{name}.json") for name in names]
                self.assertEqual(self.record(*scripts, "-o", folder, "--short", "--transport", transport)[::2], (0, ""))
            made = sorted(Path(folder).iterdir())
            self.assertEqual(len(made), sum(map(len, SESSIONS.values())))
            for tape in made:
                self.assertEqual(differences(ROOT / "harness/sessions" / tape.name, tape, by_lane=True), [])

    def broken(self, session: dict) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "broken.json"
            script.write_text(json.dumps({"title": "broken", **session}), encoding="utf-8")
            status, out, err = self.record(str(script), "-o", f"{folder}/out", "--timeout", "5", "--settle", "0.1")
            self.assertEqual(out, "")
            self.assertFalse((Path(folder) / "out").exists(), "nothing is written of a session that fails")
            self.assertTrue(err.startswith(f"record: {script}: "), err)
            return status, err

    def test_what_codex_does_not_do_is_told(self) -> None:
        start = {"request": {"method": "thread/start"}, "save": {"thread": "/thread/id"}}
        turn = {"request": {"method": "turn/start", "params": {"threadId": "$thread", "input": []}}}
        for steps, answers, parts in (
            ([start, {"wait": {"method": "turn/completed"}}], [], ["step 2", "turn/completed", "5 s"]),
            ([{"request": {"method": "thread/start", "params": {"sandbox": "beach"}}}], [],
             ["step 1", "thread/start", "beach", '"error":true']),
            ([{**start, "error": True}], [], ["step 1", "it is refused"]),
            ([{**start, "save": {"thread": "/thread/name/first"}}], [], ["step 1", "/thread/name/first"]),
            ([turn], [], ["step 1", "$thread", "saved: nothing"]),
            ([start], [[{"message": "hi"}]], ["asked 0 times", "has 1 answers"]),
        ):
            with self.subTest(parts[-1]):
                status, err = self.broken({"app_server": {"steps": steps}, "answers": answers})
                self.assertEqual(status, 2)
                for part in parts:
                    self.assertIn(part, err)

    def test_a_codex_that_does_not_run_is_three(self) -> None:
        script = str(ROOT / "harness/recordings/hello.json")
        status, out, err = self.record(script, "-o", "/no/such/folder", "--codex", "/no/such/codex")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("/no/such/codex", err)


if __name__ == "__main__":
    unittest.main()
