#!/usr/bin/env python3
"""Writes what is made of telemetry/registry/*events.json: names, tables and the reference page.

    scripts/generate_events.py           writes the files that are not up to date
    scripts/generate_events.py --check   writes nothing; exits 1 and names them if there are any
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGISTRY = "telemetry/registry/events.json"
# Made by scripts/generate_protocol.py.
PROTOCOL = "telemetry/registry/app_server_events.json"
NAMES = "telemetry/include/codex/telemetry/event_names.h"
TABLES = "telemetry/src/event_registry.inc"
PAGE = "docs/events.md"

TYPES = ["null", "boolean", "integer", "real", "string", "array", "object"]  # json::Kind's order
LEVELS = ["debug", "info", "warning", "error"]
TRANSPORTS = ["any", "exec", "app-server"]
UNITS = ["ns", "By", "{line}", "{token}"]
EVENT_KEYS = {"name", "when", "methods", "high_volume", "measurements", "metadata", "log", "span"}
EVENT_KEYS |= {"metrics", "python"}
FIELD_KEYS = {"name", "type", "unit", "optional", "doc"}


def types_of(field):
    types = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return TYPES if types == ["any"] else types


def check_field(where, field, measurement):
    def need(condition, what):
        if not condition:
            sys.exit(f"{REGISTRY}: {where}: {what}")

    need(set(field) <= FIELD_KEYS, f"unknown key in {sorted(field)}")
    need(field["name"] and types_of(field), "a field needs a name and a type")
    need(set(types_of(field)) <= set(TYPES), f"unknown type {field['type']}")
    if measurement:
        need(field.get("unit") in UNITS, f"{field['name']} has no known unit")
        need(set(types_of(field)) <= {"integer", "real"}, f"{field['name']} is no number")
    else:
        need("unit" not in field, f"{field['name']}: only measurements have units")


def load():
    registry = json.loads((ROOT / REGISTRY).read_text(encoding="utf-8"))
    more = json.loads((ROOT / PROTOCOL).read_text(encoding="utf-8"))
    registry["events"] += more["events"]
    names = [event["name"] for event in registry["events"]]
    if len(set(names)) != len(names):
        sys.exit(f"{REGISTRY}: a name occurs twice")
    for event in registry["events"]:
        name = event["name"]

        def need(condition, what):
            if not condition:
                sys.exit(f"{REGISTRY}: {name}: {what}")

        need(re.fullmatch(r"codex(\.[a-z][a-z_]*)+", name), "a name is codex.words.in_lower_case")
        need(set(event) <= EVENT_KEYS, f"unknown key in {sorted(event)}")
        need(event["log"]["level"] in LEVELS, "unknown log level")
        need(event["metadata"] and set(event["metadata"]) <= set(TRANSPORTS), "unknown transport")
        for measurement in event["measurements"]:
            check_field(name, measurement, True)
        for fields in event["metadata"].values():
            for field in fields:
                check_field(name, field, False)
        for place in event["python"]:
            need(place["package"] in registry["packages"], f"unknown package {place['package']}")
    return registry


def constant(name):
    words = re.split(r"[._]", name.removeprefix("codex."))
    return "k" + "".join(word.capitalize() for word in words)


def quoted(text):
    # No surrogates here, and ?? or \x would need more care than a registry is worth.
    return json.dumps(text, ensure_ascii=False)


def names_header(registry):
    lines = [
        f"// Written by scripts/generate_events.py from {REGISTRY}.",
        "#ifndef CODEX_TELEMETRY_EVENT_NAMES_H_",
        "#define CODEX_TELEMETRY_EVENT_NAMES_H_",
        "",
        "#include <string_view>",
        "",
        "namespace codex::telemetry::event {",
        "",
    ]
    for event in registry["events"]:
        name = event["name"]
        line = f'inline constexpr std::string_view {constant(name)} = "{name}";'
        if len(line) > 100:
            line = line.replace(" = ", " =\n    ")
        lines.append(line)
    lines += ["", "}  // namespace codex::telemetry::event", ""]
    lines += ["#endif  // CODEX_TELEMETRY_EVENT_NAMES_H_"]
    return "\n".join(lines) + "\n"


def field_initializer(field):
    mask = " | ".join(f"k{kind.capitalize()}" for kind in types_of(field))
    if types_of(field) == TYPES:
        mask = "kAny"
    optional = "true" if field.get("optional") else "false"
    unit = quoted(field.get("unit", ""))
    doc = quoted(field.get("doc", ""))
    return f"{{{quoted(field['name'])}, {mask}, {optional}, {unit}, {doc}}}"


def array(kind, name, items):
    """(lines that define the array, the expression that names it)."""
    if not items:
        return [], "{}"
    return [f"constexpr {kind} {name}[] = {{", *(f"    {item}," for item in items), "};"], name


def tables(registry):
    out = [f"// Written by scripts/generate_events.py from {REGISTRY}."]
    rows = []
    for event in registry["events"]:
        base = constant(event["name"])
        fields = [field_initializer(field) for field in event["measurements"]]
        lines, measurements = array("FieldInfo", base + "Measurements", fields)
        out += lines
        variants = []
        for transport, fields in event["metadata"].items():
            suffix = transport.title().replace("-", "")
            lines, named = array("FieldInfo", base + suffix, [field_initializer(f) for f in fields])
            out += lines
            variants.append(f"{{{quoted(transport)}, {named}}}")
        lines, shapes = array("MetadataInfo", base + "Metadata", variants)
        out += lines
        lines, methods = array(
            "std::string_view", base + "Methods", [quoted(m) for m in event.get("methods", [])]
        )
        out += lines
        lines, metrics = array(
            "std::string_view", base + "Metrics", [quoted(metric) for metric in event["metrics"]]
        )
        out += lines
        places = [
            "{"
            + ", ".join(
                quoted(text)
                for text in (
                    place["package"],
                    registry["packages"][place["package"]]["version"],
                    registry["packages"][place["package"]]["root"] + "/" + place["file"],
                    place["symbol"],
                    place.get("note", ""),
                )
            )
            + "}"
            for place in event["python"]
        ]
        lines, python = array("PythonCounterpart", base + "Python", places)
        out += lines
        rows.append(
            f"{{event::{base}, {quoted(event['when'])}, {measurements}, {shapes}, "
            f"Level::k{event['log']['level'].capitalize()}, {quoted(event['log']['message'])}, "
            f"{quoted(event.get('span', ''))}, {metrics}, {python}, {methods}, "
            f"{'true' if event.get('high_volume') else 'false'}}}"
        )
    lines, _ = array("EventInfo", "kEvents", rows)
    return "\n".join(out + lines) + "\n"


def cell(text):
    return text.replace("|", "\\|")


def field_rows(fields, units):
    rows = []
    for field in fields:
        types = field["type"] if isinstance(field["type"], list) else [field["type"]]
        notes = [field.get("doc", "")]
        if field.get("optional"):
            notes.append("optional")
        name = "(others)" if field["name"] == "*" else f"`{field['name']}`"
        name_type = f"| {name} | {' or '.join(types)} "
        unit = f"| {cell(field['unit'])} " if units else ""
        rows.append(f"{name_type}{unit}| {cell('; '.join(note for note in notes if note))} |")
    return rows


def page(registry):
    out = [
        f"<!-- Written by scripts/generate_events.py from {REGISTRY}. -->",
        "# Events",
        "",
        "What a session emits, and when. Names are constants of the namespace",
        "`codex::telemetry::event` in `codex/telemetry/event_names.h`; `find_event` and `validate` in",
        "`codex/telemetry/registry.h` know what stands here. Every event also carries a time and its",
        "correlation: session, thread, turn, item and call ids and a trace context. Metadata stand as",
        "they stood on the wire, secrets replaced. What is not marked optional is always there.",
        "",
    ]
    for event in registry["events"]:
        out.append(f"- [`{event['name']}`](#{event['name'].replace('.', '')})")
    for event in registry["events"]:
        out += ["", f"## `{event['name']}`", "", event["when"], ""]
        for transport, fields in event["metadata"].items():
            of = "" if transport == "any" else f" ({transport})"
            if not fields:
                out += [f"Metadata{of}: none.", ""]
                continue
            out += [f"| metadata{of} | type | |", "|---|---|---|", *field_rows(fields, False), ""]
        if event["measurements"]:
            out += ["| measurement | type | unit | |", "|---|---|---|---|"]
            out += [*field_rows(event["measurements"], True), ""]
        out.append(f"- Log: {event['log']['level']}, `{event['log']['message']}`")
        if event.get("methods"):
            out.append("- Notification: " + ", ".join(f"`{m}`" for m in event["methods"]))
        if event.get("high_volume"):
            out.append("- High volume: the pipeline may throttle it")
        if event.get("span"):
            out.append(f"- Span: {event['span']}")
        if event["metrics"]:
            out.append("- Metrics: " + ", ".join(f"`{metric}`" for metric in event["metrics"]))
        for place in event["python"]:
            package = registry["packages"][place["package"]]
            note = f": {place['note']}" if place.get("note") else ""
            out.append(
                f"- Python: {place['package']} {package['version']}, "
                f"`{package['root']}/{place['file']}` `{place['symbol']}`{note}"
            )
        if not event["python"]:
            out.append("- Python: none")
    return "\n".join(out) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    registry = load()
    made = {NAMES: names_header(registry), TABLES: tables(registry), PAGE: page(registry)}
    stale = []
    for name, text in made.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    verb = "is not up to date: run scripts/generate_events.py" if arguments else "written"
    print("\n".join(f"{name} {verb}" for name in stale) or "events: all up to date")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
