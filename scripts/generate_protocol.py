#!/usr/bin/env python3
"""Writes what the telemetry library knows of the app-server protocol, from codex itself.

    .venv/bin/python scripts/generate_protocol.py           writes the files that are not up to date
    .venv/bin/python scripts/generate_protocol.py --check   writes nothing; exits 1 and names them

The bundled codex prints the protocol's JSON Schema (codex app-server generate-json-schema); of it
are made telemetry/protocol/app_server.json, the types that a client receives, and
telemetry/registry/app_server_events.json, the events of the notifications for which
telemetry/registry/events.json has no entry of its own. Run scripts/generate_events.py afterwards.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLES = "telemetry/protocol/app_server.json"
EVENTS = "telemetry/registry/app_server_events.json"
REGISTRY = "telemetry/registry/events.json"

# The schema says which params a request takes, not what it returns: that goes by the types' names
# (ThreadStartParams, ThreadStartResponse). These are the requests whose names do not say it.
RESPONSES = {
    "account/gatewayOAuth/cancel": "GatewayOAuthCancelResponse",
    "account/gatewayOAuth/login": "GatewayOAuthLoginResponse",
    "account/gatewayOAuth/read": "GatewayOAuthReadResponse",
    "account/logout": "LogoutAccountResponse",
    "account/workspaceMessages/read": "GetWorkspaceMessagesResponse",
    "config/batchWrite": "ConfigWriteResponse",
    "config/mcpServer/reload": "McpServerRefreshResponse",
    "config/value/write": "ConfigWriteResponse",
    "configRequirements/read": "ConfigRequirementsReadResponse",
    "externalAgentConfig/import/readHistories": "ExternalAgentConfigImportHistoriesReadResponse",
    "windowsSandbox/readiness": "WindowsSandboxReadinessResponse",
}
# Of the first version of the protocol: their types are not among the others.
ELSEWHERE = {"initialize", "fuzzyFileSearch"}
# Method to event where the name does not follow from the method.
NAMES = {
    "error": "codex.turn.error",
    "thread/started": "codex.thread.start",
    "thread/tokenUsage/updated": "codex.thread.token_usage.updated",
    "turn/started": "codex.turn.start",
}
KEPT = {"type", "enum", "items", "properties", "required", "additionalProperties", "minimum"}
KEPT |= {"minLength", "oneOf", "anyOf", "allOf", "$ref"}
KINDS = ["null", "boolean", "integer", "number", "string", "array", "object"]


def bundled_schema():
    """(what the binary says of itself, its schemas by file name)."""
    try:
        from codex_cli_bin import bundled_codex_path
    except ImportError:
        sys.exit("needs the bundled codex: run it with .venv/bin/python")
    binary = pathlib.Path(bundled_codex_path())
    with tempfile.TemporaryDirectory(prefix="codex-schema-") as folder:
        environment = {"PATH": os.defpath, "HOME": folder, "LANG": "C.UTF-8"}

        def run(*arguments):
            return subprocess.run(
                [binary, *arguments], env=environment, check=True, capture_output=True, text=True
            ).stdout

        run("app-server", "generate-json-schema", "--out", folder)
        version = run("--version").strip()
        found = {
            path.name: json.loads(path.read_text(encoding="utf-8"))
            for path in pathlib.Path(folder).glob("*.json")
        }
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    return {"package": "openai-codex-cli-bin", "version": version, "sha256": digest}, found


def pruned(schema, member=False):
    """What says which values are valid; of the members of a union also their titles."""
    if isinstance(schema, bool):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "title" and member:
            made[key] = value
        elif key not in KEPT:
            continue
        elif key == "properties":
            made[key] = {name: pruned(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties"):
            made[key] = pruned(value)
        elif key in ("oneOf", "anyOf", "allOf"):
            made[key] = [pruned(part, True) for part in value]
        elif key == "$ref":
            made[key] = value.removeprefix("#/definitions/")
        elif key == "minimum":
            made[key] = int(value)
        else:
            made[key] = value
    return made


def references(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def method_of(member):
    return member["properties"]["method"]["enum"][0]


def params_type(member):
    """The name of the params' type, null where the method takes none."""
    params = member["properties"].get("params", {})
    named = [part for part in params.get("anyOf", [params]) if "$ref" in part]
    return named[0]["$ref"].removeprefix("#/definitions/") if named else None


