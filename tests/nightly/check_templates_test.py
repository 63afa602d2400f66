#!/usr/bin/env python3
"""That check_templates.py goes red: each case bends one template in a copy of the tree."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WORKFLOW = ".github/workflows/nightly.yml"

# File, what stands there, what stands there instead, and what is said of it.
CASES = [
    ("docs/nightly/slurm.sh", "--jobs 1", "--jabs 1", "nightly has no option --jabs"),
    ("docs/nightly/slurm.sh", "esac", "", "bash does not read it"),
    ("docs/nightly/kubernetes.yaml", "completions: 8", "completions: 9", "CTD_SHARDS is not"),
    ("docs/nightly/kubernetes.yaml", "spec:\n", "spec\n", "is no YAML"),
    ("docs/nightly/crontab", "0 2 * * *", "0 2 * *", "has no five times"),
    ("docs/nightly/crontab", "scripts/nightly", "scripts/nightlong", "there is no scripts/nightlong"),
    ("docs/nightly/codex-telemetry-nightly.timer", "OnCalendar=", "OnColendar=", "has no OnCalendar"),
    ("docs/nightly/codex-telemetry-nightly.service", "ExecStart=", "ExecBegin=", "has no ExecStart"),
    ("docs/nightly/codex-telemetry-nightly.service", " -o ", " --into ", "no option --into"),
    (WORKFLOW, "merge parts -o", "merge parts --out", "merge has no option --out"),
    (WORKFLOW, "    if: always()\n    runs-on", "    runs-on", "merge must run whatever"),
    (WORKFLOW, "needs: shard", "needs: shards", "needs shards, which there is not"),
    (WORKFLOW, "schedule:", "scheduled:", "has no schedule"),
]


def check(script: Path, tree: Path, program: Path) -> tuple[int, str]:
    words = [sys.executable, str(script), "--tree", str(tree), "--program", str(program)]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    arguments = parser.parse_args()
    script = Path(__file__).with_name("check_templates.py")
    wrong = 0
    for name, old, new, said in CASES:
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            for part in ("docs/nightly", ".github", "scripts"):
                shutil.copytree(arguments.tree / part, tree / part)
            file = tree / name
            text = file.read_text(encoding="utf-8")
            if old not in text:
                print(f"{name}: the case's own text is not there: {old!r}")
                wrong += 1
                continue
            file.write_text(text.replace(old, new, 1), encoding="utf-8")
            status, output = check(script, tree, arguments.program)
            if status != 1 or said not in output:
                print(f"{name}: with {new!r} it said ({status}): {output}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
