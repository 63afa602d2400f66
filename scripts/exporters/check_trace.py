#!/usr/bin/env python3
"""Show one trace in a real OpenTelemetry Collector: it begins here, goes through a C++ program that observes codex,
and continues in the real codex's own spans.

    build/soak-tools/venv/bin/python scripts/exporters/check_trace.py --collector OTELCOL
        --examples build/dev/bin/examples [--program build/codex-telemetry-diff]

This script makes up a trace (TRACEPARENT). The example export_otlp goes on with it, starts codex under a span of its
own, observes it, and exports span, events and metrics to the collector; so does codex, offline, with a scripted model.
With `--program` it starts `codex-telemetry-diff observe --otlp URL -- codex …` instead of codex, which adds a span,
events and metrics of its own between the two. What the collector hands on is decoded by opentelemetry-proto. Fails
where the first of our spans does not hang under the parent that came in, each other under the one before, codex's spans
not under the last, or where the events of each observer do not name its span. `--wrong trace` and `--wrong parent`
change that id on the way to codex, to show that it is seen; `--wrong observer` does so on the way to `observe`.

Exit status: 0 all fits, 1 something does not, 2 it could not be run.
"""
from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from collector import Collector, Failed, Receiver  # noqa: E402
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest  # noqa: E402
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest  # noqa: E402
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: E402
from recording import RecordingError  # noqa: E402
from recording.binary import Binary  # noqa: E402
from recording.workshop import Workshop  # noqa: E402
from trace_codex import ANSWERS, CHANGES, PROMPT, ROOT, STATE, between, problems_of_exec, summary  # noqa: E402
from tracing.tree import Span, Tree, table  # noqa: E402

SCOPE = "codex.telemetry"
ARGUMENTS = ["exec", "--experimental-json", "--skip-git-repo-check", "-"]
OBSERVER = "observer"
EVENTS = ("codex.session.start", "codex.thread.start", "codex.turn.start", "codex.turn.completed", "codex.session.stop")


