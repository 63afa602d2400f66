"""The peers that are Python: what one call costs, as JSON on standard output.

    VENV/bin/python python_peers.py agents | opentelemetry

A span with four attributes is started, ended and handed to a processor that does nothing. `exported`:
the same, exported by OTLP (protobuf over HTTP) to a receiver in another process, with all that this
one pays for it. `loop` is what the measuring itself costs, taken off already.
"""

import json
import subprocess
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
        found = {"version": version("opentelemetry-sdk"), "span": per_call(span)}
    return {**found, "exported": exported()}


def exported():
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    spans = 1000
    with Sink() as url:
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
        tracer = provider.get_tracer("benchmark")

        def export():
            for _ in range(spans):
                attributes = {
                    "tool": "command_execution",
                    "command": "ls -la src",
                    "exit_code": 0,
                    "status": "completed",
                }
                with tracer.start_as_current_span("step", attributes=attributes):
                    pass
            provider.force_flush()

        cost = per_call(export, calls=1, rounds=9) / spans
        provider.shutdown()
    return cost


class Sink:
    """Takes all that is posted, in a process of its own; gives its URL."""

    PROGRAM = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, "-c", self.PROGRAM], stdout=subprocess.PIPE)
        return f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def main():
    loop = per_call(lambda: None)
    found = {"agents": agents, "opentelemetry": opentelemetry}[sys.argv[1]]()
    found["span"] -= loop
    found["loop"] = loop
    print(json.dumps(found))


if __name__ == "__main__":
    main()
