#!/usr/bin/env python3
"""Send all that the library has to a real OpenTelemetry Collector, and compare what arrives, field by field.

    build/soak-tools/venv/bin/python scripts/exporters/check_collector.py --collector OTELCOL --emitter ctd_emit_everything

The emitter sends OTLP/HTTP JSON to the collector, which hands it on as protobuf; PyPI's opentelemetry-proto decodes
that. `--wrong KIND` changes one thing on the way to the comparison (a span, a log, a metric, or loses one), to show that it is seen.

Exit status: 0 all is equal, 1 something is not, 2 it could not be run.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from collector import Collector, Failed, Receiver
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sent import (any_value, expected_log, expected_point, expected_span, received_attributes, received_log,
                  received_points, received_span)

SERVICE = {"service.name": "everything", "note": "é\n", "telemetry.sdk.name": "codex.telemetry",
           "telemetry.sdk.language": "cpp"}
ALSO = {"service.instance.id", "process.pid", "telemetry.sdk.version"}
"""Of the resource: that they are there; what they say differs from run to run."""


def main() -> int:
    options = parse()
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        with Receiver() as receiver, Collector(options.collector, receiver, options.output / "collector.log") as collector:
            done = subprocess.run([options.emitter, collector.url], capture_output=True, timeout=120)
        (options.output / "sent.jsonl").write_bytes(done.stdout)
        if done.returncode != 0 or done.stderr:
            raise Failed(f"{options.emitter.name}: exit status {done.returncode}: {done.stderr.decode()}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        problems = compared(lines, receiver, options.wrong)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"check_collector: {error}", file=sys.stderr)
        return 2
    for problem in problems[:20]:
        print(f"check_collector: {problem}", file=sys.stderr)
    return 1 if problems else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--collector", required=True, type=Path, help="the collector's binary")
    parser.add_argument("--emitter", required=True, type=Path, help="ctd_emit_everything")
    parser.add_argument("--output", type=Path, default=Path("build/soak/collector"), help="for the log and what was sent")
    parser.add_argument("--wrong", choices=("span", "log", "metric", "lost"), help="change this before comparing")
    return parser.parse_args()


def compared(lines: list[dict[str, Any]], receiver: Receiver, wrong: str | None) -> list[str]:
    expected: dict[str, list[dict[str, Any]]] = {"span": [], "log": [], "metric_data_point": []}
    accounts = [line["account"] for line in lines if "account" in line]
    for line in lines:
        if "span" in line:
            expected["span"].append(expected_span(line["span"], line["trace"]))
        elif "event" in line:
            expected["log"].append(expected_log(line["event"]))
        elif "metric" in line:
            expected["metric_data_point"].append(expected_point(line["metric"]))
    received, problems = read(receiver)
    if wrong == "span":
        received["span"][7]["attributes"][2] = ("changed", ("bool", True))
    elif wrong == "log":
        received["log"][7]["time"] += 1
    elif wrong == "metric":
        received["metric_data_point"][7]["since"] -= 1
    elif wrong == "lost":
        del received["log"][7]
    for signal, wanted in expected.items():
        problems += differences(signal, wanted, received[signal])
    for account in accounts:
        count = len(expected[account["signal"]])
        if (account["emitted"], account["exported"], account["dropped"]) != (count, count, 0):
            problems.append(f"the exporter's own account is {account}, of {count}")
    kinds = {log["event"] for log in expected["log"]}
    registered = next(line["registered"] for line in lines if "registered" in line)
    if len(kinds) != registered:
        problems.append(f"{len(kinds)} of {registered} registered events were sent")
    print(f"{len(expected['log'])} events of {len(kinds)} kinds, {len(expected['span'])} spans of "
          f"{len({span['attributes'][0][1] for span in expected['span']})} types, {len(expected['metric_data_point'])} "
          f"data points of {len({point['name'] for point in expected['metric_data_point']})} metrics: "
          f"{fields(expected)} fields compared, {len(problems)} problems")
    return problems


def fields(value: Any) -> int:
    """How many plain values there are in it."""
    if isinstance(value, dict):
        return sum(map(fields, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(fields, value))
    return 1


def read(receiver: Receiver) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """All that has arrived, in its order; and what is wrong with its resource and scope."""
    received: dict[str, list[dict[str, Any]]] = {"span": [], "log": [], "metric_data_point": []}
    problems: list[str] = []
    for body in receiver.bodies["traces"]:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                problems += of_resource(resource, scope)
                received["span"] += map(received_span, scope.spans)
    for body in receiver.bodies["logs"]:
        for resource in ExportLogsServiceRequest.FromString(body).resource_logs:
            for scope in resource.scope_logs:
                problems += of_resource(resource, scope)
                received["log"] += map(received_log, scope.log_records)
    for body in receiver.bodies["metrics"]:
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
            for scope in resource.scope_metrics:
                problems += of_resource(resource, scope)
                for metric in scope.metrics:
                    received["metric_data_point"] += received_points(metric)
    return received, problems


def of_resource(resource: Any, scope: Any) -> list[str]:
    attributes = dict(received_attributes(resource.resource.attributes))
    problems = [f"the resource has {key} {attributes.get(key)}, not {value!r}" for key, value in SERVICE.items()
                if attributes.get(key) != any_value(value)]
    if attributes.keys() != SERVICE.keys() | ALSO:
        problems.append(f"the resource has {sorted(attributes)}")
    schema = "https://opentelemetry.io/schemas/1.41.0"
    if scope.scope.name != "codex.telemetry" or resource.schema_url != schema or scope.schema_url != schema:
        problems.append(f"the scope is {scope.scope}, the schemas {resource.schema_url} and {scope.schema_url}")
    return problems


def differences(signal: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    problems = []
    if len(wanted) != len(found):
        problems.append(f"{signal}: {len(found)} have arrived, not {len(wanted)}")
    for number, (expected, actual) in enumerate(zip(wanted, found)):
        for key in expected.keys() | actual.keys():
            if expected.get(key) != actual.get(key):
                problems.append(f"{signal} {number} ({expected.get('name') or expected.get('event')}), {key}: "
                                f"{first_difference(expected.get(key), actual.get(key))}")
    return problems


def first_difference(expected: Any, actual: Any) -> str:
    if isinstance(expected, list) and isinstance(actual, list):
        for one, other in zip(expected, actual):
            if one != other:
                return first_difference(one, other)
        return f"{len(actual)} of them, not {len(expected)}"
    return f"{actual!r:.300}, not {expected!r:.300}"


if __name__ == "__main__":
    sys.exit(main())