def tables(binary, files):
    definitions = files["codex_app_server_protocol.v2.schemas.json"]["definitions"]
    notifications = {
        method_of(member): params_type(member)
        for member in definitions["ServerNotification"]["oneOf"]
    }
    requests = {}
    for member in definitions["ClientRequest"]["oneOf"]:
        method, params = method_of(member), params_type(member)
        answer = RESPONSES.get(method) or re.sub("Params$", "Response", params or "")
        if answer not in definitions:
            if method not in ELSEWHERE:
                sys.exit(f"{method}: no type for its response; RESPONSES may name one")
            answer = None
        requests[method] = answer
    unused = {name for name in definitions if name.endswith("Response")} - set(requests.values())
    if unused:
        sys.exit(f"no request has the response {', '.join(sorted(unused))}")

    types, wanted = {}, [*notifications.values(), *(name for name in requests.values() if name)]
    while wanted:
        name = wanted.pop()
        if name not in types:
            types[name] = pruned(definitions[name])
            wanted += references(types[name])
    return {
        "protocol": 1,
        "binary": binary,
        "notifications": notifications,
        "requests": requests,
        "server_requests": sorted(method_of(m) for m in files["ServerRequest.json"]["oneOf"]),
        "types": types,
    }


def tables_text(made):
    """An entry a line, in order of names."""
    parts = []
    for key, value in made.items():
        if key in ("protocol", "binary"):
            parts.append(f"{json.dumps(key)}:{json.dumps(value)}")
        elif isinstance(value, list):
            lines = ",\n".join(json.dumps(entry) for entry in value)
            parts.append(f"{json.dumps(key)}:[\n{lines}\n]")
        else:
            lines = ",\n".join(
                f"{json.dumps(name)}:{json.dumps(value[name], separators=(',', ':'))}"
                for name in sorted(value)
            )
            parts.append(f"{json.dumps(key)}:{{\n{lines}\n}}")
    return "{" + ",\n".join(parts) + "}\n"


def words(method):
    """item/agentMessage/delta: item, agent_message, delta."""
    parts = []
    for segment in method.split("/"):
        segment = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", segment)
        parts.append(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", segment).lower())
    return parts


def event_name(method):
    return NAMES.get(method) or "codex." + ".".join(words(method))


def kinds_of(schema, types):
    """The kinds of JSON values that a schema lets pass."""
    if isinstance(schema, bool) or not schema.keys() & KEPT:
        return set(KINDS)
    if "$ref" in schema:
        return kinds_of(types[schema["$ref"]], types)
    if "allOf" in schema:
        return set.intersection(*(kinds_of(part, types) for part in schema["allOf"]))
    if "type" not in schema:
        parts = schema.get("anyOf") or schema["oneOf"]
        return set.union(*(kinds_of(part, types) for part in parts))
    named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {"integer", "number"} if named == ["number"] else set(named)


def fields_of(schema, types):
    fields = []
    for name, part in schema.get("properties", {}).items():
        optional = name not in schema.get("required", [])
        kinds = kinds_of(part, types)
        kinds = ["any"] if kinds == set(KINDS) else [kind for kind in KINDS if kind in kinds]
        kinds = ["real" if kind == "number" else kind for kind in kinds]
        field = {"name": name, "type": kinds[0] if len(kinds) == 1 else kinds}
        if optional:
            field["optional"] = True
        fields.append(field)
    return [*fields, {"name": "*", "type": "any", "optional": True, "doc": "whatever else the params hold"}]


def events(made):
    """Registry entries of the notifications that have none written by hand."""
    registry = json.loads((ROOT / REGISTRY).read_text(encoding="utf-8"))
    known = {method for event in registry["events"] for method in event.get("methods", [])}
    entries = []
    for method, type_name in sorted(made["notifications"].items()):
        if method in known:
            continue
        schema = made["types"][type_name]
        entry = {
            "name": event_name(method),
            "when": f"Codex sends the notification {method}.",
            "methods": [method],
            "measurements": [],
            "metadata": {"app-server": fields_of(schema, made["types"])},
            "log": {"level": "debug", "message": " ".join(words(method)).replace("_", " ")},
            "metrics": ["codex.events"],
            "python": [
                {
                    "package": "openai-codex",
                    "file": "generated/v2_all.py",
                    "symbol": type_name,
                }
            ],
        }
        # Pieces of one text: they may be throttled, and put together again.
        if schema.get("properties", {}).get("delta", {}).get("type") == "string":
            entry["high_volume"] = True
        entries.append(entry)
    return {"registry": 1, "made_by": "scripts/generate_protocol.py", "events": entries}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    made = tables(*bundled_schema())
    files = {TABLES: tables_text(made), EVENTS: json.dumps(events(made), indent=1) + "\n"}
    stale = []
    for name, text in files.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    verb = "is not what the bundled codex says: run scripts/generate_protocol.py"
    print("\n".join(f"{name} {verb if arguments else 'written'}" for name in stale)
          or "protocol: all up to date")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
