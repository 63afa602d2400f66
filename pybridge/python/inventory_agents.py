"""What openai-agents declares of a Codex run: exec events and items, spans, log calls, hooks, usage,
the tool's result, exceptions, environment switches.

Spans, log calls, exceptions and switches are those of functions that a Codex run enters
(inventory_paths.py). Where sessions show an entry follows from how the adapter names things
(agents_subject.py).
"""

from __future__ import annotations

import copy
import inspect
import tempfile
import types
import typing
from typing import Any

import agents_subject as adapter
import inventory_code as code
from agents import RunHooks, agent_span, trace, tracing
from agents.extensions.experimental.codex import CodexToolResult, events
from agents.tracing import SpanError
from agents.usage import Usage, serialize_usage
from inventory_paths import Entered, FakeCodex, as_lines, modules_of, sample_of
from inventory_types import Root, Types, entry, members, records, source, variant, word

PREFIX = "agents"
# Parameters of hooks that the adapter shows under another name, or that are no values.
_HOOK_NAMES = {
    "input_items": "input",
    "from_agent": "from",
    "to_agent": "to",
    "response": "output",
    "context": None,
    "self": None,
}


def run(entered: Entered) -> None:
    """Runs that enter what a Codex run can: each way in, and each way for codex to fail."""
    lines = as_lines(_sample_events())
    good = [line for line in lines if '"turn.failed"' not in line and '"error"}' not in line]
    failing = [FakeCodex(lines), FakeCodex(good, 3), FakeCodex(["no JSON"])]
    runs = [(FakeCodex(good), way) for way in _WAYS]
    runs += [(peer, way) for peer in failing for way in _WAYS[:2]]
    with tempfile.TemporaryDirectory() as folder:
        for peer, changes in runs:
            driver = copy.deepcopy({**_DRIVER, **changes})
            adapter.run(driver, peer.write(folder), {}, lambda lane, name, data: None)


_CALL = {"call_id": "c", "arguments": {"inputs": [{"type": "text", "text": "x"}]}}
_DRIVER: dict[str, Any] = {
    "agent": {"name": "A", "instructions": None},
    "model": {"emit_traces": False, "response_id": "r", "message_id": "m"},
    "prompt": "x",
    "steps": [{"calls": [_CALL]}, {"message": "done"}],
    "streamed": False,
    "max_turns": 10,
    "context": None,
    "failure_error_function": "default",
    "run_config": {},
    "codex_tool": {},
}
_WAYS: list[dict[str, Any]] = [
    {},
    {
        "streamed": True,
        "model": {**_DRIVER["model"], "emit_traces": True},
        "failure_error_function": None,
    },
    {"failure_error_function": None},
    {"max_turns": 1},
    {"run_config": {"tracing_disabled": True}},
    {"codex_tool": {"persist_session": True}},
    {"steps": [{"calls": [{"call_id": "c", "arguments": {}}]}, {"message": "done"}]},
    {"steps": []},
]


def _sample_events() -> list[dict[str, Any]]:
    """One of each event, of item events one for each item."""
    found = []
    for kind in typing.get_args(events.ThreadEvent):
        event = sample_of(kind)
        items = [each for _, each in records(members(kind).get("item"))]
        found += [{**event, "item": {**sample_of(each), "id": "i"}} for each in items] or [event]
    return found


def read(entered: Entered) -> list[dict[str, Any]]:
    scopes = [
        scope
        for module in modules_of("agents")
        if entered.has_any_of(module) or code.mentions(module, "environ", "getenv")
        for scope in code.scopes(module, lambda function: entered.has(module, function))
    ]
    return [
        *_wire_types().entries(),
        *_usage(),
        *_spans(scopes),
        *_hooks(),
        *_logs(scopes),
        *_exceptions(scopes),
        *_switches(scopes),
    ]


def _wire_types() -> Types:
    items = [each for _, each in records(typing.get_type_hints(events.ItemStartedEvent)["item"])]

    def kind_of(kind: type) -> str:
        if kind in items:
            return "item"
        return "usage" if "Usage" in kind.__name__ else "type"

    declared = Types(PREFIX, kind_of)
    for kind in typing.get_args(events.ThreadEvent):
        told = variant(kind)
        name = told[len("{type=") : -1] if told else "(unknown)"
        place = ("event", adapter.EVENT_NAMES.get(name, adapter.UNKNOWN_EVENT), "/data")
        # The event's type is the observation's name.
        renamed: dict[str, str | None] = {"type": None} if name in adapter.EVENT_NAMES else {}
        id = f"{PREFIX}/exec-event/{name}"
        where = (place[0], place[1], place[2])
        declared.add(Root(id, "exec-event", kind, [where], source(kind), renamed))
    place = ("hook", "on_tool_end", "/data/result{type=CodexToolResult}")
    id = f"{PREFIX}/result/CodexToolResult"
    declared.add(Root(id, "result", CodexToolResult, [place], source(CodexToolResult)))
    return declared


def _usage() -> list[dict[str, Any]]:
    """As the client itself prints it."""
    place = ("usage", "run", "/data")
    fields = _fields(serialize_usage(Usage()))
    return [entry(f"{PREFIX}/usage/run", "usage", source(Usage), [place], fields)]


