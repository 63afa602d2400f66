"""golden update, which runs the real client: kill -9 and failing writes, for scripts/soak crash_safety. CTD_VENV has
the clients."""
from __future__ import annotations

import os

from . import PROGRAM, ROOT
from .crash_safety_test import CrashSafetyCase
from .faults import Update


class GoldenUpdateTest(CrashSafetyCase):
    def test_golden_update(self) -> None:
        golden = (ROOT / "golden/transcripts/echo.golden.jsonl").read_text(encoding="utf-8")
        file = self.before / "goldens/echo.golden.jsonl"
        file.parent.mkdir()
        # The driver's digest: a golden of another driver is stale.
        file.write_text(golden.replace('"driver":"', '"driver":"0', 1), encoding="utf-8")
        self.hold(Update(
            lambda folder: [str(PROGRAM), "golden", "update", str(ROOT / "harness/sessions/echo.tape.jsonl"),
                            "--golden", "goldens", "--python", os.environ["CTD_VENV"], "--jobs", "1"],
            self.before, ["goldens/echo.golden.jsonl"], leftover=lambda name: ".golden-tmp-" in name,
        ), at_least=6)
