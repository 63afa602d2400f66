#!/usr/bin/env python3
"""Writes docs/findings.md: what the Python clients get wrong, from the tapes that show it.

    .venv/bin/python scripts/findings.py           writes the page
    .venv/bin/python scripts/findings.py --check   writes nothing; exits 1 and says what is not so

docs/findings/findings.json says what is to be told; the wire is the tape's, what is observed is the
golden's. Both ways it is made sure that the installed packages are those of the findings and have
the functions that are named, that each finding has its reproduction, and each its finding.
"""

import argparse
import ast
import importlib.metadata
import importlib.util
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = "docs/findings.md"
FOLDER = "docs/findings"
LONGEST = 240  # characters of a line that is shown
INTRODUCTION = """\
# Findings

What the Python clients get wrong, each with the smallest session that shows it. This page is made by
`scripts/findings.py` from [findings.json](findings/findings.json), the tapes in `harness/sessions`
and the goldens, which are what the real client shows. The C++ library does none of this: its own
telemetry says what happened, and a client profile reproduces the client where the two are compared.

Each has a program of its own that needs the package alone and brings a codex of a few lines:

    pip install openai-agents==0.24.0 openai-codex==0.163.0
    python docs/findings/agents-eof-is-success.py; echo $?   # 0: it is so

A test runs them all against the pinned packages, so that a finding that an upgrade mends is noticed.
"""


class Wrong(Exception):
    """What the page would say is not so."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is not so")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="of the repository")
    options = parser.parse_args()
    try:
        text = page(options.root)
    except Wrong as wrong:
        sys.exit(f"{options.root / FOLDER}: {wrong}")
    path = options.root / PAGE
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    if options.check:
        print(f"{path}: not what findings, tapes and goldens say; run {sys.argv[0]}")
        sys.exit(1)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}")


def page(root):
    data = json.loads((root / FOLDER / "findings.json").read_text(encoding="utf-8"))
    findings = data["findings"]
    programs = {path.stem for path in (root / FOLDER).glob("*.py")}
    for name in programs ^ {finding["id"] for finding in findings}:
        raise Wrong(f"{name}.py and the finding {name}: one of them is missing")
    parts = [INTRODUCTION]
    for key, package in data["packages"].items():
        check_version(package)
        of_package = [finding for finding in findings if finding["id"].startswith(key + "-")]
        parts.append(f"## {package['name']} {package['version']}\n")
        parts += [f"* [{finding['title']}](#{finding['id']})" for finding in of_package]
        parts.append("")
        parts += [section(root, finding) for finding in of_package]
    return "\n".join(parts)


def section(root, finding):
    session = finding.get("tape", "findings/" + finding["id"])
    tape = root / "harness/sessions" / (session + ".tape.jsonl")
    golden = root / "golden/transcripts" / (session + ".golden.jsonl")
    lines = [f'<a id="{finding["id"]}"></a>', f"### {finding['title']}", "", finding["why"], ""]
    lines += ["In " + ", ".join(checked_place(place) for place in finding["where"]) + ".", ""]
    if "wish" in finding:
        lines += [f"Better: {finding['wish']}", ""]
    program = f"findings/{finding['id']}.py"
    lines += [f"Session `{session}`, program [{finding['id']}.py]({program}). On the wire:", ""]
    lines += ["```", *map(shortened, wire(tape)), "```", "", "What the client shows of it:", ""]
    lines += ["```", *shown(golden, finding["shows"]), "```", ""]
    return "\n".join(lines)


def wire(tape):
    """Without the header, and without what every connection of app-server begins with."""
    lines = read(tape)[1:]
    opening = '{">":{"method":"initialized"}}'
    return lines[lines.index(opening) + 1 :] if opening in lines else lines


def shown(golden, wanted):
    observations = [json.loads(line) for line in read(golden)]
    for want in wanted:
        place = f"{want['lane']} {want['name']} {want['path']}".rstrip()
        found = [
            each for each in observations
            if each.get("lane") == want["lane"] and each.get("name") == want["name"]
            and not is_of_the_run(each)
        ]
        if not found:
            yield f"{place}: is not there"
        for each in found:
            yield shortened(f"{place}: {text_of(value_at(each['data'], want['path'], place))}")


def is_of_the_run(observation):
    """Runner's own spans are custom ones too."""
    return observation["lane"].startswith("span/") and observation.get("origin") == "driver"


def value_at(data, path, place):
    if not path:
        return data
    # Observations of spans and calls hold what is told under `data`; the path begins there.
    for step in path.split("/")[2:]:
        if not isinstance(data, dict) or step not in data:
            raise Wrong(f"the golden has nothing at {place}")
        data = data[step]
    return data


def checked_place(place):
    file, _, function = place.partition(": ")
    top, _, rest = file.partition("/")
    found = importlib.util.find_spec(top)
    path = pathlib.Path(found.origin).parent / rest if found and found.origin else None
    if path is None or not path.exists():
        raise Wrong(f"no {file} is installed")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for name in function.split("."):
        named = [node for node in body if getattr(node, "name", None) == name]
        if not named:
            raise Wrong(f"{file} has no {function}")
        body = named[0].body
    return f"`{file}` ({function})"


def check_version(package):
    try:
        installed = importlib.metadata.version(package["name"])
    except importlib.metadata.PackageNotFoundError:
        raise Wrong(f"{package['name']} is not installed: run it with .venv/bin/python") from None
    if installed != package["version"]:
        raise Wrong(f"{package['name']} is {installed} here, the findings are of {package['version']}")


def read(path):
    if not path.exists():
        raise Wrong(f"no {path}")
    return path.read_text(encoding="utf-8").splitlines()


def text_of(value):
    return json.dumps(value, ensure_ascii=False)


def shortened(line):
    if len(line) <= LONGEST:
        return line
    half = LONGEST // 2
    return f"{line[:half]} … {line[-half:]}  ({len(line)} characters)"


if __name__ == "__main__":
    main()
