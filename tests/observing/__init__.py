"""The real Python clients and the real codex with `observe` between them; `python -m unittest discover -t . -s tests/observing`.

The environment's CTD_PROGRAM names the program (default: build/codex-telemetry-diff).
"""
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("CTD_PROGRAM", ROOT / "build/codex-telemetry-diff"))
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "pybridge/python")]
