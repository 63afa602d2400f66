#!/usr/bin/env python3
"""Writes telemetry/src/unicode_tables.inc: the answers of str.isprintable and str.isspace.

The tables are those of Python 3.11, whose str the telemetry library imitates; another version of
Unicode is refused.
"""

import pathlib
import sys
import unicodedata

UNICODE = "14.0.0"
TARGET = pathlib.Path(__file__).resolve().parent.parent / "telemetry/src/unicode_tables.inc"
PER_LINE = 5


def ranges(wanted):
    """The code points for which `wanted` holds, as [first, last] pairs."""
    found = []
    for point in range(sys.maxunicode + 1):
        if not wanted(chr(point)):
            continue
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def table(name, comment, pairs):
    lines = [f"// {comment}", f"constexpr Range {name}[] = {{"]
    for start in range(0, len(pairs), PER_LINE):
        row = pairs[start : start + PER_LINE]
        lines.append("    " + " ".join(f"{{0x{a:X}, 0x{b:X}}}," for a, b in row))
    return lines + ["};"]


def main():
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"needs a Python with Unicode {UNICODE}, has {unicodedata.unidata_version}")
    lines = [
        f"// Made by scripts/generate_unicode_tables.py from Unicode {UNICODE}; do not edit.",
        "",
        *table("kNotPrintable", "not str.isprintable()", ranges(lambda c: not c.isprintable())),
        "",
        *table("kWhitespace", "str.isspace()", ranges(str.isspace)),
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
