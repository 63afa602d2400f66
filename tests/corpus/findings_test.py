"""Each finding is so with the pinned clients, and docs/findings.md is what tapes and goldens say."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai_codex

from . import ROOT

FOLDER = ROOT / "docs/findings"
FINDINGS = json.loads((FOLDER / "findings.json").read_text(encoding="utf-8"))["findings"]


def run(script: Path, *arguments: str, packages: Path | None = None) -> "subprocess.CompletedProcess[str]":
    kept = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}
    environment = {key: value for key, value in os.environ.items() if key in kept}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    command = [sys.executable, "-B", str(script), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


class FindingsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def copied(self) -> Path:
        """As much of the repository as the page is made of."""
        root = self.folder / "repository"
        shutil.copytree(ROOT / "docs", root / "docs")
        for finding in FINDINGS:
            session = finding.get("tape", "findings/" + finding["id"])
            for path in (f"harness/sessions/{session}.tape.jsonl", f"golden/transcripts/{session}.golden.jsonl"):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, root / path)
        return root

    def check(self, root: Path) -> "subprocess.CompletedProcess[str]":
        return run(ROOT / "scripts/findings.py", "--check", "--root", str(root))

    def assert_red(self, root: Path, reason: str) -> None:
        done = self.check(root)
        self.assertEqual(done.returncode, 1)
        self.assertIn(reason, done.stdout + done.stderr)

    def test_each_is_so(self) -> None:
        programs = [FOLDER / f"{finding['id']}.py" for finding in FINDINGS]
        self.assertGreater(len(programs), 20)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for program, done in zip(programs, pool.map(run, programs)):
                with self.subTest(program.name):
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_one_that_is_mended_is_noticed(self) -> None:
        package = Path(shutil.copytree(Path(openai_codex.__file__).parent, self.folder / "packages/openai_codex"))
        errors = package / "errors.py"
        text = errors.read_text(encoding="utf-8")
        errors.write_text(text.replace('"server_overloaded"', '"serveroverloaded"'), encoding="utf-8")
        done = run(FOLDER / "codex-overload-is-not-retried.py", packages=package.parent)
        self.assertEqual((done.returncode, "Traceback" in done.stderr), (1, False), done.stderr)

    def test_the_page_is_up_to_date(self) -> None:
        done = self.check(ROOT)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertEqual(self.check(self.copied()).returncode, 0)

    def test_another_golden_is_noticed(self) -> None:
        root = self.copied()
        golden = root / "golden/transcripts/findings/agents-usage-counted-twice.golden.jsonl"
        golden.write_text(golden.read_text(encoding="utf-8").replace('"input_tokens":300', '"input_tokens":200'), encoding="utf-8")
        self.assert_red(root, "findings.md: not what")

    def test_a_place_that_is_gone_is_noticed(self) -> None:
        root = self.copied()
        findings = root / "docs/findings/findings.json"
        findings.write_text(findings.read_text(encoding="utf-8").replace("_handle_item_started", "_handle_a_start"), encoding="utf-8")
        self.assert_red(root, "has no _handle_a_start")

    def test_a_program_that_is_missing_is_noticed(self) -> None:
        root = self.copied()
        (root / "docs/findings/agents-eof-is-success.py").unlink()
        self.assert_red(root, "agents-eof-is-success.py")


if __name__ == "__main__":
    unittest.main()
