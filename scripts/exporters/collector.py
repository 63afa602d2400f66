"""A real OpenTelemetry Collector on loopback, and a receiver of ours behind it."""
from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIG = Path(__file__).with_name("collector.yaml")


class Failed(Exception):
    pass


class Receiver:
    """Takes OTLP over HTTP and keeps the bodies, by signal: "traces", "logs", "metrics"."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {"traces": [], "logs": [], "metrics": []}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    def take(self, path: str, kind: str, body: bytes) -> bool:
        signal = path.removeprefix("/v1/")
        if signal not in self.bodies or kind != "application/x-protobuf":
            return False
        with self._lock:
            self.bodies[signal].append(body)
        return True


def _handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            taken = receiver.take(self.path, self.headers.get("content-type", ""), body)
            self.send_response(200 if taken else 400)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Collector:
    """Answers a sender when the receiver has what was sent."""

    def __init__(self, binary: Path, receiver: Receiver, log: Path) -> None:
        self._binary, self._receiver, self._log = binary, receiver, log
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "Collector":
        variables = {"COLLECTOR_PORT": str(self._port), "RECEIVER_PORT": str(self._receiver.port)}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen([self._binary, "--config", CONFIG], stdout=log, stderr=log,
                                             env={**os.environ, **variables})
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(urllib.request.Request(f"{self.url}/v1/logs", b"{}", {
                    "content-type": "application/json"}), timeout=5).close()
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.__exit__()
        raise Failed(f"the collector does not answer, see {self._log}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)
