#!/usr/bin/env python3
"""Asks the real openai-agents what it does, and writes its answers for the tests of telemetry.

    .venv/bin/python tests/telemetry/agents_vectors/generate.py [KIND…] [--out DIR] [--seed N]

One file KIND.jsonl a kind, one case a line; the first line names the package and counts the
cases, so that a file that was cut is noticed. The same seed gives the same file. Each kind is a
module beside this one, which says what its cases hold; `*_test.cc` in the folder above plays them.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ["span_budget", "tracing", "logs", "switches", "usage", "wire", "arguments"]
PACKAGE = "openai-agents"
VERSION = "0.24.0"
SEED = 20240024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--out", type=pathlib.Path, default=HERE)
    parser.add_argument("--seed", type=int, default=SEED, help="committed are those of %(default)s")
    options = parser.parse_args()
    unknown = [kind for kind in options.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"unknown kind {unknown[0]}")
    if sys.version_info[:2] != (3, 11):
        sys.exit("needs Python 3.11, whose json and str the telemetry library imitates")
    found = importlib.metadata.version(PACKAGE)
    if found != VERSION:
        sys.exit(f"needs {PACKAGE} {VERSION}, found {found}")
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "CODEX_"))]:
        del os.environ[name]
    sys.path.insert(0, str(HERE))
    vectors = importlib.import_module("vectors")
    for kind in options.kinds or KINDS:
        cases = list(importlib.import_module(kind).cases(random.Random(f"{options.seed} {kind}")))
        header = {"kind": "header", "package": PACKAGE, "version": VERSION, "cases": len(cases)}
        lines = [vectors.dumps(case) for case in [header, *cases]]
        path = options.out / f"{kind}.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        print(f"{path.name}: {len(cases)} cases, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
