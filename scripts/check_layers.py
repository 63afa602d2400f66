#!/usr/bin/env python3
"""Checks that #include lines follow the arrows between the folders.

    scripts/check_layers.py [ROOT]        check the tree (default: this repository)
    scripts/check_layers.py --self-test   prove on bad trees that each rule is enforced

Prints FILE:LINE and the rule broken, one a line; exits 1 if there is one.
"""

import pathlib
import re
import sys
import tempfile

# Folder -> the other folders that it may include.
ALLOWED = {
    "telemetry": set(),
    "harness": {"telemetry"},
    "golden": {"harness", "telemetry"},
    "pybridge": {"harness", "telemetry"},
    "matrix": {"golden", "harness", "telemetry"},
    "cli": {"matrix", "golden", "pybridge", "harness", "telemetry"},
    "tests": {"cli", "matrix", "golden", "pybridge", "harness", "telemetry"},
}

# Library -> (pattern of its headers, path prefixes that may include them, the rule in words).
LIBRARIES = {
    "CPython": (r"(pybind11/|Python\.h$|python3[.\d]*/)", ("pybridge/",), "only in pybridge"),
    "CLI11": (r"CLI/|CLI11\.hpp$", ("cli/",), "only in cli"),
    "dtl": (
        r"dtl/",
        ("golden/", "tests/benchmarks/peers/"),
        "only in golden, and as a peer of benchmarks",
    ),
    "SQLite": (r"sqlite3(ext)?\.h$", ("matrix/sqlite.cc", "tests/"), "only in matrix/sqlite.cc"),
    "spdlog": (
        r"spdlog/",
        ("telemetry/include/codex/telemetry/spdlog_adapter.h", "tests/"),
        "only in its adapter and in tests",
    ),
    "libcurl and zlib": (
        r"(curl/|zlib\.h$)",
        ("telemetry/src/otlp/", "tests/"),
        "only in the exporter to OpenTelemetry and in tests",
    ),
    "prometheus-cpp": (
        r"prometheus/",
        ("telemetry/src/prometheus_export/", "tests/"),
        "only in the exporter to Prometheus and in tests",
    ),
    "a test library": (
        r"(gtest|gmock|rapidcheck)(/|\.h$)",
        ("tests/", "telemetry/include/codex/telemetry/testing_matchers.h"),
        "only in tests and testing_matchers.h",
    ),
}

# Path prefix -> (pattern of headers that it may not include, the rule in words).
FORBIDDEN = {
    "telemetry/include/": (r"nlohmann/", "the public telemetry headers do not show nlohmann_json"),
}

SUFFIXES = {".h", ".hh", ".hpp", ".inc", ".c", ".cc", ".cpp"}
INCLUDE = re.compile(r"\s*#\s*(?:include|include_next|import)\b\s*(.*)")
NAMED = re.compile(r"[<\"]([^>\"]+)[>\"]")


def folder_of(name, source):
    """The folder of this project that an included name stands in, or None."""
    if name.startswith("."):
        parts = []
        for part in (*source.parent.parts, *name.split("/")):
            if part == ".." and parts:
                parts.pop()
            elif part != ".":
                parts.append(part)
        name = "/".join(parts)
    if name.startswith("codex/telemetry/"):
        return "telemetry", name
    first = name.split("/", 1)[0]
    return (first if first in ALLOWED and "/" in name else None), name


def broken_rules(source, target):
    """The rules that an include of `target` in the file `source` (relative path) breaks."""
    here = source.parts[0]
    folder, name = folder_of(target, source)
    if folder and folder != here:
        if folder not in ALLOWED[here]:
            allowed = ", ".join(sorted(ALLOWED[here])) or "no other folder"
            yield f"{here} may include {allowed}, not {folder} ({target})"
        elif folder == "telemetry" and here != "tests" and not name.startswith("codex/telemetry/"):
            yield f"{here} may include the public headers <codex/telemetry/...> only ({target})"
    for library, (pattern, prefixes, rule) in LIBRARIES.items():
        if re.match(pattern, target) and not source.as_posix().startswith(prefixes):
            yield f"{library} {rule} ({target})"
    for prefix, (pattern, rule) in FORBIDDEN.items():
        if source.as_posix().startswith(prefix) and re.match(pattern, target):
            yield f"{rule} ({target})"


def check(root):
    """(number of files read, list of problems) of the tree at `root`."""
    files, problems = 0, []
    for folder in ALLOWED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            files += 1
            source = path.relative_to(root)
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            for number, line in enumerate(lines, 1):
                include = INCLUDE.match(line)
                if not include:
                    continue
                named = NAMED.match(include.group(1))
                rules = (
                    broken_rules(source, named.group(1))
                    if named
                    else ["an include must name its header literally"]
                )
                problems += [f"{source}:{number}: {rule}" for rule in rules]
    return files, problems


