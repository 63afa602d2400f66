"""Goldens, accepted matrix, history and reports: after kill -9 or a failed write at any system call of an update each
file is wholly old or wholly new, and the next run heals. Without CTD_EVERY_CALL: the calls that change files."""
from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree
from pathlib import Path

from . import EVERY_CALL, PROGRAM, ROOT, SAMPLE_RESULTS
from .faults import Update, try_all

JOBS = int(os.environ.get("CTD_JOBS", os.cpu_count() or 1))
SESSIONS = ("echo", "hello", "odd/exec/aborted")


def with_change(golden: str, old: str, new: str) -> str:
    """The golden with another value in its observations, and the footer that fits."""
    header, *lines, _ = golden.splitlines(keepends=True)
    changed = [line.replace(old, new) for line in lines]
    if changed == lines:
        raise ValueError(f"no {old} in the golden")
    digest = hashlib.sha256("".join(changed).encode()).hexdigest()
    footer = json.dumps({"observations": len(changed), "sha256": digest}, separators=(",", ":"))
    return header + "".join(changed) + footer + "\n"


def nights_of(path: Path) -> object:
    """What the history holds; an error where it is broken."""
    if not path.exists():
        return None
    database = sqlite3.connect(path)
    try:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return "broken"
        tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        rows = {name: sorted(map(str, database.execute(f'SELECT * FROM "{name}"'))) for name in tables}
        return rows if any(rows.values()) else None  # made, and no night in it yet
    except sqlite3.DatabaseError as error:
        return f"broken: {error}"
    finally:
        database.close()


def exactly(path: Path) -> object:
    if path.suffix == ".sqlite":
        return nights_of(path)
    return path.read_bytes() if path.exists() else None


def is_whole_report(path: Path) -> bool:
    """What could not be read or started makes another report, and no less a whole one."""
    if path.suffix == ".sqlite" or not path.exists():
        return False
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".json":
            return json.loads(text) is not None
        if path.suffix == ".xml":
            return tree.fromstring(text).tag == "testsuites"
    except (ValueError, tree.ParseError):
        return False
    return path.suffix == ".html" and text.rstrip().endswith("</html>") or path.suffix == ".md" and text.endswith("\n")