def main() -> int:
    options = parse()
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        problems = run(options)
    except (Failed, RecordingError, OSError, subprocess.SubprocessError) as error:
        print(f"check_trace: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"check_trace: {problem}", file=sys.stderr)
    return 1 if problems else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--collector", required=True, type=Path, help="the collector's binary")
    parser.add_argument("--examples", required=True, type=Path, help="folder of the built examples")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python", help="the Python that ships codex")
    parser.add_argument("--output", type=Path, default=Path("build/soak/collector"), help="for the collector's log")
    parser.add_argument("--program", type=Path, help="codex-telemetry-diff, to go through `observe` too")
    parser.add_argument("--wrong", choices=[*CHANGES, OBSERVER],
                        help="give codex another trace or another parent, or `observe` another parent")
    options = parser.parse_args()
    if options.wrong == OBSERVER and not options.program:
        parser.error(f"--wrong {OBSERVER} needs --program")
    return options


def run(options: argparse.Namespace) -> list[str]:
    trace, parent = secrets.token_hex(16), secrets.token_hex(8)
    with Receiver() as receiver:
        with Collector(options.collector, receiver, options.output / "trace.log") as collector, \
                Workshop({"answers": ANSWERS}, options.python, ROOT, collector.url) as workshop:
            command = codex_command(options, workshop.working_folder.parent, collector.url)
            came_in = {"TRACEPARENT": f"00-{trace}-{parent}-01", "TRACESTATE": STATE,
                       "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "export_otlp"}
            done = subprocess.run([options.examples.absolute() / "export_otlp", *command], input=PROMPT.encode(),
                                  capture_output=True, timeout=60, cwd=workshop.working_folder,
                                  env=workshop.environment() | came_in)
        if done.returncode != 0:
            raise Failed(f"export_otlp: exit status {done.returncode}: {done.stderr.decode()[-2000:]}")
        print(done.stdout.decode(), end="")
        spans = [Span(span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.name, ours,
                      span.start_time_unix_nano / 1e9, span.end_time_unix_nano / 1e9, span.trace_state)
                 for ours, span in all_spans(receiver)]
        problems = list(problems_of_ours(spans, trace, parent, 2 if options.program else 1))
        roots = [rooted(span) if span.ours and span.parent == parent else span for span in spans]
        tree = Tree(roots, trace)
        problems += problems_of_exec(tree)
        problems += problems_of_order(tree)
        problems += problems_of_logs(receiver, tree)
        print(f"\ntrace {trace}, from TRACEPARENT; the collector has\n")
        print("\n".join(table(tree, 1, 70)))
        print(f"\n{summary(tree)}")
    return problems


def codex_command(options: argparse.Namespace, folder: Path, collector: str) -> list[str | Path]:
    codex = Binary.find(None, options.python).path
    if options.wrong in CHANGES:
        codex = between(folder, codex, CHANGES[options.wrong])
    if not options.program:
        return [codex, *ARGUMENTS]
    program = options.program.absolute()
    if options.wrong == OBSERVER:
        program = between(folder, program, CHANGES["parent"])
    return [program, "observe", "--log", "none", "--otlp", collector, "--", codex, *ARGUMENTS]


def rooted(span: Span) -> Span:
    """Without its parent, which is this script and exports nothing."""
    return Span(span.trace, span.id, "", span.name, span.ours, span.start, span.end, span.state)


def all_spans(receiver: Receiver) -> Iterator[tuple[bool, Any]]:
    for body in receiver.bodies["traces"]:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    yield scope.scope.name == SCOPE, span


def problems_of_ours(spans: list[Span], trace: str, parent: str, count: int) -> Iterator[str]:
    """`count` of them, each under the one before."""
    ours = {span.parent: span for span in spans if span.ours}
    above = parent
    for _ in range(count):
        span = ours.pop(above, None)
        if span is None or (span.name, span.trace, span.state) != ("codex exec", trace, STATE):
            yield f"our span under {above} of {trace} is {span}"
            return
        above = span.id
    if ours:
        yield f"our spans hang elsewhere too: {list(ours.values())}"


def problems_of_order(tree: Tree) -> Iterator[str]:
    """codex's spans hang under the last of ours, not under an earlier one."""
    ours = [span for span in tree.spans if span.ours]
    inner = [span for span in ours if not any(child.ours for child in tree.children(span))]
    for span in tree.spans:
        if span.name == "codex.exec" and span.parent not in {last.id for last in inner}:
            yield f"codex.exec hangs under {span.parent}, not under the last of our spans"


def problems_of_logs(receiver: Receiver, tree: Tree) -> Iterator[str]:
    events: Counter[tuple[str, str]] = Counter()
    theirs = 0
    ours = {span.id for span in tree.spans if span.ours}
    for body in receiver.bodies["logs"]:
        for resource in ExportLogsServiceRequest.FromString(body).resource_logs:
            for scope in resource.scope_logs:
                if scope.scope.name != SCOPE:
                    theirs += len(scope.log_records)
                    continue
                for record in scope.log_records:
                    events[record.event_name, record.span_id.hex()] += 1
                    if record.trace_id.hex() != tree.trace or record.span_id.hex() not in ours:
                        yield f"the event {record.event_name} is of another trace or span"
    points = {metric.name for body in receiver.bodies["metrics"]
              for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
              for scope in resource.scope_metrics if scope.scope.name == SCOPE for metric in scope.metrics}
    for name in EVENTS:
        for span in ours:
            if events[name, span] != 1:
                yield f"the event {name} of the observer with the span {span} has arrived {events[name, span]} times"
    if "codex.turns" not in points:
        yield "the metric codex.turns has not arrived"
    print(f"{sum(events.values())} events under {len(ours)} spans of ours, {theirs} log records of codex, "
          f"{len(points)} metrics of ours")


if __name__ == "__main__":
    sys.exit(main())