# Relative path, include line, and a part of the rule that must be named (None: allowed).
SELF_TEST = [
    ("telemetry/src/a.cc", "#include <codex/telemetry/event.h>", None),
    ("telemetry/src/a.cc", "#include <nlohmann/json.hpp>", None),
    ("telemetry/src/a.cc", "#include \"detail/queue.h\"", None),
    ("telemetry/src/a.cc", "#include \"harness/tape/reader.h\"", "telemetry may include no other folder"),
    ("telemetry/include/codex/telemetry/a.h", "#include <nlohmann/json.hpp>", "do not show nlohmann"),
    ("telemetry/include/codex/telemetry/a.h", "# include <nlohmann/json_fwd.hpp>", "do not show nlohmann"),
    ("harness/tape/a.cc", "#include <codex/telemetry/event.h>", None),
    ("harness/tape/a.cc", "#include \"harness/model/lane.h\"", None),
    ("harness/tape/a.cc", "#include \"telemetry/src/queue.h\"", "public headers"),
    ("telemetry/include/codex/telemetry/spdlog_adapter.h", "#include <spdlog/logger.h>", None),
    ("telemetry/src/a.cc", "#include <spdlog/logger.h>", "spdlog only in its adapter"),
    ("telemetry/src/otlp/a.cc", "#include <curl/curl.h>", None),
    ("telemetry/src/a.cc", "#include <curl/curl.h>", "libcurl and zlib only in"),
    ("telemetry/include/codex/telemetry/otlp.h", "#include <zlib.h>", "libcurl and zlib only in"),
    ("telemetry/src/prometheus_export/a.cc", "#include <prometheus/exposer.h>", None),
    ("telemetry/src/a.cc", "#include <prometheus/exposer.h>", "prometheus-cpp only in"),
    ("harness/tape/a.cc", "#include \"golden/store.h\"", "harness may include telemetry, not golden"),
    ("harness/tape/a.cc", "#include \"../../golden/store.h\"", "harness may include telemetry, not golden"),
    ("harness/tape/a.cc", "#include \"../model/lane.h\"", None),
    ("harness/tape/a.cc", "#include <pybind11/embed.h>", "CPython only in pybridge"),
    ("harness/tape/a.cc", "#include HEADER", "literally"),
    ("golden/a.cc", "#include <dtl/dtl.hpp>", None),
    ("golden/a.cc", "#include \"matrix/cell.h\"", "not matrix"),
    ("golden/a.cc", "#include \"pybridge/host.h\"", "not pybridge"),
    ("pybridge/a.cc", "#include <Python.h>", None),
    ("pybridge/a.cc", "#include \"golden/store.h\"", "not golden"),
    ("matrix/a.cc", "#include \"golden/store.h\"", None),
    ("matrix/a.cc", "#include <dtl/dtl.hpp>", "dtl only in golden"),
    ("matrix/a.cc", "#include <sqlite3.h>", "SQLite only in matrix/sqlite.cc"),
    ("matrix/sqlite.cc", "#include <sqlite3.h>", None),
    ("matrix/a.cc", "#include <Python.h>", "CPython only in pybridge"),
    ("matrix/a.cc", "#include \"cli/app.h\"", "not cli"),
    ("cli/commands/a.cc", "#include <CLI/CLI.hpp>", None),
    ("cli/commands/a.cc", "#include \"matrix/cell.h\"", None),
    ("cli/commands/a.cc", "  #  include  \"tests/support/fake.h\"", "not tests"),
    ("cli/commands/a.cc", "#include <gtest/gtest.h>", "a test library only in tests"),
    ("telemetry/include/codex/telemetry/testing_matchers.h", "#include <gmock/gmock.h>", None),
    ("telemetry/include/codex/telemetry/testing.h", "#include <gmock/gmock.h>", "only in tests"),
    ("matrix/a.h", "#include <CLI/App.hpp>", "CLI11 only in cli"),
    ("tests/golden/a_test.cc", "#include \"golden/store.h\"", None),
    ("tests/golden/a_test.cc", "#include \"telemetry/src/queue.h\"", None),
    ("tests/golden/a_test.cc", "#include <dtl/dtl.hpp>", "dtl only in golden"),
    ("tests/benchmarks/peers/a.cc", "#include <dtl/dtl.hpp>", None),
]


def self_test():
    failures = []
    for path, line, rule in SELF_TEST:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text(f"// A file.\n{line}\n", encoding="utf-8")
            files, problems = check(root)
        if rule is None:
            right = files == 1 and problems == []
        else:
            right = (
                files == 1
                and len(problems) == 1
                and problems[0].startswith(f"{path}:2: ")
                and rule in problems[0]
            )
        if not right:
            failures.append(f"{path}: {line}: expected {rule!r}, got {problems}")
    print("\n".join(failures + [f"self-test: {len(SELF_TEST)} trees, {len(failures)} wrong"]))
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    files, problems = check(root.resolve())
    print("\n".join(problems + [f"layers: {files} files, {len(problems)} broken rules"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