class CrashSafetyCase(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ctd-crash-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.before = self.folder / "before"
        self.before.mkdir()

    def hold(self, update: Update, at_least: int) -> None:
        outcome = try_all(update, self.folder / "runs", EVERY_CALL, JOBS)
        print(f"{self.id().rpartition('.')[2]}: {outcome.faults} faults: {outcome.old} all old, {outcome.new} all new, "
              f"{outcome.between} some of several; {len(outcome.problems)} problems", file=sys.stderr, flush=True)
        self.assertEqual(outcome.problems, [])
        self.assertGreaterEqual(outcome.faults, at_least)
        self.assertGreater(outcome.old, 0)


class CrashSafetyTest(CrashSafetyCase):
    def goldens(self, *changes: tuple[str, str]) -> list[str]:
        """Goldens, and a change of each that waits."""
        wanted = []
        for session in SESSIONS:
            golden = (ROOT / "golden/transcripts" / f"{session}.golden.jsonl").read_text(encoding="utf-8")
            file = self.before / f"goldens/{session}.golden.jsonl"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(golden, encoding="utf-8")
            for old, new in changes:
                golden = with_change(golden, old, new)
            file.with_name(file.name.replace(".golden.", ".pending.")).write_text(golden, encoding="utf-8")
            wanted += [f"goldens/{session}.golden.jsonl", f"goldens/{session}.pending.jsonl"]
        return wanted

    def results(self) -> None:
        said = subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, text=True).stdout
        tool, rules = (line.split(" ", 1)[1] for line in said.splitlines()[:2])
        subprocess.run([SAMPLE_RESULTS, self.before / "results.jsonl", tool, rules], check=True)

    def test_golden_accept(self) -> None:
        wanted = self.goldens(("Resetting current trace", "Resetting the trace"))
        self.hold(Update(
            lambda folder: [str(PROGRAM), "golden", "accept", "--all", "--golden", "goldens"],
            self.before, wanted, leftover=lambda name: ".golden-tmp-" in name,
        ), at_least=3 * 3 * 2)

    def test_golden_accept_of_one_cause_of_two(self) -> None:
        wanted = self.goldens(("Resetting current trace", "Resetting the trace"), ("\"name\":\"task\"", "\"name\":\"errand\""))
        listed = subprocess.run([PROGRAM, "golden", "review", "--pending", "--golden", self.before / "goldens"],
                                text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False,
                                env={k: v for k, v in os.environ.items() if k != "CI"})
        causes = re.findall(r"^(c[0-9a-f]{8})  3 sessions  log/run", listed.stdout, re.MULTILINE)
        self.assertEqual(len(causes), 1, listed.stdout + listed.stderr)
        self.hold(Update(
            lambda folder: [str(PROGRAM), "golden", "accept", "--cause", causes[0], "--golden", "goldens"],
            self.before, wanted, leftover=lambda name: ".golden-tmp-" in name,
        ), at_least=40)

    def test_matrix_accept(self) -> None:
        self.results()
        (self.before / "accepted.json").write_bytes((ROOT / "matrix/accepted.json").read_bytes())
        self.hold(Update(
            lambda folder: [str(PROGRAM), "matrix", "--accept", "--from", "results.jsonl", "--accepted", "accepted.json"],
            self.before, ["accepted.json"], leftover=lambda name: name.endswith((".new", ".tmp")), healed_exit=(0, 1),
        ), at_least=10)

    def test_a_night_and_its_reports(self) -> None:
        self.results()
        wanted = [f"night/{name}" for name in
                  ("report.html", "report.json", "junit.xml", "summary.md", "issue.md", "matrix.json", "history.sqlite")]
        self.hold(Update(
            lambda folder: [str(PROGRAM), "merge", "results.jsonl", "-o", "night"],
            self.before, wanted, view=exactly, other=is_whole_report, healed_exit=(0, 1),
            leftover=lambda name: name.endswith(".new") or ".sqlite" in name,
        ), at_least=60)

    def test_a_report(self) -> None:
        (self.before / "report.xml").write_text("<testsuites/>\n")
        self.hold(Update(
            lambda folder: [str(PROGRAM), "replay", str(ROOT / "harness/sessions/odd/exec"), "--session", "empty*",
                            "--subject", "cpp", "--golden", str(ROOT / "golden/transcripts"), "--format", "junit",
                            "-o", "report.xml"],
            self.before, ["report.xml"], other=is_whole_report, leftover=lambda name: name.endswith(".new"), healed_exit=(0, 1),
        ), at_least=10)


class HowItGoesRed(unittest.TestCase):
    """Writers that are not safe, and one that is."""

    def problems(self, script: str) -> list[str]:
        folder = Path(tempfile.mkdtemp(prefix="ctd-crash-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "before").mkdir()
        (folder / "before/file").write_text("old\n" * 50)
        update = Update(lambda _: ["/usr/bin/python3", "-I", "-S", "-c", script], folder / "before", ["file"],
                        leftover=lambda name: name.endswith(".new"))
        return try_all(update, folder / "runs", EVERY_CALL, JOBS).problems

    def test_a_writer_in_place(self) -> None:
        found = self.problems("f = open('file', 'w'); f.write('new\\n' * 50); f.close()")
        self.assertIn("KILL at write 1: file is neither old nor new", found)

    def test_a_writer_that_removes_first(self) -> None:
        found = self.problems("import os; os.unlink('file'); f = open('file', 'w'); f.write('new'); f.close()")
        self.assertTrue(any("neither old nor new" in each for each in found), found)

    def test_a_writer_that_hides_an_error(self) -> None:
        found = self.problems("import os\ntry:\n f = open('a.new', 'w'); f.write('new'); f.close()\n"
                              " os.rename('a.new', 'file')\nexcept OSError: pass")
        self.assertTrue(any("says that all went well" in each for each in found), found)

    def test_a_writer_that_stumbles_over_what_it_left(self) -> None:
        found = self.problems("import os; f = open('a.new', 'x'); f.write('new'); f.close(); os.rename('a.new', 'file')")
        self.assertTrue(any("does not heal" in each for each in found), found)

    def test_a_writer_that_replaces(self) -> None:
        self.assertEqual(self.problems(
            "import os; f = open('a.new', 'w'); f.write('new'); f.flush(); os.fsync(f.fileno()); f.close(); "
            "os.rename('a.new', 'file')"), [])


if __name__ == "__main__":
    unittest.main()
