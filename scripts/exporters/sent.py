"""What OTLP must hold of what the library sent, by the tables of docs/exporters.md; and what it does hold.

Both sides as plain values, so that they can be compared: an AnyValue is (kind, value), nothing is None, attributes are
a list of pairs in their order.
"""
from __future__ import annotations

import json
import math
import re
from datetime import datetime
from typing import Any, Iterator

SEVERITIES = {"DEBUG": 5, "INFO": 9, "WARNING": 13, "ERROR": 17, "CRITICAL": 21}
COUNT_LIMIT = 128
DEPTH_LIMIT = 30
USAGE = {"input_tokens": "gen_ai.usage.input_tokens", "output_tokens": "gen_ai.usage.output_tokens",
         "cached_input_tokens": "gen_ai.usage.cache_read.input_tokens",
         "cache_write_input_tokens": "gen_ai.usage.cache_creation.input_tokens"}
REQUEST = ("temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty")
Pairs = list[tuple[str, Any]]


# ---- what was sent ----

def any_value(value: Any, depth: int = 0) -> Any:
    if value is None or (isinstance(value, (list, dict)) and depth >= DEPTH_LIMIT):
        return None
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, int):
        return ("int", value) if -2**63 <= value < 2**63 else ("string", str(value))
    if isinstance(value, float):
        return real(value)
    if isinstance(value, str):
        return "string", value
    if isinstance(value, list):
        return "array", [any_value(item, depth + 1) for item in value]
    return "kvlist", [(key, any_value(item, depth + 1)) for key, item in value.items()]


def real(value: float) -> Any:
    return "double", "nan" if math.isnan(value) else value.hex()