def _fields(value: Any, path: str = "") -> dict[str, str]:
    """Those of a value that the client has made."""
    found = {}
    if isinstance(value, dict):
        for key, each in value.items():
            here = f"{path}/{word(key)}"
            found[here.lstrip("/")] = here
            found |= _fields(each, here)
    elif isinstance(value, list):
        for each in value:
            found |= _fields(each, path + "/*")
    return found


# ---- spans ----


def _spans(scopes: list[code.Scope]) -> list[dict[str, Any]]:
    """The trace and the parts that all spans have; each type whose constructor a run enters; and of
    the spans that anybody may name, those that the client names."""
    with trace("x") as whole:
        with agent_span("x") as one:
            exports = [("trace", "trace", whole.export()), ("span", "*", one.export())]
    found = []
    for name, observation, export in exports:
        fields = _fields({**export, **({"span_data": None} if name == "span" else {})})
        if name == "span":
            parts = typing.get_type_hints(SpanError)
            fields |= {f"error/{part}": f"/error/{part}" for part in parts}
        place = ("span", observation, "/data/*")
        id = f"{PREFIX}/span/({name})"
        found.append(entry(id, "span", source(type(whole if name == "trace" else one)), [place], fields))
    entered = {(module, name) for module, name, _ in scopes}
    module = tracing.span_data
    for name, kind in vars(module).items():
        if not (isinstance(kind, type) and issubclass(kind, tracing.SpanData)):
            continue
        if (module, f"{name}.__init__") not in entered:
            continue
        export = _span_sample(kind).export()
        if export.get("name") == _SAMPLE and export["type"] == "custom":
            continue  # told by its name
        told = export["type"] + (f":{word(export['name'])}" if export["type"] == "custom" else "")
        place = ("span", "*", "/data/*/span_data{type=" + told + "}")
        id = f"{PREFIX}/span/{export['type'] if told == export['type'] else export['name']}"
        found.append(entry(id, "span", source(kind), [place], _fields(export)))
    for text, lines in code.first_texts(scopes, "custom_span", "name").items():
        place = ("span", "*", "/data/*/span_data{type=custom:" + word(text) + "}")
        fields = {key: f"/{key}" for key in ("type", "name", "data")}
        id = f"{PREFIX}/span/custom {text}"
        found.append(entry(id, "span", ", ".join(sorted(lines)), [place], fields))
    return found


_SAMPLE = "x"


def _span_sample(kind: type) -> Any:
    """With a value for each part that can be had without knowing what it is for."""
    values = {}
    for name, parameter in inspect.signature(kind).parameters.items():
        text = str(parameter.annotation)
        if text.startswith("str"):
            values[name] = _SAMPLE
        elif text.startswith("int"):
            values[name] = 1
        elif text.startswith("bool"):
            values[name] = False
        elif text.startswith(("dict", "Mapping")):
            values[name] = {}
        elif text.startswith(("list", "Sequence")):
            values[name] = []
        elif "Response" in text:
            values[name] = types.SimpleNamespace(id=_SAMPLE)
        else:
            values[name] = None
    return kind(**values)


# ---- hooks ----


def _hooks() -> list[dict[str, Any]]:
    found = []
    for name, function in inspect.getmembers(RunHooks, inspect.iscoroutinefunction):
        fields = {}
        for parameter in inspect.signature(function).parameters:
            shown = _HOOK_NAMES.get(parameter, parameter)
            if shown is not None:
                fields[parameter] = f"/{shown}"
        place = ("hook", name, "/data")
        where = f"{function.__module__}:{function.__qualname__}"
        found.append(entry(f"{PREFIX}/hook/{name}", "hook", where, [place], fields))
    return found


# ---- what the code says ----


def _logs(scopes: list[code.Scope]) -> list[dict[str, Any]]:
    found = []
    for (level, template), lines in code.log_calls(scopes).items():
        place = ("log", adapter.LOGGER, "/data{template=" + word(template) + "}")
        id = f"{PREFIX}/log/{level} {template}"
        found.append(entry(id, "log", ", ".join(sorted(lines)), [place]))
    return found


def _exceptions(scopes: list[code.Scope]) -> list[dict[str, Any]]:
    found = []
    for kind, lines in code.raised(scopes).items():
        name = kind.__qualname__
        if kind.__module__ != "builtins":
            name = f"{kind.__module__}.{name}"
        place = ("outcome", "*", "/data/exception{class=" + name + "}")
        where = ", ".join(sorted(lines))
        found.append(entry(f"{PREFIX}/exception/{name}", "exception", where, [place]))
    return found


def _switches(scopes: list[code.Scope]) -> list[dict[str, Any]]:
    """No session shows them: a tape's driver sets them (`env`), and the session is compared."""
    return [
        entry(
            f"{PREFIX}/switch/{name}",
            "switch",
            ", ".join(sorted(lines)),
            [("driver", "env", f"/{word(name)}")],
        )
        for name, lines in code.switches(scopes).items()
    ]
