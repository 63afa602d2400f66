"""Takes OTLP over HTTP as JSON on loopback, and keeps the spans."""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .tree import Span


class SpanSink:
    """Codex sends the last of its spans before it ends, so all of a process that has ended are here."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "SpanSink":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, body: bytes) -> None:
        export = json.loads(body)
        spans = [Span.exported_by_codex(span) for resource in export["resourceSpans"]
                 for scope in resource["scopeSpans"] for span in scope["spans"]]
        with self._lock:
            self._spans += spans

    def spans(self) -> list[Span]:
        with self._lock:
            return list(self._spans)


def _handler_for(sink: SpanSink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/v1/traces":  # logs and metrics are swallowed
                sink.take(body)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    return Handler
