"""The peers that are Python: what one call costs, as JSON on standard output.

    VENV/bin/python python_peers.py agents | opentelemetry

A span with four attributes is started, ended and handed to a processor that does nothing. `loop` is
what the measuring itself costs, taken off already.
"""

import json
import sys
import time


def per_call(call, calls=2000, rounds=15):
    """Nanoseconds of processor time, the median of several rounds."""
    times = []
    for _ in range(rounds + 1):
        begin = time.process_time_ns()
        for _ in range(calls):
            call()
        times.append((time.process_time_ns() - begin) / calls)
    times = sorted(times[1:])  # the first one warms up
    return times[len(times) // 2]


def agents():
    from importlib.metadata import version

    from agents.tracing import custom_span, set_trace_processors, trace
    from agents.tracing.processor_interface import TracingProcessor

    class Nothing(TracingProcessor):
        def on_trace_start(self, trace):
            pass

        def on_trace_end(self, trace):
            pass

        def on_span_start(self, span):
            pass

        def on_span_end(self, span):
            pass

        def shutdown(self):
            pass

        def force_flush(self):
            pass

    set_trace_processors([Nothing()])

    def span():
        data = {
            "tool": "command_execution",
            "command": "ls -la src",
            "exit_code": 0,
            "status": "completed",
        }
        with custom_span("step", data):
            pass

    with trace("benchmark"):
        return {"version": version("openai-agents"), "span": per_call(span)}


def opentelemetry():
    from importlib.metadata import version

    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    provider = TracerProvider()
    provider.add_span_processor(SpanProcessor())  # its own methods do nothing
    tracer = provider.get_tracer("benchmark")

    def span():
        attributes = {
            "tool": "command_execution",
            "command": "ls -la src",
            "exit_code": 0,
            "status": "completed",
        }
        with tracer.start_as_current_span("step", attributes=attributes):
            pass

    with tracer.start_as_current_span("benchmark"):
        return {"version": version("opentelemetry-sdk"), "span": per_call(span)}


def main():
    loop = per_call(lambda: None)
    found = {"agents": agents, "opentelemetry": opentelemetry}[sys.argv[1]]()
    found["span"] -= loop
    found["loop"] = loop
    print(json.dumps(found))


if __name__ == "__main__":
    main()
