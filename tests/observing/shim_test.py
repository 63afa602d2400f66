"""Through a shim both real clients see what they see without it, and what has passed is a tape that replays."""
from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Callable

from recording.binary import Binary
from recording.session import Session
from recording.workshop import Workshop

from . import PROGRAM, ROOT
from . import clients
from .clients import Seen

Run = Callable[[Path, Workshop], Seen]
VENV = ROOT / ".venv"


class ShimTest(unittest.TestCase):
    maxDiff = 4000

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "tapes").mkdir()
        clients.in_environment(self.folder)
        self.codex = Binary.find(None, VENV / "bin/python").path
        self.shim = self.folder / "codex"
        self.call("observe", "--shim", self.shim, "--log", self.folder / "log", "--events", self.folder / "events",
                  "--format", "json", "--tape", f"{self.folder}/tapes/", "--", self.codex)

    def call(self, *arguments: object) -> str:
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def seen(self, session: Session, transport: str, run: Run, codex: Path) -> Seen:
        with Workshop(session.workshop_data(transport), VENV / "bin/python", ROOT) as workshop:
            return clients.apart(lambda: run(codex, workshop))

    def check(self, name: str, transport: str, run: Run, processes: int = 1) -> Seen:
        session = Session.load(ROOT / f"harness/recordings/{name}.json")
        without = self.seen(session, transport, run, self.codex)
        through = self.seen(session, transport, run, self.shim)
        self.assertGreater(len(without), 3)
        self.assertEqual(self.by_lane(through), self.by_lane(without))
        tapes = self.tapes()
        self.assertEqual(len(tapes), processes, [path.name for path in (self.folder / "tapes").iterdir()])
        report = json.loads(self.call("replay", *tapes, "--no-golden", "--python", VENV, "--format", "json"))
        self.assertEqual(report["totals"]["match"], processes, report)
        return through

    def by_lane(self, seen: Seen) -> dict[str, Seen]:
        """Nothing is promised across lanes, nor what the log of a host says of the process id it started."""
        lanes: dict[str, Seen] = {}
        for line in seen:
            lanes.setdefault(line.split(" ", 1)[0], []).append(line)
        return lanes

    def tapes(self) -> list[Path]:
        """Where a client kills codex, who observes outlives it by a moment."""
        for _ in range(200):
            partial = list((self.folder / "tapes").glob("*.partial"))
            if not partial:
                break
            subprocess.run(["sleep", "0.05"], check=True)
        return sorted((self.folder / "tapes").glob("*.tape.jsonl"))

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in (self.folder / "events").read_text().splitlines()]

    def agents(self, name: str, processes: int = 1) -> Seen:
        driver = Session.load(ROOT / f"harness/recordings/{name}.json").driver("exec")
        return self.check(name, "exec", lambda codex, workshop: clients.agents(driver, codex, workshop), processes)

    def test_agents_with_a_command(self) -> None:
        seen = self.agents("echo")
        self.assertTrue(any("The command printed hi." in line for line in seen))
        self.assertEqual(self.events()[:3], ["codex.session.start", "codex.thread.start", "codex.turn.start"])
        self.assertIn("codex.turn.completed", self.events())
        self.assertTrue(all(json.loads(line)["level"] for line in (self.folder / "log").read_text().splitlines()))

    def test_agents_with_a_turn_that_fails(self) -> None:
        """The client raises at the first error event, and kills what it has started."""
        seen = self.agents("http-500")
        self.assertTrue(any(line.startswith("outcome/run failed") for line in seen), seen[-1])
        self.assertIn("codex.thread.exception", self.events())

    def test_agents_with_an_output_schema(self) -> None:
        self.agents("structured-output")

    def test_codex_sdk_with_two_turns(self) -> None:
        seen = self.check("two-turns", "app-server",
                          lambda codex, workshop: clients.sdk(["Count to two.", "Count on."], codex, workshop))
        self.assertEqual(sum(line.startswith("turn/completed") for line in seen), 2)
        self.assertEqual(self.events().count("codex.turn.completed"), 2)

    def test_codex_sdk_with_approvals(self) -> None:
        seen = self.check("approval-accept", "app-server",
                          lambda codex, workshop: clients.sdk_with_approvals("accept", codex, workshop))
        self.assertTrue(any(line.startswith("asked item/commandExecution/requestApproval") for line in seen))
        self.assertIn("codex.approval.approved", self.events())

    def test_what_is_no_session_passes(self) -> None:
        """Clients ask for a version, too."""
        version = [subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
                   for path in (self.codex, self.shim)]
        self.assertEqual(version[0], version[1])
        self.assertIn("codex", version[0])
        self.assertEqual(self.tapes(), [])

    def test_where_nothing_can_be_written_the_session_passes(self) -> None:
        (self.folder / "tapes").rmdir()
        (self.folder / "tapes").write_text("no folder")
        for name in ("log", "events"):
            (self.folder / name).unlink()
            (self.folder / name).mkdir()
        session = Session.load(ROOT / "harness/recordings/hello.json")
        driver = session.driver("exec")

        def run(codex: Path, workshop: Workshop) -> Seen:
            return clients.agents(driver, codex, workshop)

        without = self.seen(session, "exec", run, self.codex)
        self.assertEqual(self.by_lane(self.seen(session, "exec", run, self.shim)), self.by_lane(without))


if __name__ == "__main__":
    unittest.main()