def content(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def expected_log(event: dict[str, Any]) -> dict[str, Any]:
    ids = event["ids"]
    pairs: Pairs = [(key, ids[name]) for key, name in (
        ("session.id", "session"), ("gen_ai.conversation.id", "thread"), ("codex.turn.id", "turn"),
        ("codex.item.id", "item"), ("codex.call.id", "call")) if ids[name]]
    pairs += [(f"codex.measurement.{key}", value) for key, value in event["measurements"].items()]
    pairs += [(f"codex.data.{key}", value) for key, value in event["metadata"].items()]
    traced = event["trace_id"] != ""
    return {"event": event["name"], "time": int(event["time"]), "severity": SEVERITIES[event["level"]],
            "level": event["level"], "body": ("string", message(event["template"], event["metadata"])),
            "trace": event["trace_id"], "span": event["span_id"], "flags": int(traced and event["sampled"]),
            **limited(pairs)}


def message(template: str, metadata: dict[str, Any]) -> str:
    def field(match: re.Match[str]) -> str:
        value: Any = metadata
        for name in match[1].split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return content(value)
    return re.sub(r"\{([^}]*)\}", field, template)


def limited(pairs: Pairs) -> dict[str, Any]:
    kept = pairs[:COUNT_LIMIT]
    return {"attributes": [(key, any_value(value)) for key, value in kept], "dropped": len(pairs) - len(kept)}


def expected_span(span: dict[str, Any], trace: dict[str, Any]) -> dict[str, Any]:
    data, error, root = span["span_data"], span["error"], span["parent_id"] is None
    own = data.get("data") or {}
    kind = own.get("sdk_span_type") if data["type"] == "custom" and own.get("sdk_span_type") else data["type"]
    name, attributes = of_type(kind, data, own)
    pairs: Pairs = [("openai.agents.span.type", kind), ("openai.agents.span.id", span["id"])]
    if error:
        pairs.append(("error.type", (error["data"] or {}).get("type", "_OTHER")))
    pairs += present({"gen_ai.conversation.id": trace.get("group_id")}) + attributes
    pairs += under("openai.agents.metadata", span.get("metadata") or {})
    if root:
        pairs += present({"openai.agents.trace.id": span["trace_id"],
                          "openai.agents.trace.workflow_name": trace.get("workflow_name"),
                          "openai.agents.trace.metadata": trace.get("metadata")})
    if error:
        pairs += present({"openai.agents.error.data": error["data"]})
    return {"name": name, "trace": span["trace_id"].removeprefix("trace_"), "span": digits(span["id"]),
            "parent": "" if root else digits(span["parent_id"]), "kind": 3 if name.split(" ")[0] in ("chat", "tools/list")
            else 1, "start": nanoseconds(span["started_at"]), "end": nanoseconds(span["ended_at"]),
            "status": (2, error["message"]) if error else (0, ""), "flags": 0x101, **limited(pairs)}


def of_type(kind: str, data: dict[str, Any], own: dict[str, Any]) -> tuple[str, Pairs]:
    def rest(*told: str, of: dict[str, Any] = data) -> Pairs:
        return under("openai.agents", {key: value for key, value in of.items() if key not in ("type", *told)})

    if kind == "agent":
        return f"invoke_agent {data['name']}", [("gen_ai.operation.name", "invoke_agent"),
                                                ("gen_ai.agent.name", data["name"]), *rest("name")]
    if kind == "task":
        return f"invoke_workflow {own['name']}", [("gen_ai.operation.name", "invoke_workflow"),
                                                  ("gen_ai.workflow.name", own["name"]), *usage(own.get("usage"))]
    if kind == "turn":
        return "turn", [("gen_ai.agent.name", own["agent_name"]), *usage(own.get("usage")),
                        ("openai.agents.turn", own["turn"])]
    if kind == "function":
        return f"execute_tool {data['name']}", [
            ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", data["name"]),
            ("gen_ai.tool.type", "function"), ("gen_ai.tool.call.arguments", content(data["input"])),
            ("gen_ai.tool.call.result", content(data["output"])), *rest("name", "input", "output")]
    if kind == "generation":
        config = data["model_config"]
        return f"chat {data['model']}", [
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"),
            ("gen_ai.request.model", data["model"]),
            *under("gen_ai.request", {key: config.get(key) for key in REQUEST}),
            *under("openai.agents.model_config", {key: config[key] for key in config if key not in REQUEST}),
            *usage(data["usage"]), ("gen_ai.input.messages", content(data["input"])),
            ("gen_ai.output.messages", content(data["output"]))]
    if kind == "response":
        return "chat", [("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"),
                        ("gen_ai.response.id", data["response_id"]), *usage(data["usage"])]
    if kind == "handoff":
        return f"handoff {data['to_agent']}", rest()
    if kind == "guardrail":
        return f"guardrail {data['name']}", rest()
    if kind == "mcp_tools":
        return f"tools/list {data['server']}", [("mcp.method.name", "tools/list"), *rest()]
    return data["name"], under("openai.agents.data", own)


def usage(counts: dict[str, Any] | None) -> Pairs:
    return [(USAGE.get(key, f"openai.agents.usage.{key}"), value) for key, value in (counts or {}).items()]


def under(prefix: str, members: dict[str, Any]) -> Pairs:
    return present({f"{prefix}.{key}": value for key, value in members.items()})


def present(members: dict[str, Any]) -> Pairs:
    return [(key, value) for key, value in members.items() if value is not None]


def digits(span_id: str) -> str:
    return span_id.removeprefix("span_")[:16]


def nanoseconds(text: str) -> int:
    time = datetime.fromisoformat(text)
    return int(time.replace(microsecond=0).timestamp()) * 10**9 + time.microsecond * 1000


def expected_point(metric: dict[str, Any]) -> dict[str, Any]:
    point = {"name": metric["name"], "unit": metric["unit"], "help": metric["help"], "since": int(metric["since"]),
             "labels": [(key, any_value(value)) for key, value in metric["labels"].items() if value]}
    if "value" in metric:
        return {**point, "kind": "sum", "monotonic": metric["monotonic"], "cumulative": True, "value": metric["value"]}
    histogram = metric["histogram"]
    return {**point, "kind": "histogram", "cumulative": True, "count": histogram["count"],
            "sum": float(histogram["sum"]), "buckets": histogram["buckets"],
            "bounds": [float(bound) for bound in histogram["bounds"]]}


# ---- what has arrived, as opentelemetry-proto decodes it ----

def received_value(value: Any) -> Any:
    which = value.WhichOneof("value")
    if which is None:
        return None
    if which == "array_value":
        return "array", [received_value(item) for item in value.array_value.values]
    if which == "kvlist_value":
        return "kvlist", received_attributes(value.kvlist_value.values)
    plain = getattr(value, which)
    return real(plain) if which == "double_value" else (which.removesuffix("_value"), plain)


def received_attributes(pairs: Any) -> Pairs:
    return [(pair.key, received_value(pair.value)) for pair in pairs]


def received_log(record: Any) -> dict[str, Any]:
    return {"event": record.event_name, "time": record.time_unix_nano, "severity": record.severity_number,
            "level": record.severity_text, "body": received_value(record.body), "trace": record.trace_id.hex(),
            "span": record.span_id.hex(), "flags": record.flags, "attributes": received_attributes(record.attributes),
            "dropped": record.dropped_attributes_count}


def received_span(span: Any) -> dict[str, Any]:
    return {"name": span.name, "trace": span.trace_id.hex(), "span": span.span_id.hex(),
            "parent": span.parent_span_id.hex(), "kind": span.kind, "start": span.start_time_unix_nano,
            "end": span.end_time_unix_nano, "status": (span.status.code, span.status.message), "flags": span.flags,
            "attributes": received_attributes(span.attributes), "dropped": span.dropped_attributes_count}


def received_points(metric: Any) -> Iterator[dict[str, Any]]:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    for point in data.data_points:
        made = {"name": metric.name, "unit": metric.unit, "help": metric.description,
                "since": point.start_time_unix_nano, "labels": received_attributes(point.attributes), "kind": kind,
                "cumulative": data.aggregation_temporality == 2}
        if kind == "sum":
            yield {**made, "monotonic": data.is_monotonic, "value": point.as_int}
        else:
            yield {**made, "count": point.count, "sum": point.sum, "buckets": list(point.bucket_counts),
                   "bounds": list(point.explicit_bounds)}
