#!/usr/bin/env python3
"""Writes telemetry/src/scrub_rules.inc, the tables of telemetry/registry/scrub_rules.json.

    scripts/generate_scrub_rules.py           writes the file if it is not up to date
    scripts/generate_scrub_rules.py --check   writes nothing; exits 1 if it is not
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = "telemetry/registry/scrub_rules.json"
TABLES = "telemetry/src/scrub_rules.inc"

KINDS = {"token": "kToken", "context": "kContext", "assignment": "kAssignment"}
CHECKS = {
    "": "kNone",
    "digit": "kDigit",
    "random": "kRandom",
    "basic": "kBasic",
    "aws-id": "kAwsId",
}
KEYS = {"id", "kind", "keywords", "pattern", "ignore_case", "boundary", "back", "check"}
KEYS |= {"min_entropy", "run_stop"}
NAMES = ["strong", "strong_suffixes", "keys", "weak", "exact", "value_only"]
NAMES += ["harmless_before_token", "harmless_after"]


def quoted(text):
    if not all(0x20 <= ord(c) for c in text):
        sys.exit(f"{RULES}: control character in {text!r}")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
    return f'"{escaped}"'


def load():
    data = json.loads((ROOT / RULES).read_text(encoding="utf-8"))
    for rule in data["rules"]:
        def need(condition, what):
            if not condition:
                sys.exit(f"{RULES}: {rule.get('id')}: {what}")

        need(set(rule) <= KEYS, f"unknown key in {sorted(rule)}")
        need(re.fullmatch(r"[a-z0-9-]+", rule["id"]), "an id is made of a-z, 0-9 and -")
        need(rule["kind"] in KINDS, "unknown kind")
        need(rule.get("check", "") in CHECKS, "unknown check")
        need(rule["keywords"], "a rule needs keywords")
        for keyword in rule["keywords"]:
            need(len(keyword) >= 3 and keyword.isascii(), f"{keyword!r} is too short")
            small = keyword == keyword.lower()
            need(small or not rule.get("ignore_case"), f"{keyword!r} is not lower case")
    if set(data["names"]) != set(NAMES):
        sys.exit(f"{RULES}: names must have {NAMES}")
    for name, words in data["names"].items():
        if len(set(words)) != len(words):
            sys.exit(f"{RULES}: names.{name} has a word twice")
    return data


def tables(data):
    out = [f"// Written by scripts/generate_scrub_rules.py from {RULES}."]
    rows = []
    # Tokens are known by what they are, so they name what they cover before a context does.
    rules = sorted(data["rules"], key=lambda rule: list(KINDS).index(rule["kind"]))
    for number, rule in enumerate(rules):
        out.append(f"constexpr std::string_view kKeywords{number}[] = {{")
        out += [f"    {quoted(keyword)}," for keyword in rule["keywords"]]
        out.append("};")
        ignore_case = bool(rule.get("ignore_case"))
        pattern = ("(?i)" if ignore_case else "") + rule["pattern"]
        boundary = rule.get("boundary", rule["kind"] == "token")
        stop = f"'{rule['run_stop']}'" if "run_stop" in rule else "0"
        rows.append(
            f"    {{{quoted(rule['id'])}, RuleKind::{KINDS[rule['kind']]}, {quoted(pattern)},\n"
            f"     kKeywords{number}, {str(ignore_case).lower()}, {str(boundary).lower()}, "
            f"{rule.get('back', 0)}, Check::{CHECKS[rule.get('check', '')]}, "
            f"{float(rule.get('min_entropy', 0))}, {stop}}},"
        )
    out += ["constexpr RuleData kRules[] = {", *rows, "};"]
    for name in NAMES:
        constant = "k" + "".join(word.capitalize() for word in name.split("_")) + "Names"
        out.append(f"constexpr std::string_view {constant}[] = {{")
        out += [f"    {quoted(word)}," for word in data["names"][name]]
        out.append("};")
    out.append(f"constexpr std::string_view kPlaceholder =\n    {quoted(data['placeholder'])};")
    return "\n".join(out) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    text = tables(load())
    path = ROOT / TABLES
    if path.exists() and path.read_text(encoding="utf-8") == text:
        print(f"{TABLES} is up to date")
        return 0
    if arguments:
        print(f"{TABLES} is not up to date: run scripts/generate_scrub_rules.py")
        return 1
    path.write_text(text, encoding="utf-8")
    print(f"{TABLES} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
