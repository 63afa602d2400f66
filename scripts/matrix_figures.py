#!/usr/bin/env python3
"""Writes the figures of matrix/accepted.json into docs/matrix.md.

    scripts/matrix_figures.py           write them
    scripts/matrix_figures.py --check   exit 1 where they are not those that stand there
    scripts/matrix_figures.py --self-test   show that --check goes red
"""

import json
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
# Columns of the first environment; a further one has a version: agents@0.23.1.
UNREACHED = {"not-exercised", "unavailable"}


def states(cells):
    return {state for column, state in cells.items() if "@" not in column}


def is_reached(cells):
    return bool(states(cells) - UNREACHED)


def is_matched(cells):
    return is_reached(cells) and states(cells) - UNREACHED == {"match"}


def count(features):
    """Kind to [entries, exercised, matched, fields, exercised, matched]."""
    kinds = {}
    for feature in features:
        if not states(feature["cells"]):
            continue
        groups = [(feature["cells"], feature.get("fields", []))]
        groups += [(each["cells"], each["fields"]) for each in feature.get("other", [])]
        for kind in (feature["id"].split("/")[1], "all"):
            sums = kinds.setdefault(kind, [0] * 6)
            sums[0] += 1
            sums[1] += is_reached(feature["cells"])
            sums[2] += is_matched(feature["cells"])
            for cells, names in groups:
                if states(cells):
                    sums[3] += len(names)
                    sums[4] += len(names) * is_reached(cells)
                    sums[5] += len(names) * is_matched(cells)
    return kinds


def table(kinds):
    rows = [["kind", "entries", "exercised", "match", "fields", "exercised", "match"]]
    rows.append(["---"] + ["---:"] * 6)
    rows += [[kind, *map(str, kinds[kind])] for kind in sorted(kinds, key=lambda k: (k == "all", k))]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def page(root):
    """The page as it is, and as it should be."""
    lines = (root / "matrix/accepted.json").read_text(encoding="utf-8").splitlines()
    features = [each for each in map(json.loads, lines) if "id" in each]
    text = (root / "docs/matrix.md").read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    return text, before + BEGIN + table(count(features)) + END + rest.split(END)[1]


def self_test():
    line = {"id": "a/item/X", "cells": {"cpp": "match", "a@2": "differs"}, "fields": ["p", "q"],
            "other": [{"cells": {"cpp": "not-exercised"}, "fields": ["r"]}]}
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "matrix").mkdir()
        (root / "docs").mkdir()
        (root / "matrix/accepted.json").write_text('{"matrix":1}\n' + json.dumps(line) + "\n")
        (root / "docs/matrix.md").write_text(f"x\n{BEGIN}{END}y\n")
        text, fresh = page(root)
        assert text != fresh, "figures that are missing were not seen"
        assert "| all | 1 | 1 | 1 | 3 | 2 | 2 |\n" in fresh, fresh
        (root / "docs/matrix.md").write_text(fresh)
        assert len(set(page(root))) == 1, "right figures were not taken for right"
        (root / "docs/matrix.md").write_text(fresh.replace("| 3 | 2 | 2 |", "| 3 | 3 | 2 |"))
        assert len(set(page(root))) == 2, "a wrong figure was not seen"
    return 0


def main():
    if "--self-test" in sys.argv[1:]:
        return self_test()
    text, fresh = page(ROOT)
    if "--check" in sys.argv[1:]:
        if fresh != text:
            print("docs/matrix.md has other figures than matrix/accepted.json: "
                  "scripts/matrix_figures.py writes them")
        return fresh != text
    (ROOT / "docs/matrix.md").write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
