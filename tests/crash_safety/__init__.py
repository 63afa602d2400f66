"""Updates of files under kill -9 and failing writes; `python -m unittest discover -t . -s tests/crash_safety -p *_test.py`.

The environment's CTD_PROGRAM names the program (default: build/codex-telemetry-diff), CTD_SAMPLE_RESULTS
the program that writes a results file, CTD_EVERY_CALL=1 asks for every system call (scripts/soak crash_safety).
"""
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("CTD_PROGRAM", ROOT / "build/codex-telemetry-diff"))
SAMPLE_RESULTS = Path(os.environ.get("CTD_SAMPLE_RESULTS", ROOT / "build/dev/bin/ctd_sample_results"))
EVERY_CALL = os.environ.get("CTD_EVERY_CALL") == "1"
